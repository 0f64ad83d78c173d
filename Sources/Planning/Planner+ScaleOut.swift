import AgentContract
import Telemetry
import Topology

extension Planner {
    static func scaleOut(for alert: Alert, _ input: PlanningInput) -> PlanningOutcome {
        guard let role = alert.labels["role"].flatMap(Role.init(rawValue:)), let policy = input.policy.roles[role] else {
            return .refuse(
                .unclear, "alert \(alert.name) has no label `role` of a role that the configuration lets scale")
        }
        let name = role.rawValue
        guard !policy.isFrozen else { return .refuse(.frozen, "\(name) is frozen by the configuration") }
        guard policy.replication == nil else { return .refusal(notScaled(role)) }
        if let last = input.lastScaled[role], Double(input.now - last) / 1000 < input.policy.coolDownSeconds {
            return .refusal(
                .held(
                    .coolDown, by: "scaler.cool-down",
                    "\(name) was scaled \((input.now - last) / 1000) s ago, and \(decimal(input.policy.coolDownSeconds)) s are kept"
                ))
        }
        let active = input.stack.containers(of: role).filter { $0.kind == .active && $0.state != .failed }
        let coming = input.comingContainers.filter { $0.role == role }
        let have = active.count + coming.count
        let demand = demand(of: role, alert, input)
        let needed = needed(of: role, alert, active: active.count, demand: demand, input)
        guard needed > have else {
            return .refuse(
                .underWay,
                "\(name): \(percent(demand)) of \(active.count) containers needs \(needed); \(active.count) serve and "
                    + "\(coming.count) are under way")
        }
        guard have < policy.maximum else {
            return .refusal(
                .held(.maximum, by: "roles.\(name).maximum", "\(name) has \(have) of \(policy.maximum) containers"))
        }
        var choice = ScaleOutChoice(role: role, policy: policy, input: input, allowance: LeaseAllowance(input, for: .scaler))
        choice.choose(min(needed, policy.maximum) - have, atMost: input.policy.guardRails.blastRadius.containers)
        guard !choice.chosen.isEmpty else { return .refusal(choice.trouble) }
        return .plan(scaleOutPlan(alert, choice, demand: demand, needed: needed, have: have, input))
    }

    /// One more member would begin without the data.
    static func notScaled(_ role: Role) -> Refusal {
        Refusal(
            code: .unclear,
            reason: "\(role.rawValue) is replicated and has one primary, so it is not scaled by containers: add a replica under "
                + "`containers` and have it follow with magewatch stack start, or give it more by its limits")
    }

    /// Containers that the role's sizing wants, or that the alert's own utilisation would saturate; without a sizing, those that bring the
    /// demand down to the target.
    private static func needed(
        of role: Role, _ alert: Alert, active: Int, demand: Double, _ input: PlanningInput
    ) -> Int {
        guard let sizing = input.sizing[role] else {
            return containers(demand: demand, active: active, target: input.policy.targetUtilisation)
        }
        return max(
            sizing.launchContainers,
            containers(demand: alerted(alert), active: active, target: input.policy.saturation))
    }

    /// An alert's value as utilisation; 0 where it is some other quantity, as ten times the capacity would be.
    private static func alerted(_ alert: Alert) -> Double {
        alert.value.isFinite && (0...10).contains(alert.value) ? alert.value : 0
    }

    /// The highest of what is measured, forecast and alerted on, in units of the capacity that serves now.
    private static func demand(of role: Role, _ alert: Alert, _ input: PlanningInput) -> Double {
        let measured = input.utilisation[role] ?? 0
        let highest = max(measured, input.forecastPeak(of: role) ?? 0, alerted(alert))
        return measured >= RoleSizer.clippedUtilisation ? max(highest, measured * RoleSizer.clippedFactor) : highest
    }

    private static func containers(demand: Double, active: Int, target: Double) -> Int {
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
