import MetricStore
import Telemetry
import TestKit
import Testing

@testable import Monitor

@Suite("Capacity is learned from the store and written back", .ownThread)
struct CapacityServiceTests {
    private let now: Milliseconds = 1_700_000_000_000

    private func store(_ directory: TemporaryDirectory) throws -> MetricStore {
        try MetricStore(directory: directory.path, metrics: SelfMetrics())
    }

    /// A day of a role whose container uses a hundredth of its processor for each request a second, two of them from noon on.
    private func fill(_ store: MetricStore, role: String) async throws {
        var batch = SampleBatch()
        for minute in 0..<1440 {
            let time = now - Milliseconds(1440 - minute) * 60_000 + 1
            let containers = minute < 720 ? 1.0 : 2
            let load = 20 + Double(minute % 60) * 0.8
            for (name, value) in [
                (CapacityService.requestMetric, load * containers), (CapacityService.servingMetric, containers),
                (CapacityService.processorMetric, 0.01 * load + 0.002 * Double(minute % 3)),
                (CapacityService.latencyMetric, 0.02 + 0.02 * (load / 120) / (1 - load / 120)),
            ] {
                batch.append(["__name__": name, "role": role], value, at: time)
            }
            batch.append(
                ["__name__": ForecastService.resourceMetric, "role": role, "resource": "connections"], 0.005 * load, at: time)
        }
        _ = try await store.append(batch)
    }

    private func service(_ store: MetricStore, acceptable: [String: Double] = [:]) -> CapacityService {
        CapacityService(
            source: store, sink: store, limit: 0.85, acceptableSeconds: acceptable, stepSeconds: 60, historySeconds: 86_400,
            metrics: SelfMetrics())
    }

    private func last(_ store: MetricStore, _ labels: Labels, at time: Milliseconds) throws -> Double? {
        var columns = SampleColumns()
        let range = time...time
        try store.select(labels.map { .equal($0.name, $0.value) }, in: range).first?.read(range, into: &columns)
        return columns.values.last
    }

    @Test("What binds is named, in the API's terms and as series, and follows the latency that is acceptable")
    func binding() async throws {
        let directory = try TemporaryDirectory("capacity")
        let store = try store(directory)
        try await fill(store, role: "web")
        let service = service(store, acceptable: ["web": 0.2])
        try await service.learn(at: now)
        let capacity = try #require(service.capacities(role: "web").first)
        #expect(capacity.bounds.map(\.resource) == ["cpu", "latency", "connections"], "\(capacity)")
        #expect(abs(capacity.bounds[0].requestsPerSecond.median / 85 - 1) < 0.05, "\(capacity)")
        // 0.2 = 0.02 + 0.02 r / (1 - r), so r = 0.9.
        #expect(abs(capacity.bounds[1].requestsPerSecond.median / 108 - 1) < 0.05, "\(capacity)")
        #expect(abs(capacity.bounds[2].requestsPerSecond.median / 170 - 1) < 0.05, "\(capacity)")
        #expect(capacity.containers == 2 && capacity.steps > 1400 && abs(capacity.load - 67.2) < 0.01)
        let series: Labels = [
            "__name__": "magewatch_capacity_requests_per_second", "role": "web", "resource": "cpu", "quantile": "0.5",
        ]
        #expect(try last(store, series, at: now) == capacity.bounds[0].requestsPerSecond.median)
        let binding: Labels = ["__name__": "magewatch_capacity_binding", "role": "web", "resource": "cpu"]
        #expect(try last(store, binding, at: now) == 1)
        let strict = self.service(store, acceptable: ["web": 0.04])
        try await strict.learn(at: now)
        #expect(strict.capacities().first?.binding?.resource == "latency")
        // What is silent has no capacity any more, and its series end.
        try await service.learn(at: now + 3_600_000)
        #expect(service.capacities().isEmpty)
        #expect(try last(store, binding, at: now + 3_600_000)?.isNaN == true)
        try store.close()
    }
}
