internal import Glibc

extension StoreFile {
    /// Bytes copied at a time.
    private static let copyBytes = 1 << 20

    /// Gives a file that never changes a second name; where the other directory is on another file system, copies it.
    static func linkOrCopy(_ old: String, to new: String) throws(MetricStoreError) {
        if unsafe link(old, new) == 0 { return }
        guard [EXDEV, EPERM, EMLINK, ENOTSUP].contains(errno) else { throw failure("link", old) }
        try copy(old, to: new)
    }

    /// Copies a file; durable when it returns, but for its name.
    static func copy(_ old: String, to new: String) throws(MetricStoreError) {
        let source = try StoreFile(old, flags: O_RDONLY)
        let target = try StoreFile(new, flags: O_WRONLY | O_CREAT | O_EXCL)
        while true {
            let bytes = try source.read(upTo: copyBytes)
            if bytes.isEmpty { break }
            try target.write(bytes)
        }
        try target.sync()
    }

    /// Removes a directory with the files and directories in it.
    static func removeTree(_ path: String) throws(MetricStoreError) {
        guard exists(path) else { return }
        for name in try list(path) {
            let inner = path + "/" + name
            if unsafe unlink(inner) == 0 { continue }
            guard errno == EISDIR || errno == EPERM else { throw failure("remove", inner) }
            try removeTree(inner)
        }
        guard unsafe rmdir(path) == 0 else { throw failure("remove", path) }
    }
}
