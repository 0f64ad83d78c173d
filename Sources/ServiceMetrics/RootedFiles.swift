import CLinux
import Foundation

/// The files that a process sees. No link in them leads out of its root, whoever made it.
struct RootedFiles: Sendable {
    /// Most bytes of a file that are read.
    static let maximumFileBytes = 1 << 20
    /// Most entries of a directory that are read.
    static let maximumEntries = 100_000

    /// The process whose root it is; nil for the agent's own.
    let process: Int32?
    let processRoot: String

    init(process: Int32?, processRoot: String = "/proc") {
        self.process = process
        self.processRoot = processRoot
    }

    private var rootPath: String { process.map { "\(processRoot)/\($0)/root" } ?? "/" }

    /// Opens what stands under a path; the caller closes it. Nil where it can't be had.
    func open(_ path: String, _ flags: Int32) -> Int32? {
        let root = unsafe Glibc.open(rootPath, clinux_O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { return nil }
        defer { close(root) }
        let descriptor = unsafe clinux_open_within(root, path, flags)
        return descriptor >= 0 ? descriptor : nil
    }

    /// The text of a file, at most ``maximumFileBytes`` of it; nil where it can't be read.
    func text(_ path: String) -> String? {
        // Neither a pipe nor a device that somebody put there may hold the agent up.
        guard let descriptor = open(path, O_RDONLY | O_NONBLOCK) else { return nil }
        defer { close(descriptor) }
        var file = clinux_file()
        guard unsafe clinux_identify_descriptor(descriptor, &file) == 0, file.is_regular != 0 else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        guard let data = try? handle.read(upToCount: RootedFiles.maximumFileBytes) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// What a directory holds, and when each was made, in seconds since 1970 (0 where the file system does not tell). Nil where it can't
    /// be read.
    func entries(_ path: String) -> [(name: String, isDirectory: Bool, born: Double)]? {
        guard let descriptor = open(path, O_RDONLY | O_DIRECTORY) else { return nil }
        guard let directory = unsafe fdopendir(descriptor) else {
            close(descriptor)
            return nil
        }
        defer { unsafe closedir(directory) }
        var found: [(name: String, isDirectory: Bool, born: Double)] = []
        while found.count < RootedFiles.maximumEntries, let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            var born = 0.0
            guard name != ".", name != ".." else { continue }
            let kind = unsafe clinux_entry(descriptor, name, &born)
            if kind >= 0 { found.append((name, kind == 1, born)) }
        }
        return found
    }

    /// The paths that a pattern with wildcards in its last part names, sorted.
    func matches(_ pattern: String) -> [String] {
        guard let slash = pattern.lastIndex(of: "/"), pattern[slash...].contains(where: { "*?[".contains($0) }) else {
            return [pattern]
        }
        let directory = String(pattern[..<slash])
        let last = String(pattern[pattern.index(after: slash)...])
        return (entries(directory) ?? []).filter { unsafe fnmatch(last, $0.name, FNM_PERIOD) == 0 }
            .map { "\(directory)/\($0.name)" }.sorted()
    }
}
