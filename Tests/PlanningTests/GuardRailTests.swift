import AgentContract
import Planning
import Telemetry
import TestKit
import Testing
import Topology

/// A change of the input, and the guard rail that holds the plan then: none where it is empty.
struct RailCase: Sendable, CustomTestStringConvertible {
    let rail: String
    let figures: String
    let change: @Sendable (inout PlanningInput) -> Void

    init(_ rail: String, _ figures: String, _ change: @escaping @Sendable (inout PlanningInput) -> Void) {
        self.rail = rail
        self.figures = figures
        self.change = change
    }

    var testDescription: String { "\(rail) \(figures)" }
}

@Suite("Guard rails hold what the scaler does by itself") struct GuardRailTests {
    private let scale = House.alert("scale", ["role": "web"])

    /// 2026-11-29 12:00 UTC, a Sunday.
    static let noon: Milliseconds = 1_795_953_600_000

    private func refusal(_ change: (inout PlanningInput) -> Void) -> Refusal? {
        var input = House.input(utilisation: 0.9)
        input.now = Self.noon
        input.policy.guardRails.pricePerServerHour = 0.5
        change(&input)
        return House.plan(for: scale, input).refusal
    }

    private static func lease(_ server: String, hoursAgo: Double, hours: Double? = nil) -> LeaseSpan {
        let from = noon - Milliseconds(hoursAgo * 3_600_000)
        return LeaseSpan(
            server: server, from: from, until: hours.map { from + Milliseconds($0 * 3_600_000) }, periodSeconds: 3600)
    }

    @Test(
        "Each names itself and its figures, and holds no sooner than it should",
        arguments: [
            RailCase("scaler.maximum-overflow-servers", "0 of 0 overflow servers", { $0.policy.maximumOverflowServers = 0 }),
            RailCase("", "", { $0.policy.maximumOverflowServers = 1 }),
            // Two hours of one lease: the second hour began just within the last hour, the first not.
            RailCase(
                "scaler.maximum-cost.hour", "0.50 EUR of 0.50 EUR are spent in the last hour, and another server costs 0.50 EUR",
                {
                    $0.ledger = [lease("o9", hoursAgo: 1.5, hours: 1.2)]
                    $0.policy.guardRails.maximumCost.hour = 0.5
                }
            ),
            RailCase(
                "", "",
                {
                    $0.ledger = [lease("o9", hoursAgo: 1.5, hours: 1.2)]
                    $0.policy.guardRails.maximumCost.hour = 1
                }
            ),
            // What began yesterday evening is not today's, save for the periods that began today.
            RailCase(
                "scaler.maximum-cost.day", "1.00 EUR of 1.20 EUR are spent today",
                {
                    $0.ledger = [lease("o9", hoursAgo: 13.5, hours: 3.2)]
                    $0.policy.guardRails.maximumCost.day = 1.2
                }
            ),
            RailCase(
                "scaler.maximum-cost.month", "1.50 EUR of 1.60 EUR are spent this month",
                {
                    $0.ledger = [lease("o9", hoursAgo: 40, hours: 2.5)]
                    $0.policy.guardRails.maximumCost.month = 1.6
                }
            ),
            RailCase(
                "", "",
                {
                    $0.ledger = [lease("o9", hoursAgo: 24 * 40, hours: 2.5)]
                    $0.policy.guardRails.maximumCost.month = 1
                }
            ),
            RailCase(
                "scaler.maximum-leases.day", "2 of 2 leases have begun today",
                {
                    $0.ledger = [lease("o8", hoursAgo: 2, hours: 1), lease("o9", hoursAgo: 3, hours: 1)]
                    $0.policy.guardRails.maximumLeases.day = 2
                }
            ),
            RailCase("", "", { $0.policy.guardRails.maximumLeases.hour = 1 }),
            RailCase("scaler.maximum-leases.hour", "0 of 0 leases", { $0.policy.guardRails.maximumLeases.hour = 0 }),
            RailCase("scaler.cool-down", "web was scaled 3 s ago, and 15 s are kept", { $0.lastScaled[.web] = $0.now - 3_000 }),
            RailCase("roles.web.maximum", "web has 2 of 2 containers", { $0.policy.roles[.web]?.maximum = 2 }),
            RailCase(
                "freeze", "web, by ann: the shop moves; another 60 s",
                { $0.freezes = [freeze(.web, from: $0.now - 1, until: $0.now + 60_000)] }
            ),
            RailCase("freeze", "all roles, by ann", { $0.freezes = [freeze(nil, from: $0.now, until: $0.now + 1)] }),
            RailCase("", "", { $0.freezes = [freeze(.db, from: $0.now, until: $0.now + 1)] }),
            RailCase("", "", { $0.freezes = [freeze(nil, from: $0.now - 2, until: $0.now)] }),
            RailCase(
                "scaler.stand-down.failures", "three failed",
                { $0.stoodDown[.web] = [StandDown(cause: .plans, reason: "three failed")] }
            ),
            RailCase("", "", { $0.stoodDown[.web] = [StandDown(cause: .coverage, reason: "not foreseen")] }),
        ] as [RailCase])
    func holds(example: RailCase) {
        let (rail, figures) = (example.rail, example.figures)
        let refusal = refusal(example.change)
        #expect(refusal?.guardRail ?? "" == rail, "\(refusal?.reason ?? "not held")")
        #expect(refusal?.reason.contains(figures) ?? figures.isEmpty, "\(refusal?.reason ?? "")")
        if !rail.isEmpty, rail != "scaler.stand-down.failures" {
            #expect(refusal?.reason.hasPrefix("guard rail \(rail): ") == true, "\(refusal?.reason ?? "")")
        }
    }

    private static func freeze(_ role: Role?, from: Milliseconds, until: Milliseconds) -> ScalerFreeze {
        ScalerFreeze(role: role, from: from, until: until, why: "the shop moves", by: "ann")
    }

    @Test("A budget that pays for one server cuts a plan that wants two, and says so")
    func cut() throws {
        var input = House.input(utilisation: 0.9)
        input.now = Self.noon
        input.forecasts = [House.forecast([2.0, 2.9, 9.0])]
        input.policy.guardRails.pricePerServerHour = 0.5
        input.policy.guardRails.maximumCost.day = 0.9
        let plan = try #require(House.plan(for: scale, input).plan)
        #expect(plan.decision.billedPeriods == 1)
        #expect(plan.decision.alternatives.contains { $0.contains("guard rail scaler.maximum-cost.day") })
        // What is under way is spent as well.
        input.underWay = [plan]
        input.policy.coolDownSeconds = 0
        #expect(House.plan(for: scale, input).refusal?.guardRail == "scaler.maximum-cost.day")
        input.underWay = []
        input.policy.guardRails.maximumCost.day = nil
        input.policy.guardRails.blastRadius.containers = 3
        let narrow = try #require(House.plan(for: scale, input).plan)
        #expect(House.names(narrow).count { $0.contains("start_container") } == 3)
        #expect(
            narrow.decision.alternatives.contains { $0.contains("scaler.blast-radius.containers: one plan starts 3 of the 4") })
        input.policy.guardRails.blastRadius.servers = 1
        #expect(try #require(House.plan(for: scale, input).plan).decision.billedPeriods == 1)
    }

    @Test("An operator's order heeds budgets unless it is forced, and neither freeze nor blast radius")
    func orders() {
        var input = House.input()
        input.now = Self.noon
        input.freezes = [Self.freeze(nil, from: 0, until: .max)]
        input.policy.guardRails.blastRadius.servers = 1
        func order(isForced: Bool) -> PlanningOutcome {
            Planner.plan(for: OperatorOrder(.scale(role: .web, by: 3, forSeconds: 60), by: "ann", isForced: isForced), input)
        }
        #expect(order(isForced: false).plan?.decision.billedPeriods == 2)
        input.policy.guardRails.maximumLeases.day = 1
        #expect(order(isForced: false).refusal?.guardRail == "scaler.maximum-leases.day")
        #expect(order(isForced: true).plan != nil)
    }

    @Test(
        "When more servers are down than can be, nothing is failed over: it is rather the monitor that is cut off",
        arguments: [(["s1"], true), (["s1", "s2"], false)])
    func blast(down: [String], fails: Bool) {
        var input = OperatorOrderTests.input
        for index in input.stack.servers.indices where down.contains(input.stack.servers[index].name) {
            input.stack.servers[index].health = .down
        }
        let outcomes = Planner.plans(for: House.alert("failover", ["server": "s1"]), input)
        #expect(outcomes.contains { $0.plan != nil } == fails)
        if !fails { #expect(outcomes.contains { $0.refusal?.guardRail == "scaler.blast-radius.down" }, "\(outcomes)") }
    }

    @Test(
        "A server that has more of a role than one plan may take is kept, and says so",
        arguments: [(0.5, false), (0.7, true), (1, true)])
    func share(share: Double, goes: Bool) {
        var input = House.input(utilisation: 0.1)
        input.policy.guardRails.blastRadius.share = share
        input.stack.containers.removeAll { $0.name == "web2" }
        input.stack.containers += [House.container("web3", on: "o1"), House.container("web4", on: "o1")]
        input.stack.leases = [Lease(server: "o1", from: input.now - 3_500_000, until: nil, fencingToken: 1)]
        let outcome = Planner.release("o1", input)
        #expect((outcome.plan != nil) == goes)
        if !goes {
            #expect(
                outcome.refusal?.reason
                    == "guard rail scaler.blast-radius.share: 2 of 3 web would go at once, and one plan takes 1 at most")
        }
    }

    @Test("Failovers and bans go on under a freeze, unless it covers everything", arguments: [false, true])
    func everything(covers: Bool) {
        var input = House.input()
        input.freezes = [
            ScalerFreeze(role: nil, coversEverything: covers, from: 0, until: .max, why: "the shop moves", by: "ann")
        ]
        for alert in [House.alert("failover", ["server": "s1"]), House.alert("ban", ["address": "198.51.100.7"])] {
            let outcome = House.plan(for: alert, input)
            #expect(outcome.refusal?.guardRail == (covers ? "freeze" : nil), "\(outcome)")
        }
    }

    @Test("Spending by closed form is spending counted period by period", arguments: 0..<200 as Range<UInt64>)
    func spending(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let now = Self.noon + Milliseconds(random.next() % 5_000_000_000)
        var rails = GuardRails()
        rails.pricePerServerHour = 2
        let ledger = (0..<20).map { index in
            let from = now - Milliseconds(random.next() % 4_000_000_000)
            let length = Milliseconds(random.next() % 90_000_000)
            let isOpen = random.next() % 4 == 0
            return LeaseSpan(
                server: "o\(index)", from: from, until: isOpen ? nil : min(now, from + length),
                periodSeconds: [60, 3600, 5400][Int(random.next() % 3)])
        }
        for window in SpendingWindow.allCases {
            let start = window.start(at: now)
            var money = 0.0
            for lease in ledger {
                let end = lease.until ?? now
                var period = lease.from
                repeat {
                    if period >= start { money += 2 * lease.periodSeconds / 3600 }
                    period += Milliseconds(lease.periodSeconds * 1000)
                } while period < end
            }
            let spent = Spending(ledger, rails, at: now).money(in: window)
            #expect(abs(spent - money) < 1e-6, "seed \(seed) \(window): \(spent) against \(money)")
        }
    }
}

@Suite("Modes and the two-person rule") struct PermissionTests {
    private func plan(_ purpose: Plan.Purpose = .scaleOut, periods: Int = 1) -> Plan {
        Plan(
            id: "p", purpose: purpose, role: .web, createdAt: 0, steps: [],
            decision: Decision(summary: "", billedPeriods: periods))
    }

    @Test(
        "The most careful mode of the roles touched holds; who orders has decided",
        arguments: [
            ([.web], nil, .act), ([.db], nil, .approval(PlanApproval(needed: 1))),
            ([.web, .db], nil, .approval(PlanApproval(needed: 1))),
            ([.mail, .db], nil, .observe), ([], nil, .act), ([.mail], "ann", .act),
        ] as [(Set<Role>, String?, Permission)])
    func modes(roles: Set<Role>, person: String?, expected: Permission) {
        var rails = GuardRails()
        rails.modes = [.db: .ask, .mail: .observe]
        #expect(rails.permission(for: plan(), roles: roles, orderedBy: person, periodSeconds: 3600) == expected)
    }

    @Test("Under the two-person rule an order waits for another's word, and a proposal for two")
    func twoPeople() {
        var rails = GuardRails()
        rails.twoPerson.purposes = [.rollout]
        rails.twoPerson.cost = 2
        rails.pricePerServerHour = 1
        func permission(_ plan: Plan, _ person: String?) -> Permission {
            rails.permission(for: plan, roles: [.web], orderedBy: person, periodSeconds: 3600)
        }
        #expect(permission(plan(.rollout, periods: 0), "ann") == .approval(PlanApproval(needed: 1, orderedBy: "ann")))
        #expect(permission(plan(periods: 2), "ann") == .approval(PlanApproval(needed: 1, orderedBy: "ann")))
        #expect(permission(plan(periods: 1), "ann") == .act)
        #expect(permission(plan(periods: 2), nil) == .act)
        rails.mode = .ask
        #expect(permission(plan(periods: 2), nil) == .approval(PlanApproval(needed: 2)))
        var approval = PlanApproval(needed: 2, orderedBy: "ann")
        #expect(approval.take("ann") != nil && approval.take("bob") == nil && approval.take("bob") != nil)
        #expect(!approval.isComplete && approval.take("eve") == nil && approval.isComplete)
    }
}
