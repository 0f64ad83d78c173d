import Dispatch
import Glibc
import Synchronization
package import Telemetry

/// Log entries on disk: what `append` returned for is durable, searchable at once, and given back to the byte.
///
/// An entry goes through a write-ahead log into the head of its stream, and from there into an immutable block. Reads see heads and
/// blocks as one. ``maintain(now:)`` must be called every second or so on a thread that may block.
package final class LogStore: LogSink, LogSource, Sendable {
    /// A batch that waits for the writer.
    struct Pending: Sendable {
        var batch: LogBatch
        var continuation: CheckedContinuation<AppendOutcome, any Error>
    }

    /// Batches that wait, and whether the writer runs.
    struct Queue: Sendable {
        var items: [Pending] = []
        var bytes = 0
        var isDraining = false
        var isClosed = false
    }

    let directory: String
    let options: Options
    let metrics: SelfMetrics
    let report: @Sendable (String) -> Void
    /// Keys the hashes of entries; random, made with the directory.
    let identityKey: (UInt64, UInt64)
    let state: Mutex<StoreState>
    let log: Mutex<WriteAheadLog>
    let filters = FilterCache()
    let pending = Mutex(Queue())
    let subscribers = Mutex<[Int: AsyncStream<LogBatch>.Continuation]>([:])
    /// Appends are written here, one group after the other.
    let writer = DispatchQueue(label: "magewatch.log-store")
    /// Held by whoever changes files of blocks: maintenance, deletion, snapshot.
    let maintenance = Mutex(())
    /// Held while heads become blocks, by one of those or by the writer.
    let flushing = Mutex(())
    private let lockFile: Mutex<OpenFile?>

    /// Opens a store, or makes one. What a crash left behind is put in order first.
    /// - Parameter report: told what was found damaged, in a sentence.
    package init(
        directory: String, options: Options = Options(), metrics: SelfMetrics,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(LogStoreError) {
        self.directory = directory
        self.options = options
        self.metrics = metrics
        self.report = report
        for path in [directory, directory + "/wal", directory + "/blocks"] { try Files.createDirectory(path) }
        let lock = try OpenFile(directory + "/lock", flags: O_RDWR | O_CREAT)
        try lock.lock()
        lockFile = Mutex(lock)
        identityKey = try Recovery.identityKey(in: directory, report: report)
        let recovered = try Recovery(directory: directory, options: options, key: identityKey, report: report)
        if recovered.state.corruptions > 0 {
            metrics.add("magewatch_log_store_corrupt_total", by: Double(recovered.state.corruptions))
        }
        state = Mutex(recovered.state)
        log = Mutex(recovered.log)
    }

    /// Stores a batch. Returns only once it is synced; batches that come at the same time share one sync.
    /// - Throws: ``SinkError``, and then nothing of the batch was kept.
    package func append(_ batch: LogBatch) async throws -> AppendOutcome {
        if batch.isEmpty { return AppendOutcome() }
        guard batch.bytes.count <= options.maximumPendingBytes else {
            throw refusal(.invalid, "batch of \(batch.bytes.count) bytes; send at most \(options.maximumPendingBytes) at once")
        }
        return try await withCheckedThrowingContinuation { continuation in
            enqueue(Pending(batch: batch, continuation: continuation))
        }
    }

    private func enqueue(_ item: Pending) {
        let size = item.batch.bytes.count
        let headBytes = state.withLock { $0.headBytes }
        let (refused, start) = pending.withLock { queue -> (SinkError?, Bool) in
            if queue.isClosed { return (SinkError(.unavailable, "log store \(directory) is closed"), false) }
            let full = queue.bytes + size > options.maximumPendingBytes && !queue.items.isEmpty
            if full || headBytes > options.maximumHeadBytes {
                return (SinkError(.overloaded, "log store \(directory) is behind; send again later"), false)
            }
            queue.items.append(item)
            queue.bytes += size
            defer { queue.isDraining = true }
            return (nil, !queue.isDraining)
        }
        if let refused {
            metrics.add("magewatch_log_store_refused_total", ["reason": refused.code.rawValue], by: Double(item.batch.count))
            item.continuation.resume(throwing: refused)
        } else if start {
            writer.async { self.drain() }
        }
    }

    private func refusal(_ code: SinkError.Code, _ message: String) -> SinkError {
        metrics.add("magewatch_log_store_refused_total", ["reason": code.rawValue])
        return SinkError(code, message)
    }

    /// Writes blocks of heads that are full or old, shortens the write-ahead log, and removes what is past its retention.
    ///
    /// Appends and reads go on meanwhile.
    package func maintain(now: Nanoseconds) throws {
        try maintenance.withLock { _ in try runMaintenance(now: now) }
    }

    /// Waits for what was appended, and lets go of the directory. Heads stay in the write-ahead log.
    package func close() throws {
        pending.withLock { $0.isClosed = true }
        writer.sync { drain(all: true) }
        maintenance.withLock { _ in
            state.withLock { $0.isClosed = true }
            for continuation in subscribers.withLock({ $0.values.map { $0 } }) { continuation.finish() }
            lockFile.withLock { lock in
                lock?.unlock()
                lock = nil
            }
        }
    }

    /// What the store holds now.
    package var statistics: Statistics {
        let logBytes = log.withLock { $0.bytes }
        return state.withLock { state in
            var result = Statistics()
            result.streams = state.streamCount
            result.headBytes = state.headBytes
            result.files = state.files.count
            result.fileBytes = state.files.reduce(0) { $0 + $1.bytes }
            result.logBytes = logBytes
            result.duplicates = state.duplicates
            result.corruptions = state.corruptions
            for case let stream? in state.streams {
                result.headLines += stream.head.lines
                result.blocks += stream.blocks.count
                for block in stream.blocks {
                    result.blockLines += block.entry.rows
                    result.blockTextBytes += block.entry.textBytes
                }
            }
            return result
        }
    }

    /// Entries as they become durable, for live tails and detectors: batches in the order of writing.
    ///
    /// A subscriber that falls more than `buffered` batches behind loses the oldest ones.
    package func subscribe(buffered: Int = 256) -> AsyncStream<LogBatch> {
        let (stream, continuation) = AsyncStream.makeStream(of: LogBatch.self, bufferingPolicy: .bufferingNewest(buffered))
        let id = subscribers.withLock { subscribers in
            let id = (subscribers.keys.max() ?? 0) + 1
            subscribers[id] = continuation
            return id
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.subscribers.withLock { $0.removeValue(forKey: id) }
        }
        return stream
    }
}
