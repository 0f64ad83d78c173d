import AgentContract
import Telemetry
import Topology

extension Planner {
    /// Utilisation from which on the measure itself is at its end and says nothing about how much more is asked for.
    private static let clippedUtilisation = 0.95
    /// How much more is then assumed.
    private static let clippedFactor = 1.25

    static func scaleOut(for alert: Alert, _ input: PlanningInput) -> PlanningOutcome {
        guard let role = alert.labels["role"].flatMap(Role.init(rawValue:)), let policy = input.policy.roles[role] else {
            return .refuse(
                .unclear, "alert \(alert.name) has no label `role` of a role that the configuration lets scale")
        }
        let name = role.rawValue
        guard !policy.isFrozen else { return .refuse(.frozen, "\(name) is frozen by the configuration") }
        if let last = input.lastScaled[role], Double(input.now - last) / 1000 < input.policy.coolDownSeconds {
            return .refuse(.coolDown, "\(name) was scaled \((input.now - last) / 1000) s ago and cools down")
        }
        let active = input.stack.containers(of: role).filter { $0.kind == .active && $0.state != .failed }
        let coming = input.comingContainers.filter { $0.role == role }
        let have = active.count + coming.count
        let demand = demand(of: role, alert, input)
        let needed = neededContainers(demand: demand, active: active.count, target: input.policy.targetUtilisation)
        guard needed > have else {
            return .refuse(
                .underWay,
                "\(name): \(percent(demand)) of \(active.count) containers needs \(needed); \(active.count) serve and "
                    + "\(coming.count) are under way")
        }
        guard have < policy.maximum else {
            return .refuse(.maximum, "\(name) has \(have) containers, as many as the configuration allows")
        }
        var choice = ScaleOutChoice(role: role, policy: policy, input: input, coming: coming)
        choice.choose(min(needed, policy.maximum) - have)
        guard !choice.chosen.isEmpty else { return .refuse(choice.trouble.code, choice.trouble.reason) }
        return .plan(scaleOutPlan(alert, choice, demand: demand, needed: needed, have: have, input))
    }

    /// The highest of what is measured, forecast and alerted on, in units of the capacity that serves now.
    private static func demand(of role: Role, _ alert: Alert, _ input: PlanningInput) -> Double {
        let measured = input.utilisation[role] ?? 0
        // A utilisation of ten times the capacity is some other quantity.
        let alerted = alert.value.isFinite && (0...10).contains(alert.value) ? alert.value : 0
        let highest = max(measured, input.forecastPeak(of: role) ?? 0, alerted)
        return measured >= clippedUtilisation ? max(highest, measured * clippedFactor) : highest
    }

    private static func neededContainers(demand: Double, active: Int, target: Double) -> Int {
        guard target > 0, demand.isFinite else { return active }
        return Int(min(1e6, (demand * Double(max(1, active)) / target - 1e-9).rounded(.up)))
    }

    private static func scaleOutPlan(
        _ alert: Alert, _ choice: ScaleOutChoice, demand: Double, needed: Int, have: Int, _ input: PlanningInput
    ) -> Plan {
        var steps = choice.leased.map { PlannedStep(.attach(server: $0)) }
        for container in choice.chosen {
            let parts = ContainerSteps(container: container, policy: choice.policy)
            steps += parts.start(graceSeconds: 5) + parts.join()
        }
        let names = choice.chosen.map { "\($0.name) on \($0.server)" }.joined(separator: ", ")
        var decision = Decision(
            summary: "\(choice.role.rawValue) needs \(needed) containers and has \(have): start \(names)")
        decision.evidence = [evidence(of: alert)] + evidence(of: choice.role, input)
        decision.alternatives = choice.alternatives
        decision.otherwise =
            "\(choice.role.rawValue) would run at \(percent(demand)) of what it can give"
            + (demand > 1 ? ", and requests would wait or fail" : "")
        decision.billedPeriods = choice.leased.count
        return Plan(
            id: identifier(.scaleOut, choice.role.rawValue, input.now), purpose: .scaleOut, role: choice.role,
            createdAt: input.now, steps: steps, decision: decision)
    }
}
