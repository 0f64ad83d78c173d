import Foundation

/// The processes of a moment, as `/proc` tells them.
struct ProcessTable: Sendable {
    /// Most processes read.
    static let maximumProcesses = 50_000
    /// Bytes of a command line that are looked at.
    static let maximumArgumentBytes = 4096
    /// Most descriptors of one process that are looked at.
    static let maximumDescriptors = 8192

    struct Process: Sendable, Equatable {
        var id: Int32
        var name: String
        var state: Character
        var parent: Int32
        /// Since the machine was started, in clock ticks.
        var startTicks: UInt64
        var residentPages: UInt64
    }

    let root: String
    let processes: [Int32: Process]
    private let children: [Int32: [Int32]]

    init(root: String = "/proc") {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        var found: [Process] = []
        for id in names.lazy.compactMap({ Int32($0) }).prefix(ProcessTable.maximumProcesses) {
            // One that ended between listing and reading is simply not there.
            guard let data = FileManager.default.contents(atPath: "\(root)/\(id)/stat"),
                let process = ProcessTable.process(id, stat: String(decoding: data, as: UTF8.self))
            else { continue }
            found.append(process)
        }
        self.init(root: root, found)
    }

    init(root: String, _ found: [Process]) {
        self.root = root
        processes = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        children = Dictionary(grouping: processes.keys.sorted(), by: { [processes] in processes[$0]?.parent ?? 0 })
    }

    /// Reads a `stat` line; a name may hold blanks and parentheses.
    static func process(_ id: Int32, stat: String) -> Process? {
        guard let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")"), open < close else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 21, let state = fields[0].first, let parent = Int32(fields[1]), let start = UInt64(fields[19]) else {
            return nil
        }
        return Process(
            id: id, name: String(stat[stat.index(after: open)..<close]), state: state, parent: parent, startTicks: start,
            residentPages: UInt64(fields[21]) ?? 0)
    }

    /// All below a process, nearest first.
    func descendants(of id: Int32) -> [Process] {
        var found: [Process] = []
        var next = children[id] ?? []
        // Each process has one parent, so that no turn can meet one twice.
        while !next.isEmpty {
            found += next.compactMap { processes[$0] }
            next = next.flatMap { $0 == id ? [] : children[$0] ?? [] }
            if found.count > processes.count { break }
        }
        return found
    }

    /// The words of a process' command line, joined by blanks.
    func arguments(of id: Int32) -> String {
        guard let file = FileHandle(forReadingAtPath: "\(root)/\(id)/cmdline"),
            let data = try? file.read(upToCount: ProcessTable.maximumArgumentBytes)
        else { return "" }
        return String(decoding: data.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    }

    /// What tells a namespace (`pid`, `net`) of a process from others; nil where it may not be seen.
    func namespace(_ kind: String, of id: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(root)/\(id)/ns/\(kind)")
    }

    /// Inodes of the sockets that a process has open.
    func socketInodes(of id: Int32) -> Set<UInt64> {
        let directory = "\(root)/\(id)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var inodes: Set<UInt64> = []
        for name in names.prefix(ProcessTable.maximumDescriptors) {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)"),
                target.hasPrefix("socket:["), let inode = UInt64(target.dropFirst(8).dropLast())
            else { continue }
            inodes.insert(inode)
        }
        return inodes
    }

    /// The machine's uptime in seconds, to know a process' age by.
    var uptimeSeconds: Double? {
        FileManager.default.contents(atPath: "\(root)/uptime").flatMap {
            String(decoding: $0, as: UTF8.self).split(separator: " ").first.flatMap { Double($0) }
        }
    }
}
