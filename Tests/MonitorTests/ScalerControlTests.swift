import AgentContract
import Execution
import Foundation
import Logging
import MetricStore
import MonitorAPI
import Planning
import StackConfiguration
import StateStore
import Telemetry
import TestKit
import Testing
import Topology

@testable import Monitor

@Suite("The scaler keeps to its guard rails, freezes and schedules")
struct ScalerControlTests {
    let house: ScalerTests
    let order: [Alert]
    /// Within the present, as leases are begun at the executor's own time.
    let now = SystemClock.milliseconds()

    init() async throws {
        house = try ScalerTests()
        order = [house.alert(["alertname": "RoleSaturated", "action": "scale", "role": "web"])]
        _ = try await house.stores.metrics.append(
            ScalerTests.batch([["__name__": "magewatch:role_utilisation:ratio", "role": "web"]: 0.95], at: now))
    }

    private func scaler(
        schedules: [String] = [], _ change: (inout PlanningPolicy) -> Void = { _ in }
    ) throws -> Scaler {
        var policy = PlanningPolicy(house.configuration)
        change(&policy)
        return Scaler(
            policy: policy, stackName: "shop", state: house.stores.state, executor: house.executor, series: house.stores.metrics,
            forecasts: { [] }, schedules: try schedules.map { try ScalingSchedule($0) }, attachSeconds: 30,
            metrics: house.metrics, logger: Logger(label: "test"))
    }

    private func audited(_ kind: String) throws -> [String] {
        try house.stores.state.auditRecords(limit: 1000).filter { $0.kind == kind }.map(\.detail).reversed()
    }

    @Test("A freeze holds over a restart until it is thawed, and what it held is written down once")
    func freeze() async throws {
        let first = try scaler()
        try await first.freeze(
            ScalerFreeze(role: .web, from: now, until: now + 3_600_000, why: "the shop moves", by: "ann"))
        await #expect(throws: APIError.self) {
            try await first.freeze(ScalerFreeze(role: .web, from: 0, until: 1_000_000, why: "", by: "ann"))
        }
        await #expect(throws: APIError.self) {
            try await first.freeze(ScalerFreeze(role: .web, from: 0, until: .max / 2, why: "w", by: "ann"))
        }
        let second = try scaler()
        for later in 0..<3 as Range<Milliseconds> { try await second.act(on: order, at: now + later * 1000) }
        #expect(try await house.executor.reports().isEmpty)
        #expect(try audited("held").count == 1)
        #expect(try audited("held")[0].contains("guard rail freeze: web, by ann: the shop moves"))
        #expect(try await second.status(at: now).freezes.map(\.why) == ["the shop moves"])
        #expect(try await second.thaw(.db, by: "bob", at: now) == 0)
        #expect(try await second.thaw(nil, by: "bob", at: now) == 1)
        try await second.act(on: order, at: now + 4000)
        #expect(try await house.executor.reports().count == 1)
        await house.executor.waitUntilIdle()
    }

    @Test(
        "Who is allowed is let in at once, and is banned by nothing until that is over or ended; over a restart, and written down"
    )
    func allowances() async throws {
        func ban(_ addresses: String..., by scaler: Scaler, at time: Milliseconds) async throws {
            let orders = addresses.map { house.alert(["alertname": "OffenderFound", "action": "ban", "address": $0]) }
            for order in orders { try await scaler.act(on: [order], at: time) }
            await house.executor.waitUntilIdle()
        }
        func banned(at time: Milliseconds) throws -> [String] {
            try house.stores.state.bans(inForceAt: time).map(\.address).sorted()
        }
        func allowance(_ text: String, seconds: Milliseconds = 3_600, why: String = "ours") throws -> BanAllowance {
            BanAllowance(try #require(NetworkRange(text)), from: now, until: now + seconds * 1000, why: why, by: "ann")
        }
        let first = try scaler { $0.guardRails.mode = .act }
        try await ban("198.51.100.7", "198.51.101.7", "203.0.113.0/24", by: first, at: now)
        #expect(try banned(at: now) == ["198.51.100.7", "198.51.101.7", "203.0.113.0/24"])
        // A proposal, too, which someone might approve later.
        let asking = try scaler { $0.guardRails.mode = .ask }
        try await ban("198.51.100.9", by: asking, at: now)
        #expect(try await house.executor.reports().filter { $0.state == "proposed" }.count == 1)

        await #expect(throws: APIError.self) { try await first.allow(try allowance("198.51.100.7", why: "")) }
        await #expect(throws: APIError.self) { try await first.allow(try allowance("198.51.100.7", seconds: 400 * 86_400)) }
        #expect(try await first.allow(try allowance("198.51.100.0/28")) == ["198.51.100.7"])
        // An address within a network that is banned: the network's ban would hit it.
        #expect(try await first.allow(try allowance("203.0.113.99")) == ["203.0.113.0/24"])
        await house.executor.waitUntilIdle()
        let later = SystemClock.milliseconds() + 1
        #expect(try banned(at: later) == ["198.51.101.7"])
        #expect(try await house.executor.reports().filter { $0.state == "proposed" }.isEmpty)

        let second = try scaler { $0.guardRails.mode = .act }
        try await ban("198.51.100.7", "198.51.100.9", "203.0.113.0/24", "203.0.113.98", by: second, at: later)
        #expect(try banned(at: later) == ["198.51.101.7", "203.0.113.98"])
        #expect(try await second.allowances(at: later).map(\.network) == ["198.51.100.0/28", "203.0.113.99"])
        // One that slipped in meanwhile is lifted at the next turn.
        try house.stores.state.putBan(BanRecord(address: "198.51.100.8", from: later, until: later + 60_000, reason: "r"))
        try await second.release(at: later)
        await house.executor.waitUntilIdle()
        #expect(try banned(at: SystemClock.milliseconds() + 1) == ["198.51.101.7", "203.0.113.98"])

        let network = try #require(NetworkRange("198.51.100.0/28"))
        try await second.disallow(network, by: "bob", at: later)
        await #expect(throws: APIError.self) { try await second.disallow(network, by: "bob", at: later) }
        try await ban("198.51.100.5", by: second, at: later + 1)
        #expect(try banned(at: later + 1).contains("198.51.100.5"))
        #expect(try await second.allowances(at: now + 3_600_000).isEmpty)
        #expect(try audited("allow").map { $0.split(separator: ":").last.map(String.init) } == [" ours", " ours", "ended"])
    }

    @Test("A role's own mode holds, and a proposal that is rejected does not come back at once")
    func modes() async throws {
        let scaler = try scaler {
            $0.guardRails.modes = [.web: .ask]
            $0.coolDownSeconds = 0
        }
        try await scaler.act(on: order, at: now)
        let proposed = try #require(try await house.executor.reports().first)
        #expect(proposed.state == "proposed" && proposed.plan.approval?.needed == 1)
        #expect(try await scaler.status(at: now).proposed == [proposed.plan.id])
        try await house.executor.reject(proposed.plan.id, by: "ann", because: "not today")
        let rejectedAt = try #require(try house.stores.state.plan(proposed.plan.id)?.finishedAt)
        try await scaler.act(on: order, at: rejectedAt + 1000)
        #expect(try await house.executor.reports().count == 1)
        _ = try await house.stores.metrics.append(
            ScalerTests.batch(
                [["__name__": "magewatch:role_utilisation:ratio", "role": "web"]: 0.95],
                at: rejectedAt + Scaler.rejectionPause))
        try await scaler.act(on: order, at: rejectedAt + Scaler.rejectionPause)
        #expect(try await house.executor.reports().count == 2)
    }

    @Test("Under the two-person rule an operator's order waits for another")
    func twoPeople() async throws {
        let scaler = try scaler { $0.guardRails.twoPerson.purposes = [.scaleOut] }
        let report = try await scaler.carryOut(
            OperatorOrder(.scale(role: .web, by: 1, forSeconds: 60), by: "ann"), isDryRun: false, at: now)
        #expect(report.state == "proposed")
        await #expect(throws: ExecutionError.self) { try await house.executor.approve(report.plan.id, by: "ann") }
        try await house.executor.approve(report.plan.id, by: "bob")
        await house.executor.waitUntilIdle()
        #expect(try house.stores.state.plan(report.plan.id)?.state == .done)
    }

    @Test("Money that the ledger says is spent holds further leases, and stands as series")
    func budget() async throws {
        _ = try house.stores.state.beginLease(of: "gone", at: now - 90_000, periodSeconds: 60, plan: nil)
        _ = try house.stores.state.endLease(of: "gone", at: now - 10_000)
        let scaler = try scaler {
            $0.guardRails.pricePerServerHour = 60
            $0.guardRails.maximumCost.hour = 2.5
        }
        try await scaler.act(on: order, at: now)
        #expect(try audited("held")[0].contains("scaler.maximum-cost.hour: 2.00 EUR of 2.50 EUR are spent in the last hour"))
        #expect(
            house.metrics.value(
                "magewatch_planner_refusals_total", ["code": "budget", "guard_rail": "scaler.maximum-cost.hour"]) == 1)
        try await scaler.release(at: now)
        #expect(house.metrics.value("magewatch_scaler_cost", ["window": "hour"]) == 2)
        #expect(house.metrics.value("magewatch_scaler_cost_limit", ["window": "hour"]) == 2.5)
        let rails = try await scaler.status(at: now).rails
        #expect(rails.contains(.init(key: "scaler.maximum-cost.hour", used: 2, limit: 2.5, unit: "EUR")))
    }

    @Test("Plans that keep failing have the scaler stand down with a series to alert on, until it is thawed")
    func standDown() async throws {
        let scaler = try scaler { $0.coolDownSeconds = 0 }
        for number in 0..<3 as Range<Int64> {
            let id = "scale-out-web-\(number)"
            let plan = Plan(
                id: id, purpose: .scaleOut, role: .web, createdAt: number, steps: [], decision: Decision(summary: ""))
            try house.stores.state.addPlan(try PlanRecord.of(plan))
            try house.stores.state.setPlan(id, .undone, at: now - 700_000 + number)
        }
        try await scaler.release(at: now)
        let label: Labels = ["role": "web", "cause": "plans"]
        #expect(house.metrics.value("magewatch_scaler_stood_down", label) == 1)
        try await scaler.act(on: order, at: now)
        #expect(try await house.executor.reports().count == 3)
        #expect(try audited("held")[0].contains("guard rail scaler.stand-down.failures: the last 3 plans for web failed"))
        #expect(try audited("stand-down").count == 1)
        _ = try await scaler.thaw(.web, by: "ann", at: now)
        try await scaler.release(at: now)
        #expect(house.metrics.value("magewatch_scaler_stood_down", label) == 0)
        try await scaler.act(on: order, at: now)
        #expect(try await house.executor.reports().count == 4)
        await house.executor.waitUntilIdle()
    }

    @Test("A schedule is ordered ahead of time and once, over a restart too, and given back when its time is over")
    func schedules() async throws {
        // The executor's clock is the present; so is this schedule's time.
        let start = (now / 60_000 + 1) * 60_000
        let minute = Int(start / 60_000 % 1440)
        let text = "every day \(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60) +1 web for 2m"
        var scaler = try scaler(schedules: [text])
        try await scaler.followSchedules(at: start - 40_000)
        #expect(try await house.executor.reports().isEmpty)
        try await scaler.followSchedules(at: start - 30_000)
        await house.executor.waitUntilIdle()
        scaler = try self.scaler(schedules: [text])
        try await scaler.followSchedules(at: start - 29_000)
        let plans = try await house.executor.reports()
        #expect(plans.map(\.state) == ["done"])
        #expect(plans[0].plan.decision.evidence[0].text.hasSuffix("by schedule \(try ScalingSchedule(text).text)"))
        let held = try await scaler.heldOrders()
        #expect(held.map(\.until) == [start + 120_000])
        let report = try #require(try await scaler.scheduleReports(at: now).first)
        #expect(report.isConfigured && report.start == start && report.end == start + 120_000)
    }

    @Test("Schedules are added, listed and removed; what can't be says why")
    func scheduleStore() async throws {
        let scaler = try scaler(schedules: ["every Friday 18:00 +1 web for 4h"])
        try await scaler.add(try ScalingSchedule("2199-12-24 10:00 +1 web for 12h", name: "xmas"), by: "ann", at: now)
        #expect(try await scaler.schedules().map(\.name) == ["every Friday 18:00 +1 web for 4h", "xmas"])
        for wrong in [
            try ScalingSchedule("every day 10:00 +1 web for 1h", name: "xmas"),
            try ScalingSchedule("every day 10:00 +1 db for 1h"),
            try ScalingSchedule("2001-12-24 10:00 +1 web for 12h"),
        ] {
            await #expect(throws: APIError.self) { try await scaler.add(wrong, by: "ann", at: now) }
        }
        for name in ["every Friday 18:00 +1 web for 4h", "easter"] {
            await #expect(throws: APIError.self) { try await scaler.removeSchedule(name, by: "ann", at: now) }
        }
        try await scaler.removeSchedule("xmas", by: "ann", at: now)
        #expect(try await scaler.schedules().count == 1)
        #expect(try audited("schedule") == ["added: 2199-12-24 10:00 +1 web for 12h", "removed"])
    }

    @Test("Purposes of the two-person rule are those that plans have")
    func purposes() {
        #expect(MagewatchConfiguration.Scaler.TwoPersonRule.purposes == Plan.Purpose.allCases.map(\.rawValue))
    }
}

extension PlanRecord {
    /// A plan that waits, as the executor keeps it.
    static func of(_ plan: Plan) throws -> PlanRecord {
        PlanRecord(
            id: plan.id, purpose: plan.purpose.rawValue, state: .waiting,
            document: String(decoding: try JSONEncoder().encode(plan), as: UTF8.self), createdAt: plan.createdAt)
    }
}
