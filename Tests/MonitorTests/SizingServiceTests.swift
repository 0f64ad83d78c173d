import MetricStore
import Planning
import StackConfiguration
import StateStore
import Telemetry
import TestKit
import Testing
import Topology

@testable import Monitor

@Suite("Roles are sized by their shadow fleets while the monitor runs", .ownThread)
struct SizingServiceTests {
    let directory: TemporaryDirectory
    let configuration: MagewatchConfiguration
    let store: MetricStore
    let state: StateStore
    let start: Milliseconds = 1_700_000_000_000

    init() throws {
        directory = try TemporaryDirectory("sizing")
        configuration = try ConfigurationFile.parse(stackText, file: "m.yaml")
        store = try MetricStore(directory: directory.path, metrics: SelfMetrics())
        state = try StateStore()
        try Inventory.load(configuration, into: state)
    }

    private func service() -> SizingService {
        SizingService(configuration, state: state, source: store, sink: store, metrics: SelfMetrics())
    }

    private func play(_ service: SizingService, _ utilisation: [Double], from time: Milliseconds) async throws {
        for (tick, value) in utilisation.enumerated() {
            let now = time + Milliseconds(tick) * 15_000
            _ = try await store.append(
                ScalerTests.batch([["__name__": ForecastService.signalMetric, "role": "web"]: value], at: now))
            try await service.tick(at: now)
        }
    }

    private func last(_ metric: String, _ now: Milliseconds) throws -> Double? {
        var columns = SampleColumns()
        let range = start - 1...now
        try store.select([.equal("__name__", metric), .equal("role", "web")], in: range).first?.read(range, into: &columns)
        return columns.values.last
    }

    @Test("A quiet role keeps what it has, a busy one is to have more before it is saturated; both are written as series")
    func bounds() async throws {
        let service = service()
        try await play(service, [Double](repeating: 0.2, count: 20), from: start)
        #expect(service.sizing[.web]?.launchContainers == 1)
        #expect(service.sizing[.web]?.isLearning == true)
        let later = start + 20 * 15_000
        try await play(service, [Double](repeating: 0.75, count: 8), from: later)
        #expect(service.sizing[.web]?.launchContainers == 2)
        let end = later + 8 * 15_000
        #expect(try last("magewatch_scaler_launch_containers", end) == 2)
        #expect(try last("magewatch_scaler_containers", end) == 1)
        #expect(try last(SizingService.demandMetric, end) == 0.375)
        try store.close()
    }

    @Test("Before a known event a role is to have what its demand then needs, by what the event did to demand before")
    func events() async throws {
        // Eight days of demand by the tick; five days ago it was threefold for an hour.
        let now = start + 8 * 86_400_000
        let past = now - 5 * 86_400_000
        var batch = SampleBatch()
        batch.append(
            ["__name__": SizingService.demandMetric, "role": "web"],
            (1...(8 * 5760)).map { tick in
                let time = start + Milliseconds(tick) * 15_000
                return Sample(time, (past + 1...past + 3_600_000).contains(time) ? 0.6 : 0.2)
            })
        _ = try await store.append(batch)
        var configuration = configuration
        configuration.scaler.attachSeconds = 60
        configuration.forecast.events = [
            .init(name: "sale", role: .web, localTimes: [past, now + 120_000], seconds: 3600, lift: nil)
        ]
        let service = SizingService(configuration, state: state, source: store, sink: store, metrics: SelfMetrics())
        try await play(service, [0.4, 0.4, 0.4], from: now)
        let usual = try #require(service.sizing[.web]?.launchContainers)
        #expect(usual == 1)
        // Within the attach time of its start: 0.2 cores are 0.47 containers' worth, threefold and a quarter more.
        try await play(service, [0.4], from: now + 60_000)
        let sizing = try #require(service.sizing[.web])
        #expect(sizing.launchContainers == 2 && sizing.sizing.hasPrefix("sale brings 3 times 0.471"), "\(sizing)")
        try store.close()
    }

    @Test("A role that is not measured any more has no sizing; a restart learns from what was recorded")
    func restart() async throws {
        let first = service()
        try await play(first, (0..<60).map { 0.3 + 0.01 * Double($0 % 30) }, from: start)
        let now = start + 60 * 15_000
        let second = service()
        try await play(first, [0.5], from: now)
        let before = try #require(first.sizing[.web])
        try await play(second, [0.5], from: now)
        #expect(second.sizing[.web]?.launchContainers == before.launchContainers)
        #expect(second.sizing[.web]?.keepContainers == before.keepContainers)
        try await first.tick(at: now + 10 * 60_000)
        #expect(first.sizing.isEmpty)
        try store.close()
    }

    /// Requests and utilisation as the recording rules write them; what a container can serve is as told.
    private func playRequests(
        _ service: SizingService, _ ticks: [(requests: Double?, utilisation: Double)], from time: Milliseconds
    ) async throws {
        for (tick, item) in ticks.enumerated() {
            let now = time + Milliseconds(tick) * 15_000
            var values: [Labels: Double] = [["__name__": ForecastService.signalMetric, "role": "web"]: item.utilisation]
            if let requests = item.requests {
                values[["__name__": CapacityService.requestMetric, "role": "web"]] = requests
            }
            _ = try await store.append(ScalerTests.batch(values, at: now))
            try await service.tick(at: now)
        }
    }

    private func capacity(low: Double, isExtrapolated: Bool = false) -> LearnedCapacity {
        LearnedCapacity(
            role: "web", madeAt: start,
            bounds: [
                .init(
                    resource: "latency", requestsPerSecond: .init(median: 100, low: low, high: 120), limit: 0.2,
                    isExtrapolated: isExtrapolated)
            ], load: 40, highestLoad: 95, containers: 1, steps: 5000)
    }

    @Test("Demand is requests over the learned capacity: workers run out while the processor is idle, and containers are ordered")
    func requestsOverCapacity() async throws {
        let learned = capacity(low: 90)
        let service = SizingService(
            configuration, state: state, source: store, sink: store, capacities: { [learned] }, metrics: SelfMetrics())
        try await playRequests(service, [(Double?, Double)](repeating: (30, 0.1), count: 8), from: start)
        #expect(service.sizing[.web]?.launchContainers == 1)
        try await playRequests(service, [(Double?, Double)](repeating: (135, 0.2), count: 8), from: start + 120_000)
        let sizing = try #require(service.sizing[.web])
        #expect(sizing.launchContainers >= 2, "\(sizing)")
        // 135 a second over the 90 that a container serves for certain.
        #expect(abs((sizing.demandContainers ?? 0) - 1.5) < 1e-9)
        #expect(sizing.sizing.hasSuffix("; demand by requests, 90 a second and container, as latency binds"), "\(sizing)")
        let end = start + 120_000 + 8 * 15_000
        let matchers: [LabelMatcher] = [
            .equal("__name__", "magewatch_scaler_demand_source"), .equal("source", "requests"), .equal("resource", "latency"),
        ]
        #expect(try store.select(matchers, in: start...end).count == 1)
        #expect(abs((try last(SizingService.demandMetric, end) ?? 0) - 1.5 * 0.425) < 1e-9)
        try store.close()
    }

    @Test("What is not learned well enough, or has no requests to go by, is sized by utilisation")
    func utilisationElse() async throws {
        for (learned, requests) in [
            (capacity(low: 50), 135), (capacity(low: 90, isExtrapolated: true), 135), (capacity(low: 90), nil),
        ]
            as [(LearnedCapacity, Double?)]
        {
            let service = SizingService(
                configuration, state: state, source: store, sink: store, capacities: { [learned] }, metrics: SelfMetrics())
            // A role whose requests were measured an hour ago and not since.
            let time = start + 3_600_000
            try await playRequests(
                service, [(Double?, Double)](repeating: (requests, 0.2), count: 2), from: requests == nil ? time : start)
            let sizing = try #require(service.sizing[.web])
            #expect(sizing.sizing.hasSuffix("; demand by utilisation") && sizing.launchContainers == 1, "\(sizing)")
        }
        try store.close()
    }
}
