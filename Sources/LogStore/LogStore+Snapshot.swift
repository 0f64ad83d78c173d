import Dispatch
import Glibc
import Synchronization
import Telemetry

extension LogStore {
    /// What a snapshot holds.
    package struct SnapshotSummary: Sendable, Equatable {
        package var files = 0
        package var fileBytes = 0
        package var blocks = 0
        package var lines = 0
    }

    /// Makes a copy of the store that can be opened as one, while appends and queries go on.
    ///
    /// Heads are written to blocks first, so all that was acknowledged before the call is in it. Files of blocks never change: they are
    /// linked, not copied, where the directory is on the same file system. Waits for a running maintenance, and keeps the next one waiting.
    /// - Parameter path: must not exist, or be empty. It appears when all of the snapshot is on disk.
    /// - Throws: ``LogStoreError``, `invalid` where the directory holds something, `inputOutput` where the disk refused.
    @discardableResult
    package func snapshot(to path: String) throws -> SnapshotSummary {
        try maintenance.withLock { _ in
            guard !state.withLock({ $0.isClosed }) else {
                throw LogStoreError(.closed, "log store \(directory) was closed: copy its directory instead")
            }
            try finishDeletions()
            try flush { sealHeads { _ in true } }
            // On the writer's queue no batch is half way.
            let (window, files) = writer.sync { state.withLock { ($0.window, $0.files) } }
            return try LogStore.build(path) { partial throws(LogStoreError) in
                try Files.createDirectory(partial + "/blocks")
                try Files.copy(directory + "/identity", to: partial + "/identity")
                try Files.replace(partial + "/duplicates", in: partial, with: window.encoded)
                var summary = SnapshotSummary()
                for file in files {
                    try Files.link(file.path, to: "\(partial)/blocks/\(file.name.text)")
                    summary.files += 1
                    summary.fileBytes += file.bytes
                }
                try Files.syncDirectory(partial + "/blocks")
                for case let stream? in state.withLock({ $0.streams }) {
                    for block in stream.blocks {
                        summary.blocks += 1
                        summary.lines += block.entry.rows
                    }
                }
                return summary
            }
        }
    }

    /// Makes a snapshot the content of a data directory, and opens it to see that it is whole.
    /// - Parameters:
    ///   - snapshot: what ``snapshot(to:)`` made. It is copied and left as it is.
    ///   - path: must not exist, or be empty.
    ///   - report: takes a line about anything in the snapshot that is damaged.
    /// - Returns: what the restored store holds.
    /// - Throws: ``LogStoreError``, `invalid` where there is no snapshot or the directory holds something.
    package static func restore(
        snapshot: String, to path: String, report: @escaping @Sendable (String) -> Void
    ) throws -> Statistics {
        guard Files.exists(snapshot + "/identity"), Files.exists(snapshot + "/blocks") else {
            throw LogStoreError(.invalid, "\(snapshot) is no snapshot of a log store")
        }
        try build(path) { partial throws(LogStoreError) in
            try Files.createDirectory(partial + "/blocks")
            for name in ["identity", "duplicates"] where Files.exists("\(snapshot)/\(name)") {
                try Files.copy("\(snapshot)/\(name)", to: "\(partial)/\(name)")
            }
            for name in try Files.list(snapshot + "/blocks") where BlockFile.Name(name) != nil {
                try Files.copy("\(snapshot)/blocks/\(name)", to: "\(partial)/blocks/\(name)")
            }
            try Files.syncDirectory(partial + "/blocks")
        }
        var options = Options()
        options.retention = nil
        let store = try LogStore(directory: path, options: options, metrics: SelfMetrics(), report: report)
        defer { try? store.close() }
        return store.statistics
    }

    /// Makes a directory that appears whole or not at all.
    private static func build<Result>(_ path: String, _ fill: (String) throws(LogStoreError) -> Result) throws(LogStoreError)
        -> Result
    {
        if Files.exists(path), try !Files.list(path).isEmpty {
            throw LogStoreError(.invalid, "\(path) is not empty: name a new directory")
        }
        let partial = path + ".partial"
        try Files.removeTree(partial)
        do throws(LogStoreError) {
            try Files.createDirectory(partial)
            let result = try fill(partial)
            try Files.syncDirectory(partial)
            try Files.rename(partial, to: path)
            try Files.syncDirectory(Files.parent(of: path))
            return result
        } catch {
            // What is left of it has a name that says so, and goes with the next attempt.
            try? Files.removeTree(partial)
            throw error
        }
    }
}
