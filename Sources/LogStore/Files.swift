import Glibc

/// Operations on names: create, list, replace, remove, each durable where that matters.
enum Files {
    /// Makes a directory and those above it; each name made is durable on return.
    static func createDirectory(_ path: String) throws(LogStoreError) {
        var parent = path.hasPrefix("/") ? "/" : "."
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += part
            if unsafe mkdir(prefix, 0o750) == 0 {
                try syncDirectory(parent)
            } else if errno != EEXIST {
                throw OpenFile.failure("mkdir", prefix)
            }
            parent = prefix
            prefix += "/"
        }
    }

    /// Names in a directory, sorted, without `.` and `..`.
    static func list(_ path: String) throws(LogStoreError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw OpenFile.failure("open", path) }
        defer { unsafe _ = closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    static func remove(_ path: String) throws(LogStoreError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw OpenFile.failure("remove", path) }
    }

    static func rename(_ old: String, to new: String) throws(LogStoreError) {
        guard unsafe Glibc.rename(old, new) == 0 else { throw OpenFile.failure("rename", old) }
    }

    static func readAll(_ path: String) throws(LogStoreError) -> [UInt8] {
        let file = try OpenFile(path, flags: O_RDONLY)
        return try file.read(try file.size(), at: 0)
    }

    /// Writes a file so that after a crash there is the old one or the new one, never a part.
    static func replace(_ path: String, in directory: String, with bytes: [UInt8]) throws(LogStoreError) {
        let temporary = path + ".tmp"
        do {
            let file = try OpenFile(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
            try file.write(bytes, at: 0)
            try file.sync()
        } catch {
            // What is left of it would take room on a full disk; the error that matters is the one thrown.
            try? remove(temporary)
            throw error
        }
        try rename(temporary, to: path)
        try syncDirectory(directory)
    }

    /// Gives a file a second name, or copies it where that can't be. The new name is durable once its directory is synced.
    static func link(_ path: String, to other: String) throws(LogStoreError) {
        if unsafe Glibc.link(path, other) == 0 { return }
        try copy(path, to: other)
    }

    /// Copies a file in pieces, and syncs the copy.
    static func copy(_ path: String, to other: String) throws(LogStoreError) {
        let pieceBytes = 1 << 20
        let source = try OpenFile(path, flags: O_RDONLY)
        let target = try OpenFile(other, flags: O_WRONLY | O_CREAT | O_TRUNC)
        let size = try source.size()
        for offset in stride(from: 0, to: size, by: pieceBytes) {
            try target.write(source.read(min(pieceBytes, size - offset), at: offset), at: offset)
        }
        try target.sync()
    }

    /// The directory in which a path stands.
    static func parent(of path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast().joined(separator: "/")
        return path.hasPrefix("/") ? "/" + parts : parts.isEmpty ? "." : parts
    }

    /// Removes a directory and what is in it; nothing where there is none.
    static func removeTree(_ path: String) throws(LogStoreError) {
        guard exists(path) else { return }
        for name in try list(path) {
            let inner = path + "/" + name
            if unsafe unlink(inner) != 0 { try removeTree(inner) }
        }
        guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw OpenFile.failure("remove", path) }
    }

    static func syncDirectory(_ path: String) throws(LogStoreError) {
        try OpenFile(path, flags: O_RDONLY | O_DIRECTORY).sync()
    }
}
