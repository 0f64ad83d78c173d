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
