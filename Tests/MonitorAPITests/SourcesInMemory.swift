import Synchronization
import Telemetry

@testable import MonitorAPI

/// Two exemplars of one series.
struct ExemplarsInMemory: ExemplarSource {
    static let all = SeriesExemplars(
        series: ["__name__": "requests_total", "job": "web"],
        exemplars: [
            Exemplar(labels: ["trace_id": "a"], value: 6, timestamp: Scene.now - 1500),
            Exemplar(labels: ["trace_id": "b"], value: 0.5, timestamp: Scene.now),
        ])

    func exemplars(
        matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) throws -> [SeriesExemplars] {
        guard selectors.contains(where: { $0.allMatch(ExemplarsInMemory.all.series) }) else { return [] }
        var found = ExemplarsInMemory.all
        found.exemplars.removeAll { !range.contains($0.timestamp) }
        return [found]
    }
}

/// What two targets tell about two metrics.
struct MetadataInMemory: TargetMetadataSource {
    static let all = ["one", "two"].flatMap { job in
        [
            MetadataReport(metric: "requests_total", type: "counter", help: "Requests of \(job).", target: ["job": job]),
            MetadataReport(metric: "up", type: "gauge", help: "Up.", target: ["job": job]),
        ]
    }

    func metadata(of metric: String?) throws -> [MetadataReport] {
        MetadataInMemory.all.filter { metric == nil || $0.metric == metric }.sorted { $0.metric < $1.metric }
    }
}

/// Counts that were counted before.
struct CardinalityInMemory: CardinalitySource {
    static var all: Cardinality {
        var all = Cardinality()
        all.series = 3
        all.labelPairs = 7
        all.span = Scene.now - 120_000...Scene.now
        all.byMetric = [.init(name: "up", count: 2), .init(name: "requests_total", count: 1)]
        all.byLabel = [.init(name: "__name__", count: 2)]
        all.bytesByLabel = [.init(name: "__name__", count: 16)]
        all.byLabelPair = [.init(name: "__name__=up", count: 2)]
        all.bySource = [.init(name: "10.0.0.1", count: 3)]
        var decimals = Cardinality.Encoding(name: "decimals")
        (decimals.chunks, decimals.samples, decimals.bytes) = (1, 240, 120)
        all.encodings = [decimals]
        (all.inspectedBytes, all.blockBytes) = (500, 1000)
        return all
    }

    func cardinality(top: Int) -> Cardinality {
        var found = CardinalityInMemory.all
        found.byMetric = Array(found.byMetric.prefix(top))
        return found
    }
}

/// Notes the orders it is given.
final class RecordingStore: StoreAdministration {
    private let state = Mutex<[String]>([])

    var orders: [String] { state.withLock { $0 } }

    func deleteSeries(matching matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws {
        state.withLock { $0.append("delete \(matchers.map(\.description)) \(range)") }
    }

    func snapshot(named name: String, skipsHead: Bool) throws {
        state.withLock { $0.append("snapshot \(name) \(skipsHead)") }
    }

    func cleanTombstones() throws {
        state.withLock { $0.append("clean") }
    }
}

/// Tells batches to those who listen.
final class LiveLogs: Sendable {
    private let listeners = Mutex<[AsyncStream<LogBatch>.Continuation]>([])

    var listenerCount: Int { listeners.withLock { $0.count } }

    @Sendable func subscribe() -> AsyncStream<LogBatch> {
        let (stream, continuation) = AsyncStream.makeStream(of: LogBatch.self)
        listeners.withLock { $0.append(continuation) }
        return stream
    }

    func send(_ batch: LogBatch) {
        for listener in listeners.withLock({ $0 }) { listener.yield(batch) }
    }

    func end() {
        for listener in listeners.withLock({ $0 }) { listener.finish() }
    }
}

/// Notes what is to be deleted.
final class DeletionsInMemory: LogDeletions {
    private let state = Mutex<[LogDeletionReport]>([])

    func request(_ query: String, matching matchers: [LabelMatcher], in range: ClosedRange<Nanoseconds>) async throws {
        state.withLock { state in
            state.insert(
                LogDeletionReport(
                    id: "d\(state.count + 1)", query: query, range: range, createdAt: Scene.nowNanoseconds, state: .received),
                at: 0)
        }
    }

    func all() async throws -> [LogDeletionReport] { state.withLock { $0 } }

    func cancel(_ id: String) async throws {
        try state.withLock { state in
            guard let index = state.firstIndex(where: { $0.id == id }) else {
                throw APIError(.notFound, "there is no request \"\(id)\"")
            }
            state.remove(at: index)
        }
    }
}
