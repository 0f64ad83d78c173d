import Ingest
import Logging
import NIOCore
import Synchronization
import Telemetry

/// Keeps what it is given, or refuses it; tests wait for a count instead of sleeping.
final class RecordingSink: LogSink, SampleSink {
    struct Row: Sendable, Equatable {
        var labels: Labels
        var timestamp: Nanoseconds
        var line: String
        var bytes: [UInt8]
        var metadata: Labels
    }

    private struct State {
        var rows: [Row] = []
        var samples: [(labels: Labels, sample: Sample)] = []
        var batches: [SampleBatch] = []
        /// Who the batches of samples said they came from.
        var sources: [String?] = []
        var failure: SinkError?
        var attempts = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    init(failure: SinkError? = nil) {
        state.withLock { $0.failure = failure }
    }

    var rows: [Row] { state.withLock { $0.rows } }
    var samples: [(labels: Labels, sample: Sample)] { state.withLock { $0.samples } }
    var sources: [String?] { state.withLock { $0.sources } }
    var batches: [SampleBatch] { state.withLock { $0.batches } }
    var attempts: Int { state.withLock { $0.attempts } }

    func succeed() { state.withLock { $0.failure = nil } }

    func append(_ batch: LogBatch) async throws -> AppendOutcome {
        try keep { state in
            for entry in batch.entries {
                let bytes = Array(batch.line(of: entry))
                state.rows.append(
                    Row(
                        labels: batch.streams[entry.stream], timestamp: entry.timestamp,
                        line: String(decoding: bytes, as: UTF8.self),
                        bytes: bytes, metadata: batch.metadata(of: entry)))
            }
            return batch.count
        }
    }

    func append(_ batch: SampleBatch) async throws -> AppendOutcome {
        var outcome = try keep { state in
            state.sources.append(batch.source)
            state.batches.append(batch)
            for series in batch.series {
                let labels = batch.labels(of: series)
                for index in series.samples {
                    state.samples.append((labels, Sample(batch.timestamps[index], batch.values[index])))
                }
            }
            return batch.sampleCount
        }
        outcome.histograms = batch.details.values.count { $0.histogram != nil }
        outcome.exemplars = batch.exemplars.count
        return outcome
    }

    /// Returns when a sample is there that is looked for.
    func waitForSample(_ isWanted: (Labels, Sample) -> Bool) async {
        var seen = 0
        while true {
            let (samples, count) = state.withLock { ($0.samples[seen...], $0.samples.count) }
            if samples.contains(where: { isWanted($0.labels, $0.sample) }) { return }
            seen = count
            await waitFor(state.withLock { $0.rows.count } + count + 1)
        }
    }

    /// Returns when so many rows and samples are there.
    func waitFor(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.rows.count + state.samples.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    private func keep(_ body: (inout State) -> Int) throws -> AppendOutcome {
        let (outcome, ready) = try state.withLock { state in
            state.attempts += 1
            if let failure = state.failure { throw failure }
            let count = body(&state)
            let there = state.rows.count + state.samples.count
            let ready = state.waiters.filter { $0.count <= there }
            state.waiters.removeAll { $0.count <= there }
            return (AppendOutcome(accepted: count), ready)
        }
        for waiter in ready { waiter.continuation.resume() }
        return outcome
    }
}

/// Runs a server on a free port of the loopback for the time of `body`.
func withServer(
    _ sink: RecordingSink, _ change: (inout IngestServer.Options) -> Void = { _ in },
    _ body: (_ port: Int, _ metrics: SelfMetrics) async throws -> Void
) async throws {
    var options = IngestServer.Options(host: "127.0.0.1", port: 0)
    options.recognitionMilliseconds = 50
    change(&options)
    let metrics = SelfMetrics()
    let server = IngestServer(options: options, samples: sink, logs: sink, metrics: metrics, logger: Logger(label: "test"))
    let (ports, bound) = AsyncStream<Int>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            do {
                try await server.run { bound.yield($0.port ?? 0) }
                bound.finish()
            } catch {
                bound.finish()
                throw error
            }
        }
        var iterator = ports.makeAsyncIterator()
        if let port = await iterator.next() { try await body(port, metrics) }
        group.cancelAll()
        try await group.waitForAll()
    }
}
