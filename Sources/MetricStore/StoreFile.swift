private import CLinux
internal import Glibc

/// A file descriptor with an owner, and the few operations the store needs of a file system.
@safe
final class StoreFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// - Throws: ``MetricStoreError`` with code `io`.
    init(_ path: String, flags: Int32) throws(MetricStoreError) {
        self.path = path
        descriptor = unsafe open(path, flags | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw StoreFile.failure("open", path) }
    }

    /// A lock is given back at once: closing alone would leave it with a child process that was forked and has not yet become
    /// another program.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Takes the lock of the file, or says that another process has it.
    func lockExclusively() -> Bool { clinux_lock_exclusive(descriptor) == 0 }

    func write(_ bytes: [UInt8]) throws(MetricStoreError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw StoreFile.failure("write to", path)
            }
            done += count
        }
    }

    /// The next bytes, none at the end.
    func read(upTo count: Int) throws(MetricStoreError) -> [UInt8] {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var got = -1
            repeat { unsafe got = Glibc.read(descriptor, buffer.baseAddress!, count) } while got < 0 && errno == EINTR
            failed = got < 0
            filled = max(0, got)
        }
        if failed { throw StoreFile.failure("read", path) }
        return bytes
    }

    /// Forces the data (and the size) to disk.
    func sync() throws(MetricStoreError) {
        guard fdatasync(descriptor) == 0 else { throw StoreFile.failure("sync", path) }
    }

    func truncate(to size: Int) throws(MetricStoreError) {
        guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, off_t(size), SEEK_SET) >= 0 else {
            throw StoreFile.failure("truncate", path)
        }
    }

    static func readAll(_ path: String) throws(MetricStoreError) -> [UInt8] {
        let file = try StoreFile(path, flags: O_RDONLY)
        let size = lseek(file.descriptor, 0, SEEK_END)
        guard size >= 0, lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw failure("read", path) }
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            count = 0
            while count < Int(size) {
                let got = unsafe Glibc.read(file.descriptor, buffer.baseAddress! + count, Int(size) - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failed = true }
                if got <= 0 { break }
                count += got
            }
        }
        if failed { throw failure("read", path) }
        return bytes
    }

    static func makeDirectory(_ path: String) throws(MetricStoreError) {
        var partial = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            partial += "/" + part
            if unsafe mkdir(partial, 0o750) != 0, errno != EEXIST { throw failure("create directory", partial) }
        }
    }

    static func syncDirectory(_ path: String) throws(MetricStoreError) {
        let directory = try StoreFile(path, flags: O_RDONLY | O_DIRECTORY)
        guard fsync(directory.descriptor) == 0 else { throw failure("sync", path) }
    }

    static func rename(_ old: String, to new: String) throws(MetricStoreError) {
        guard unsafe Glibc.rename(old, new) == 0 else { throw failure("rename", old) }
    }

    static func remove(_ path: String) throws(MetricStoreError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The directory that a path is in.
    static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Names in a directory, sorted.
    static func list(_ path: String) throws(MetricStoreError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw failure("list", path) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func failure(_ verb: String, _ path: String) -> MetricStoreError {
        let number = errno
        let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        let advice =
            switch number {
            case ENOSPC, EDQUOT: "; free space on this file system, or shorten the retention"
            case EACCES, EPERM, EROFS: "; let the user that runs magewatch write there"
            case EMFILE, ENFILE: "; raise the limit of open files"
            default: ""
            }
        return MetricStoreError(.io, "can't \(verb) \(path): \(reason)\(advice)")
    }
}
