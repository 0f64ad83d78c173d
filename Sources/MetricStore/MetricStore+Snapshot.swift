internal import Dispatch
internal import Glibc
internal import Synchronization
internal import Telemetry

extension MetricStore {
    /// What a snapshot holds.
    package struct SnapshotSummary: Sendable, Equatable {
        package var blocks = 0
        package var blockBytes = 0
        package var walSegments = 0
        package var walBytes = 0
    }

    /// Makes a copy of the store that can be opened as one, while appends and queries go on.
    ///
    /// All that was acknowledged before the call is in it, of later batches each whole or not at all. Blocks never change, so they are
    /// linked, not copied, where the directory is on the same file system; the log is copied. Waits for a running maintenance, and keeps
    /// the next one waiting.
    /// - Parameter directory: must not exist, or be empty. It appears when all of the snapshot is on disk.
    /// - Parameter skipsHead: leaves out the log, and with it what stands in no block yet.
    /// - Throws: ``MetricStoreError``, `invalid` where the directory holds something, `io` where the disk refused.
    @discardableResult
    package func snapshot(to directory: String, skipsHead: Bool = false) throws -> SnapshotSummary {
        try maintenance.withLock { _ throws(MetricStoreError) in
            guard !isClosed else { throw MetricStoreError(.closed, "the metric store was closed: copy its directory instead") }
            return try MetricStore.build(directory) { partial throws(MetricStoreError) in try fillSnapshot(partial, skipsHead) }
        }
    }

    /// Makes a snapshot the content of a data directory, and opens it to see that it is whole.
    /// - Parameters:
    ///   - snapshot: what ``snapshot(to:)`` made. It is copied and left as it is.
    ///   - directory: must not exist, or be empty.
    ///   - report: takes a line about anything in the snapshot that is damaged.
    /// - Returns: what the restored store holds.
    /// - Throws: ``MetricStoreError``, `invalid` where there is no snapshot or the directory holds something.
    package static func restore(
        snapshot: String, to directory: String, report: @escaping @Sendable (String) -> Void
    ) throws -> Statistics {
        guard StoreFile.exists(cataloguePath(snapshot)) else {
            throw MetricStoreError(.invalid, "\(snapshot) is no snapshot of a metric store: it has no catalogue")
        }
        try build(directory) { partial throws(MetricStoreError) in
            for folder in ["", "/wal", "/blocks"] {
                try StoreFile.makeDirectory(partial + folder)
                for name in try StoreFile.list(snapshot + folder) where !["wal", "blocks", "lock"].contains(name) {
                    try StoreFile.copy(snapshot + folder + "/" + name, to: partial + folder + "/" + name)
                }
                try StoreFile.syncDirectory(partial + folder)
            }
        }
        var options = Options()
        options.retention = nil
        let store = try MetricStore(directory: directory, options: options, metrics: SelfMetrics(), report: report)
        defer { try? store.close() }
        return store.statistics
    }

    /// Makes a directory that appears whole or not at all.
    private static func build<Result>(
        _ directory: String, _ fill: (String) throws(MetricStoreError) -> Result
    ) throws(MetricStoreError) -> Result {
        if StoreFile.exists(directory), try !StoreFile.list(directory).isEmpty {
            throw MetricStoreError(.invalid, "\(directory) is not empty: name a new directory")
        }
        let partial = directory + ".partial"
        try StoreFile.removeTree(partial)
        do throws(MetricStoreError) {
            try StoreFile.makeDirectory(partial)
            let result = try fill(partial)
            try StoreFile.rename(partial, to: directory)
            try StoreFile.syncDirectory(StoreFile.parent(of: directory))
            return result
        } catch {
            // What is left of it has a name that says so, and goes with the next attempt.
            try? StoreFile.removeTree(partial)
            throw error
        }
    }

    /// With maintenance held off, the blocks stay and the segments of the log before its current one neither change nor go.
    private func fillSnapshot(_ directory: String, _ skipsHead: Bool) throws(MetricStoreError) -> SnapshotSummary {
        let segments = skipsHead ? [] : endedSegments()
        var summary = SnapshotSummary()
        try StoreFile.makeDirectory(directory + "/wal")
        for segment in segments {
            try StoreFile.copy(segment.path, to: WriteAheadLog.path(directory + "/wal", segment.number))
            summary.walSegments += 1
            summary.walBytes += segment.bytes
        }
        try WriteAheadLog.writeList(segments, directory + "/wal")
        try StoreFile.makeDirectory(directory + "/blocks")
        var catalogue = currentCatalogue()
        for block in state.withLock({ $0.blocks }) {
            guard try link(block, directory + "/blocks") else {
                catalogue.blocks.removeAll { $0 == block.number }
                continue
            }
            summary.blocks += 1
            summary.blockBytes += block.byteCount
        }
        try StoreFile.syncDirectory(directory + "/blocks")
        let metadata = state.withLock { $0.metadata }
        try SealedFile.write(metadata.payload, magic: MetadataStore.magic, to: MetricStore.metadataPath(directory))
        try SealedFile.write(catalogue.payload, magic: Catalogue.magic, to: MetricStore.cataloguePath(directory))
        return summary
    }

    /// Ends the log's segment, so that all that was acknowledged stands in segments that are written to no more.
    private func endedSegments() -> [WriteAheadLog.Segment] {
        writer.sync {
            log.withLock { log in
                log.rotate()
                return log.segments
            }
        }
    }

    /// Gives a block a second name.
    /// - Returns: false where a reader just found it damaged and set it aside, which was reported then.
    private func link(_ block: Block, _ directory: String) throws(MetricStoreError) -> Bool {
        do throws(MetricStoreError) {
            try StoreFile.linkOrCopy(block.path, to: MetricStore.blockPath(directory, block.number))
            return true
        } catch {
            guard !state.withLock({ $0.blocks.contains { $0.number == block.number } }) else { throw error }
            return false
        }
    }
}
