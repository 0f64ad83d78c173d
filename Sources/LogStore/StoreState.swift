import Synchronization
import Telemetry

/// What is in memory: streams, their heads, and where their blocks stand. A value, guarded by the store's lock.
struct StoreState: Sendable {
    /// A block and the file it stands in.
    struct BlockReference: Sendable {
        var file: BlockFile
        var entry: BlockFile.Entry

        /// Whether the block was found damaged before.
        var isDamaged: Bool { file.damaged.withLock { $0.contains(entry.offset) } }
    }

    /// One stream.
    struct Stream: Sendable {
        var labels: Labels
        var head = StreamHead()
        var blocks: [BlockReference] = []
        /// The last record of the write-ahead log whose entries of this stream are in a block.
        var flushedSequence: UInt64 = 0
        /// Which rule of the retention counts for it, and the time before which its entries are gone.
        var rule: Int
        var floor: Nanoseconds
        var allowance: RateAllowance
        /// When maintenance first saw the oldest entry of the head.
        var headSince: Nanoseconds?
    }

    private(set) var ids: [Labels: Int] = [:]
    var streams: [Stream?] = []
    private var free: [Int] = []
    var headBytes = 0
    var files: [BlockFile] = []
    /// The highest number a file of blocks ever had.
    var lastFileNumber: UInt64 = 0
    var window: DuplicateWindow
    var retention: RetentionPolicy
    /// Entries that are hidden, and whose bytes are still to be removed.
    var deletions: [Deletion] = []
    /// The last record whose entries stand in the heads.
    var appliedSequence: UInt64 = 0
    /// The record that was the last one when maintenance looked, and when it was that first.
    private var lastSeen: (sequence: UInt64, time: Nanoseconds)?
    var duplicates = 0
    var corruptions = 0
    /// Heads could not be written to blocks the last time.
    var isFlushBroken = false
    var isClosed = false

    private let rateLimits: [LogStore.RateLimit]

    init(_ options: LogStore.Options) {
        rateLimits = options.rateLimits
        window = DuplicateWindow(capacity: options.duplicateWindow)
        retention = RetentionPolicy(options)
    }

    var streamCount: Int { ids.count }

    /// The id of a stream, added where it is new; nil where there are too many.
    mutating func id(of labels: Labels, limit: Int) -> Int? {
        if let id = ids[labels] { return id }
        guard ids.count < limit else { return nil }
        let rule = retention.rule(of: labels)
        let stream = Stream(
            labels: labels, rule: rule, floor: retention.floor(rule),
            allowance: RateAllowance(rateLimits.first { $0.matchers.allMatch(labels) }))
        let id: Int
        if let reused = free.popLast() {
            id = reused
            streams[id] = stream
        } else {
            id = streams.count
            streams.append(stream)
        }
        ids[labels] = id
        return id
    }

    /// Forgets streams that hold nothing any more.
    mutating func removeEmptyStreams() {
        for (labels, id) in ids {
            guard let stream = streams[id], stream.head.isEmpty, stream.blocks.isEmpty else { continue }
            streams[id] = nil
            free.append(id)
            ids[labels] = nil
        }
    }

    /// Puts the entries of a record into the heads; those that are in blocks already are passed over.
    mutating func apply(_ sequence: UInt64, _ batch: LogBatch) {
        let targets = batch.streams.map { id(of: $0, limit: .max) ?? 0 }
        let metadata = batch.metadata.map { $0.removing([LogStore.retryIdentityLabel]) }
        for entry in batch.entries {
            let id = targets[entry.stream]
            guard sequence > streams[id]?.flushedSequence ?? 0 else { continue }
            headBytes += entry.line.count
            streams[id]?.head.append(
                entry.timestamp, batch.bytes[entry.line], entry.metadata < 0 ? .empty : metadata[entry.metadata], sequence)
        }
        appliedSequence = max(appliedSequence, sequence)
    }

    /// How long maintenance has seen nothing come.
    mutating func quietTime(now: Nanoseconds) -> Nanoseconds {
        if let seen = lastSeen, seen.sequence == appliedSequence, seen.time <= now { return now - seen.time }
        lastSeen = (appliedSequence, now)
        return 0
    }

    /// Every record up to this one is in blocks for all its streams.
    var flushedSequence: UInt64 {
        var sequence = appliedSequence
        for case let stream? in streams where !stream.head.isEmpty { sequence = min(sequence, stream.head.firstSequence - 1) }
        return sequence
    }

    /// Takes out the files of which no block is left.
    mutating func takeEmptyFiles() -> [BlockFile] {
        var used: Set<BlockFile.Name> = []
        for case let stream? in streams { for block in stream.blocks { used.insert(block.file.name) } }
        let empty = files.filter { !used.contains($0.name) }
        files.removeAll { !used.contains($0.name) }
        return empty
    }

    /// Puts a file in the place of others.
    mutating func replace(_ old: Set<BlockFile.Name>, by file: BlockFile, _ streams: [(Labels, [BlockFile.Entry])]) {
        files.removeAll { old.contains($0.name) }
        for id in self.streams.indices { self.streams[id]?.blocks.removeAll { old.contains($0.file.name) } }
        add(file, streams)
        for id in self.streams.indices {
            // Entries of one time are told apart by the place of their block, so blocks stay in the order of arrival.
            self.streams[id]?.blocks.sort { ($0.file.name.number, $0.entry.offset) < ($1.file.name.number, $1.entry.offset) }
        }
        removeEmptyStreams()
    }

    /// Adds the blocks of a file.
    mutating func add(_ file: BlockFile, _ streams: [(Labels, [BlockFile.Entry])]) {
        files.append(file)
        for (labels, entries) in streams {
            guard let id = id(of: labels, limit: .max) else { continue }
            for entry in entries {
                self.streams[id]?.blocks.append(BlockReference(file: file, entry: entry))
                let flushed = self.streams[id]?.flushedSequence ?? 0
                self.streams[id]?.flushedSequence = max(flushed, entry.throughSequence)
            }
        }
    }
}
