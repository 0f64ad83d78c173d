package import AgentContract
import Telemetry
import Topology

extension OrderPlanning {
    /// More or fewer containers of a role.
    func scale(_ role: Role, by count: Int, forSeconds: Double?) throws(Refusal) -> Plan {
        guard let policy = input.policy.roles[role] else {
            throw Refusal(
                code: .unclear,
                reason: "the configuration has no role \(role.rawValue): say under roles how its containers are made")
        }
        guard policy.replication == nil else { throw Planner.notScaled(role) }
        guard !policy.isFrozen else { throw Refusal(code: .frozen, reason: "\(role.rawValue) is frozen by the configuration") }
        guard count != 0, abs(count) <= OperatorOrder.maximumScale else {
            throw Refusal(
                code: .unclear,
                reason: "\(count) is no number of containers: give +1 to +\(OperatorOrder.maximumScale), or -1 and down")
        }
        return count > 0 ? try scaleOut(role, policy, by: count, forSeconds) : try scaleIn(role, by: -count, forSeconds)
    }

    /// The order is done whole or not at all.
    private func scaleOut(_ role: Role, _ policy: RolePolicy, by count: Int, _ seconds: Double?) throws(Refusal) -> Plan {
        if let seconds, !(seconds >= 1 && seconds <= OperatorOrder.maximumSeconds) {
            throw Refusal(code: .unclear, reason: "a time of \(Planner.decimal(seconds)) s can't be held: give 1 s to 90 days")
        }
        let coming = input.comingContainers.filter { $0.role == role }
        let have = input.stack.containers(of: role).count { $0.kind == .active && $0.state != .failed } + coming.count
        guard have + count <= policy.maximum else {
            throw Refusal(
                code: .maximum,
                reason: "guard rail roles.\(role.rawValue).maximum: \(role.rawValue) has \(have) containers and may have "
                    + "\(policy.maximum): ask for at most \(max(0, policy.maximum - have)) more, or raise it in the configuration",
                guardRail: "roles.\(role.rawValue).maximum")
        }
        let allowance = LeaseAllowance(input, for: .order(isForced: order.isForced))
        var choice = ScaleOutChoice(role: role, policy: policy, input: input, allowance: allowance)
        choice.choose(count)
        guard choice.chosen.count == count else {
            throw Refusal(
                code: choice.trouble.code, reason: "\(choice.chosen.count) of \(count) could be had: \(choice.trouble.reason)",
                guardRail: choice.trouble.guardRail)
        }
        var steps = choice.leased.map { PlannedStep(.attach(server: $0)) }
        for container in choice.chosen {
            let parts = ContainerSteps(container: container, policy: policy)
            steps += parts.start(graceSeconds: 5) + parts.join()
        }
        let names = choice.chosen.map { "\($0.name) on \($0.server)" }.joined(separator: ", ")
        let held = seconds.map {
            [Decision.Evidence("held", "for \(Planner.decimal($0)) s, then they go, unless they are needed")]
        }
        return made(
            .scaleOut, role.rawValue, role: role, steps, "\(order.summary): start \(names)", evidence: held ?? [],
            billedPeriods: choice.leased.count)
    }

    private func scaleIn(_ role: Role, by count: Int, _ seconds: Double?) throws(Refusal) -> Plan {
        guard seconds == nil else {
            throw Refusal(code: .unclear, reason: "a time goes with more containers, not with fewer: leave --for away")
        }
        let there = serving(role, without: [])
        let going = there.filter { container in !input.underWay.contains { $0.touches(container: container.name) } }
            .sorted { dispensability($0, there) > dispensability($1, there) }.prefix(count)
        guard going.count == count else {
            throw Refusal(
                code: .minimum, reason: "only \(going.count) \(role.rawValue) serve that no plan works on, not \(count)")
        }
        try checkMinimum(role, without: Set(going.map(\.name)), advice: "take fewer")
        return made(
            .scaleIn, role.rawValue, role: role, retirement(of: Array(going)),
            "\(order.summary): take away \(going.map(\.name).joined(separator: ", "))")
    }

    /// What is on leased servers goes first, then what shares its server with others of the role, then the latest.
    private func dispensability(_ container: Container, _ there: [Container]) -> (Int, Int, Int, String) {
        let isLeased = input.stack.server(container.server)?.kind == .overflow
        let crowd = there.count { $0.server == container.server }
        return (isLeased ? 1 : 0, crowd, container.name.utf8.count, container.name)
    }

    /// Containers leave for good, one after the other.
    func retirement(of containers: [Container]) -> [PlannedStep] {
        var leaving: Set<String> = []
        return containers.flatMap { container in
            leaving.insert(container.name)
            return steps(of: container).retire(
                drainSeconds: input.policy.drainSeconds, keepsFiles: sharesFiles(container, leaving: leaving))
        }
    }
}

extension Planner {
    /// What ends a held order whose time is over: its containers go, unless the role needs them.
    package static func end(of held: HeldOrder, _ input: PlanningInput) -> PlanningOutcome {
        let planning = OrderPlanning(held.order, input)
        let here = held.containers.compactMap(input.stack.container)
            .filter { $0.role == held.role && $0.kind == .active }
        guard !here.isEmpty else { return .refuse(.unneeded, "nothing is left of \"\(held.order.summary)\"") }
        if let plan = input.underWay.first(where: { plan in here.contains { plan.touches(container: $0.name) } }) {
            return .refuse(.underWay, "plan \(plan.id) works on what \"\(held.order.summary)\" started")
        }
        let names = Set(here.map(\.name))
        let role = held.role
        let left = planning.serving(role, without: names).count
        let minimum = input.policy.roles[role]?.minimum ?? 1
        guard left >= minimum else {
            return .refusal(
                .held(
                    .minimum, by: "roles.\(role.rawValue).minimum",
                    "\(left) \(role.rawValue) would be left, and the minimum is \(minimum); they are kept"))
        }
        let load = max(input.utilisation[role] ?? 0, input.forecastPeak(of: role) ?? 0)
        let serving = planning.serving(role, without: []).count
        let after = load * Double(serving) / Double(max(1, left))
        guard after <= input.policy.targetUtilisation else {
            return .refuse(
                .unneeded, "\(role.rawValue) would run at \(percent(after)) without them; they are kept as long as that is so")
        }
        let plan = planning.made(
            .scaleIn, role.rawValue, role: role, planning.retirement(of: here),
            "the time of \"\(held.order.summary)\" is over: take away \(here.map(\.name).joined(separator: ", "))",
            evidence: evidence(of: role, input))
        return guarded(.plan(plan), input)
    }
}
