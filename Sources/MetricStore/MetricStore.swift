internal import Dispatch
internal import Glibc
internal import Synchronization
package import Telemetry

/// Keeps series on disk: what was acknowledged is there after any crash, and answers selectors.
///
/// A batch goes to the write-ahead log, is synced together with all batches that wait at that moment, becomes visible in the head,
/// and only then `append` returns. ``maintain(now:)``, called now and then on a background thread, moves what is old enough into
/// immutable blocks.
///
/// **Duplicates:** of two samples of a series at one time the last write wins, across restarts and blocks. **Out of order:** a sample
/// may be older than its series' newest by the out-of-order window; see ``Options``.
package final class MetricStore: SampleSink, SeriesSource, Sendable {
    struct State {
        var head: Head
        /// By number, so oldest write first.
        var blocks: [Block]
        /// What was frozen for blocks that are not written yet: retried until it succeeds.
        var pendingFlush: BlockMark?
        /// When head data was last set aside for blocks, by the clock of ``MetricStore/maintain(now:)``.
        var lastFlush: Milliseconds = .min
        var nextBlock: UInt64
        /// Those that some block has not carried out yet.
        var deletions: [Deletion] = []
        /// The number of the last deletion there was.
        var lastDeletion: UInt64 = 0
        var exemplars: ExemplarStore
        var metadata: MetadataStore
        var past = PastLedger()
    }

    private struct Waiting {
        var batch: SampleBatch
        var continuation: CheckedContinuation<AppendOutcome, any Error>
    }

    private struct Queue {
        var waiting: [Waiting] = []
        var samples = 0
        var isDraining = false
        var isClosed = false
    }

    let options: Options
    let metrics: SelfMetrics
    let report: @Sendable (String) -> Void
    let directory: String
    let blockDirectory: String
    /// What the catalogue on disk holds.
    let savedCatalogue = Mutex<Catalogue?>(nil)
    /// The version of the metadata that the file on disk holds.
    let savedMetadata = Mutex<UInt64?>(nil)
    /// Guards the head and the list of blocks. Held for a batch's worth of work, never over I/O.
    let state: Mutex<State>
    /// Guards the log; always taken before `state`.
    let log: Mutex<WriteAheadLog>
    /// The one thread that changes the head, and that waits for the disk.
    let writer = DispatchQueue(label: "magewatch.metric-store.writer")
    /// One maintenance at a time.
    let maintenance = Mutex(())
    /// Earliest time a sample may have; earlier ones are refused as `invalid_time`. Far from where sums of times overflow.
    static let earliestTime: Milliseconds = -(1 << 53)
    private let queue = Mutex(Queue())
    private let lock: Mutex<StoreFile?>

    /// Opens a directory, making it where it is missing, and replays its log.
    /// - Parameters:
    ///   - metrics: takes `magewatch_metric_store_*`.
    ///   - report: takes a line for the operator about anything that was damaged or failed.
    /// - Throws: ``MetricStoreError``, `locked` where another process has the directory open.
    package init(
        directory: String, options: Options = Options(), metrics: SelfMetrics,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(MetricStoreError) {
        self.directory = directory
        let logDirectory = directory + "/wal"
        blockDirectory = directory + "/blocks"
        try StoreFile.makeDirectory(logDirectory)
        try StoreFile.makeDirectory(blockDirectory)
        let lock = try StoreFile(directory + "/lock", flags: O_RDWR | O_CREAT)
        guard lock.lockExclusively() else {
            throw MetricStoreError(
                .locked, "\(directory) is open in another process: stop that one, or give this one a directory of its own")
        }
        self.lock = Mutex(lock)
        self.options = options
        self.metrics = metrics
        self.report = report
        let catalogue = try MetricStore.loadCatalogue(directory, metrics, report)
        let stored = try MetricStore.openBlocks(blockDirectory, metrics, report)
        MetricStore.reportMissing(catalogue, stored, blockDirectory, metrics, report)
        var head = Head(options: options)
        let told = try MetricStore.loadMetadata(directory, options, isMissed: catalogue != nil, metrics, report)
        let result = try WALReplay(directory: logDirectory, marks: stored.flatMap(\.marks))
            .run(into: &head, exemplars: ExemplarStore(capacity: options.maximumExemplars), metadata: told)
        for message in result.messages { report(message) }
        if result.torn > 0 { metrics.add("magewatch_metric_store_torn_total", by: Double(result.torn)) }
        if result.corrupt > 0 {
            metrics.add("magewatch_metric_store_corrupt_total", ["kind": "wal"], by: Double(result.corrupt))
        }
        if result.missing > 0 {
            metrics.add("magewatch_metric_store_missing_total", ["kind": "wal"], by: Double(result.missing))
        }
        head.removeEmptySeries()
        state = Mutex(State(head: head, blocks: stored, catalogue ?? Catalogue(), result))
        var opened = WriteAheadLog(
            directory: logDirectory, segments: result.segments, maximumSegmentBytes: options.maximumWALSegmentBytes)
        try opened.writeList()
        log = Mutex(opened)
        try saveMetadata()
        try saveCatalogue()
        publishGauges()
    }

    /// Keeps a batch. Returns only after it is on disk; appends that run at the same time share one sync.
    /// - Throws: `SinkError`, `unavailable` where the store is closed or the disk is full, `overloaded` where too much waits.
    package func append(_ batch: SampleBatch) async throws -> AppendOutcome {
        guard batch.weight <= options.maximumBatchSamples,
            batch.labelBytes.count <= options.maximumBatchLabelBytes
        else {
            let size =
                "\(batch.sampleCount) samples, \(batch.bucketCount) buckets of histograms and \(batch.labelBytes.count) bytes of labels"
            throw SinkError(.invalid, "a batch of \(size) is too large for one record: send it in parts")
        }
        return try await withCheckedThrowingContinuation { continuation in
            let (refusal, start) = queue.withLock { queue -> (SinkError?, Bool) in
                if queue.isClosed {
                    return (SinkError(.unavailable, "the metric store is closed: send again after the restart"), false)
                }
                if queue.samples > options.maximumPendingSamples {
                    return (SinkError(.overloaded, "\(queue.samples) samples wait for the disk already: send again later"), false)
                }
                queue.waiting.append(Waiting(batch: batch, continuation: continuation))
                queue.samples += batch.weight
                defer { queue.isDraining = true }
                return (nil, !queue.isDraining)
            }
            if let refusal { continuation.resume(throwing: refusal) }
            if start { writer.async { self.drain() } }
        }
    }

    /// Whether ``close()`` was called.
    var isClosed: Bool { queue.withLock { $0.isClosed } }

    /// Writes what waits, and lets go of the directory. Later appends throw `SinkError(.unavailable)`. Waits for a running maintenance.
    package func close() throws {
        queue.withLock { $0.isClosed = true }
        // What was taken before is committed by the time the writer gets here.
        writer.sync {
            drain(all: true)
            log.withLock { $0.rotate() }
        }
        maintenance.withLock { _ in
            // Neither is needed: the log holds the metadata as well, and the list only tells more of what may go missing.
            try? saveMetadata()
            try? log.withLock { try $0.writeList() }
            lock.withLock { $0 = nil }
        }
    }

    /// What the store holds now.
    package var statistics: Statistics {
        var statistics = Statistics()
        log.withLock { log in
            statistics.walBytes = log.byteCount
            statistics.walSegments = log.segments.count
        }
        state.withLock { state in
            statistics.series = state.head.activeCount
            statistics.headSamples = state.head.sampleCount
            statistics.blocks = state.blocks.count
            statistics.exemplars = state.exemplars.count
            statistics.metadata = state.metadata.count
            statistics.pendingDeletions = state.deletions.count
            statistics.blockBytes = state.blocks.reduce(0) { $0 + $1.byteCount }
            statistics.blockSamples = state.blocks.reduce(0) { $0 + $1.sampleCount }
        }
        return statistics
    }

    func publishGauges() {
        let statistics = statistics
        metrics.set("magewatch_metric_store_series", to: Double(statistics.series))
        metrics.set("magewatch_metric_store_blocks", to: Double(statistics.blocks))
        metrics.set("magewatch_metric_store_block_bytes", to: Double(statistics.blockBytes))
        metrics.set("magewatch_metric_store_pending_deletions", to: Double(statistics.pendingDeletions))
        metrics.set("magewatch_metric_store_wal_bytes", to: Double(statistics.walBytes))
    }

    /// Commits the group that waits, then lets whoever else waits for `writer` have its turn: steady senders must not keep
    /// maintenance out. With `all`, goes on until nothing waits. Runs on `writer`.
    private func drain(all: Bool = false) {
        repeat {
            let group = queue.withLock { queue -> [Waiting] in
                defer {
                    queue.waiting = []
                    queue.samples = 0
                }
                if queue.waiting.isEmpty { queue.isDraining = false }
                return queue.waiting
            }
            if group.isEmpty { return }
            commit(group)
        } while all
        writer.async { self.drain() }
    }

    private func commit(_ group: [Waiting]) {
        let now = options.clock()
        let started = MonotonicClock.seconds()
        do throws(MetricStoreError) {
            let prepared = try log.withLock { log throws(MetricStoreError) in
                var records: [UInt8] = []
                var newest = Milliseconds.min
                let segment = log.current
                let prepared = state.withLock { state in
                    group.map { waiting in
                        var record = WALRecordWriter(samples: waiting.batch.sampleCount)
                        var prepared = state.head.prepare(waiting.batch, now: now, segment: segment, into: &record)
                        if !record.isEmpty {
                            records += record.finish()
                            newest = max(newest, record.newest)
                        }
                        if waiting.batch.hasExtras {
                            let extras = state.prepareExtras(of: waiting.batch, now: now, options)
                            records += extras.records
                            newest = max(newest, extras.newest)
                            prepared.outcome.exemplars = extras.exemplars.count + extras.repeatedExemplars
                            prepared.extras = extras
                        }
                        return prepared
                    }
                }
                if !records.isEmpty { try log.commit(records, newest: newest) }
                return prepared
            }
            state.withLock { state in
                for (waiting, prepared) in zip(group, prepared) {
                    let earliest = state.head.apply(prepared, of: waiting.batch)
                    state.past.note(changeAt: earliest)
                    if let extras = prepared.extras { state.apply(extras) }
                }
            }
            count(prepared, seconds: MonotonicClock.seconds() - started)
            for (waiting, prepared) in zip(group, prepared) { waiting.continuation.resume(returning: prepared.outcome) }
        } catch {
            metrics.add("magewatch_metric_store_write_errors_total")
            report(error.message)
            let refusal = SinkError(.unavailable, "nothing of this batch was kept: \(error.message)")
            for waiting in group { waiting.continuation.resume(throwing: refusal) }
        }
    }

    private func count(_ prepared: [Head.Prepared], seconds: Double) {
        var accepted = 0
        var refused: [String: Int] = [:]
        for item in prepared {
            accepted += item.outcome.accepted
            refused.merge(item.outcome.refused, uniquingKeysWith: +)
            if let extras = item.extras { count(extras) }
        }
        metrics.add("magewatch_metric_store_appended_samples_total", by: Double(accepted))
        for (reason, count) in refused {
            metrics.add("magewatch_metric_store_refused_samples_total", ["reason": reason], by: Double(count))
        }
        metrics.add("magewatch_metric_store_commits_total")
        metrics.add("magewatch_metric_store_commit_seconds_total", by: seconds)
    }
}

/// A clock that only goes forward, for measuring how long things take.
enum MonotonicClock {
    static func seconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
