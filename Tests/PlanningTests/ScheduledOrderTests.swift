import AgentContract
import Planning
import Telemetry
import Testing
import Topology

@Suite("Schedules order ahead of time, once") struct ScheduledOrderTests {
    /// Friday 2026-12-04 18:00 UTC.
    static let start: Milliseconds = 1_796_407_200_000

    private func due(_ text: String, at now: Milliseconds, begun: [String: Milliseconds] = [:]) throws -> [ScheduledOrder] {
        Planner.orders(
            of: [try ScalingSchedule(text, name: "s")], begun: begun, leadSeconds: 30, at: now, offset: { _ in 0 })
    }

    @Test("An occurrence is due by the attach time before its start, and not after its end")
    func lead() throws {
        let text = "every Friday 18:00 +3 web for 4h"
        #expect(try due(text, at: Self.start - 30_001).isEmpty)
        let order = try #require(try due(text, at: Self.start - 30_000).first)
        #expect(order.order.action == .scale(role: .web, by: 3, forSeconds: 4 * 3600 + 30))
        #expect(order.order.orderedBy == "schedule s")
        #expect(try due(text, at: Self.start + 4 * 3_600_000 - 1).count == 1)
        #expect(try due(text, at: Self.start + 4 * 3_600_000).isEmpty)
        #expect(try due(text, at: Self.start, begun: ["s": Self.start]).isEmpty)
        #expect(try due(text, at: Self.start, begun: ["s": Self.start - 7 * 86_400_000]).count == 1)
    }

    @Test("What lasts until it comes again is ordered anew before it ends")
    func seamless() throws {
        let text = "every day 18:00 +1 web for 24h"
        let now = Self.start + 86_400_000 - 20_000
        let order = try #require(try due(text, at: now, begun: ["s": Self.start]).first)
        #expect(order.occurrence.start == Self.start + 86_400_000)
        #expect(try due(text, at: now, begun: ["s": Self.start + 86_400_000]).isEmpty)
    }

    @Test("A schedule's order makes the same plan as an operator's")
    func plan() throws {
        let order = try #require(try due("2026-12-04 18:00 +1 web for 2h", at: Self.start).first).order
        var input = House.input()
        input.now = Self.start
        let plan = try #require(Planner.guarded(Planner.plan(for: order, input), input).plan)
        #expect(House.names(plan).first == "pool: attach o1")
        #expect(HeldOrder(order, carriedOutBy: plan)?.until == Self.start + 7_200_000)
        input.freezes = [ScalerFreeze(role: .web, from: 0, until: .max, why: "w", by: "ann")]
        #expect(Planner.guarded(Planner.plan(for: order, input), input).refusal?.guardRail == "freeze")
    }
}
