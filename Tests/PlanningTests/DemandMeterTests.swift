import Telemetry
import Testing

@testable import Planning

@Suite("Demand is measured by requests where a container's capacity is known")
struct DemandMeterTests {
    private let now: Milliseconds = 1_700_000_000_000

    private func capacity(
        _ median: Double, low: Double, resource: String = "cpu", isExtrapolated: Bool = false, steps: Int = 1000,
        ageSeconds: Double = 60
    ) -> LearnedCapacity {
        LearnedCapacity(
            role: "web", madeAt: now - Milliseconds(ageSeconds * 1000),
            bounds: [
                .init(
                    resource: resource, requestsPerSecond: .init(median: median, low: low, high: 2 * median), limit: 0.85,
                    isExtrapolated: isExtrapolated)
            ], load: 1, highestLoad: 1, containers: 1, steps: steps)
    }

    private func meter() -> DemandMeter { DemandMeter(unitCores: 1.7, saturation: 0.85) }

    @Test("Requests over the lower end of the capacity, in cores; the binding resource is named")
    func requests() throws {
        var meter = meter()
        let found = meter.demand(
            utilisation: 0.3, cores: 4, requests: 270, capacity: capacity(100, low: 90, resource: "connections"), at: now)
        let demand = try #require(found)
        #expect(abs(demand.cores - 3 * 1.7) < 1e-9)
        #expect(demand.source == .requests(resource: "connections", perContainer: 90))
    }

    @Test("Requests go on saying what is missing where the processor is at its end")
    func clipped() throws {
        var meter = meter()
        let found = meter.demand(
            utilisation: 1, cores: 2, requests: 900, capacity: capacity(100, low: 90), at: now)
        let demand = try #require(found)
        #expect(abs(demand.cores - 17) < 1e-9)
    }

    @Test("Requests that have become dearer than was learned: a saturated role is not talked out of it")
    func dearer() throws {
        var meter = meter()
        let found = meter.demand(
            utilisation: 0.9, cores: 2, requests: 9, capacity: capacity(100, low: 90), at: now)
        let demand = try #require(found)
        #expect(demand.source == .utilisation && abs(demand.cores - 1.8) < 1e-9)
    }

    @Test("A capacity that is vague, new, old, extrapolated or missing is not relied on")
    func unreliable() {
        let cases = [
            nil, capacity(100, low: 70), capacity(100, low: 90, steps: 100), capacity(100, low: 90, ageSeconds: 30_000),
            capacity(100, low: 90, isExtrapolated: true), capacity(100, low: 0), capacity(.nan, low: .nan),
            capacity(.infinity, low: 1),
        ]
        for capacity in cases {
            var meter = meter()
            let demand = meter.demand(utilisation: 0.5, cores: 4, requests: 270, capacity: capacity, at: now)
            #expect(demand?.source == .utilisation && demand?.cores == 2, "\(String(describing: capacity))")
        }
    }

    @Test("What was relied on is kept a while: the measure does not flap", arguments: [(75.0, true), (62, true), (55, false)])
    func hysteresis(low: Double, isKept: Bool) {
        var meter = meter()
        _ = meter.demand(utilisation: 0.5, cores: 4, requests: 90, capacity: capacity(100, low: 90), at: now)
        let demand = meter.demand(utilisation: 0.5, cores: 4, requests: 90, capacity: capacity(100, low: low), at: now)
        #expect((demand?.source != .utilisation) == isKept)
    }

    @Test("Nothing that is no number comes through", arguments: [Double.nan, .infinity, -1, nil])
    func badInput(value: Double?) {
        var meter = meter()
        let known = meter.demand(utilisation: 0.5, cores: 4, requests: value, capacity: capacity(100, low: 90), at: now)
        #expect(known?.source == .utilisation && known?.cores == 2)
        #expect(meter.demand(utilisation: value, cores: 4, requests: value, capacity: capacity(100, low: 90), at: now) == nil)
    }
}
