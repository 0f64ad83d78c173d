package import AgentContract
package import Topology

extension Planner {
    /// The plan, or the guard rail that holds it. For what the scaler does by itself; operators' orders pass, and schedules do not.
    package static func guarded(_ outcome: PlanningOutcome, _ input: PlanningInput) -> PlanningOutcome {
        guard case .plan(let plan) = outcome else { return outcome }
        let roles = roles(of: plan, input)
        if let refusal = frozen(plan, roles, input) ?? stoodDown(plan, roles, input) ?? tooWide(plan, input) {
            return .refusal(refusal)
        }
        return outcome
    }

    /// Every role that a plan works on.
    package static func roles(of plan: Plan, _ input: PlanningInput) -> Set<Role> {
        let touched = input.stack.containers.filter { plan.touches(container: $0.name) }.map(\.role)
        return Set(touched + (plan.role.map { [$0] } ?? []))
    }

    private static func scales(_ plan: Plan) -> Bool {
        switch plan.purpose {
        case .scaleOut, .scaleIn, .release: true
        default: false
        }
    }

    private static func frozen(_ plan: Plan, _ roles: Set<Role>, _ input: PlanningInput) -> Refusal? {
        let freeze = input.freezes.first { freeze in
            freeze.isInForce(at: input.now) && (scales(plan) || freeze.coversEverything)
                && (freeze.role.map(roles.contains) ?? true)
        }
        guard let freeze else { return nil }
        let left = decimal(Double(freeze.until - input.now) / 1000)
        return .held(
            .frozen, by: "freeze", "\(freeze.summary); another \(left) s, or until magewatch scaler thaw")
    }

    private static func stoodDown(_ plan: Plan, _ roles: Set<Role>, _ input: PlanningInput) -> Refusal? {
        guard scales(plan) else { return nil }
        for role in roles.sorted(by: { $0.rawValue < $1.rawValue }) {
            for down in input.stoodDown[role] ?? [] {
                switch down.cause {
                case .plans: return Refusal(code: .stoodDown, reason: down.reason, guardRail: "scaler.stand-down.failures")
                case .coverage where plan.purpose != .scaleOut:
                    return Refusal(
                        code: .stoodDown, reason: down.reason + "; nothing is given back until it is better",
                        guardRail: "scaler.stand-down.coverage")
                case .coverage: continue
                }
            }
        }
        return nil
    }

    private static func tooWide(_ plan: Plan, _ input: PlanningInput) -> Refusal? {
        let radius = input.policy.guardRails.blastRadius
        switch plan.purpose {
        case .failover:
            // A load balancer's or monitor's own cut looks like everybody's death.
            let members = input.stack.attachedServers
            let down = members.count { $0.health == .down }
            let most = max(1, Int((radius.down * Double(members.count)).rounded(.down)))
            guard down > most else { return nil }
            return .held(
                .blastRadius, by: "scaler.blast-radius.down",
                "\(down) of \(members.count) servers are down, and beyond \(most) it is rather the monitor that is cut off")
        case .release, .scaleIn:
            for (role, going) in leaving(plan, input) {
                let serving = input.stack.containers(of: role).filter { $0.kind == .active && $0.state == .running }.count
                let most = max(1, Int((radius.share * Double(serving)).rounded(.down)))
                guard going > most else { continue }
                return .held(
                    .blastRadius, by: "scaler.blast-radius.share",
                    "\(going) of \(serving) \(role.rawValue) would go at once, and one plan takes \(most) at most")
            }
            return nil
        default: return nil
        }
    }

    /// Active containers that a plan takes away, by role.
    private static func leaving(_ plan: Plan, _ input: PlanningInput) -> [(role: Role, count: Int)] {
        let dropped = plan.steps.compactMap { step -> Container? in
            guard case .dropContainer(let name) = step.action else { return nil }
            return input.stack.container(name).flatMap { $0.kind == .active && $0.state == .running ? $0 : nil }
        }
        return Dictionary(grouping: dropped, by: \.role).map { ($0.key, $0.value.count) }
            .sorted { $0.role.rawValue < $1.role.rawValue }
    }
}
