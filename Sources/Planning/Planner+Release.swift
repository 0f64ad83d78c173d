package import AgentContract
import Telemetry
import Topology

extension Planner {
    /// Plans that give back overflow servers whose paid time ends soon and whose capacity is not needed.
    ///
    /// A server's period is paid whether it is used or not, so it is kept until the release window at the end of it.
    package static func releases(_ input: PlanningInput) -> [Plan] {
        var rest = input
        var plans: [Plan] = []
        for lease in input.stack.leases.sorted(by: { $0.from > $1.from }) {
            guard case .plan(let plan) = release(lease.server, rest) else { continue }
            plans.append(plan)
            // The next is judged without this one's containers, at the load they leave to the others.
            let gone = rest.stack.containers(on: lease.server)
            for role in Set(gone.map(\.role)) {
                let remaining = remainingShare(of: role, without: lease.server, rest.stack)
                rest.utilisation[role] = rest.utilisation[role].map { $0 / max(1e-9, remaining) }
                rest.forecasts = rest.forecasts.map { $0.role == role.rawValue ? $0.scaled(by: 1 / max(1e-9, remaining)) : $0 }
            }
            rest.stack.containers.removeAll { $0.server == lease.server }
            rest.stack.leases.removeAll { $0.server == lease.server }
        }
        return plans
    }

    /// The plan that gives one overflow server back, or why it is kept.
    package static func release(_ server: String, _ input: PlanningInput) -> PlanningOutcome {
        guard let lease = input.stack.lease(of: server) else {
            return .refuse(.unclear, "\(server) has no lease; there is nothing to give back")
        }
        let period = max(1, input.policy.billedPeriodSeconds)
        let elapsed = max(0, Double(input.now - lease.from) / 1000)
        let left = period - elapsed.truncatingRemainder(dividingBy: period)
        guard left <= input.policy.releaseWindowSeconds else {
            return .refuse(.unneeded, "\(server) is paid for another \(decimal(left)) s and kept until then")
        }
        let touching = input.underWay.contains { plan in plan.steps.contains { $0.summary.contains(server) } }
        guard !touching else { return .refuse(.underWay, "a plan under way works on \(server)") }
        let containers = input.stack.containers(on: server)
        if let name = containers.map(\.name).first(where: { input.held[$0].map { $0 > input.now } ?? false }) {
            return .refuse(.unneeded, "an operator's order keeps \(name) on \(server)")
        }
        for role in Set(containers.map(\.role)) {
            if let reason = need(of: role, without: server, input) { return .refuse(.unneeded, reason) }
        }
        return guarded(.plan(releasePlan(server, containers, secondsLeft: left, input)), input)
    }

    /// Why a role still needs its containers on a server; nil where it does not.
    private static func need(of role: Role, without server: String, _ input: PlanningInput) -> String? {
        let name = role.rawValue
        guard let policy = input.policy.roles[role] else { return "\(name) on \(server) has no policy to move it by" }
        if policy.isFrozen { return "\(name) is frozen by the configuration" }
        if input.underWay.contains(where: { $0.role == role }) { return "a plan for \(name) is under way" }
        let active = input.stack.containers(of: role).filter { $0.kind == .active && $0.state != .failed }
        let left = active.count { $0.server != server }
        if left < policy.minimum {
            return "guard rail roles.\(name).minimum: \(name) would have \(left) of at least \(policy.minimum) containers"
        }
        if let sizing = input.sizing[role] {
            guard left < sizing.keepContainers else { return nil }
            return
                "\(name) would have \(left) containers without \(server); \(sizing.keepContainers) are wanted: \(sizing.sizing)"
        }
        let share = remainingShare(of: role, without: server, input.stack)
        guard let measured = input.utilisation[role] else {
            return "the utilisation of \(name) is not known; nothing is given back blindly"
        }
        let load = max(measured, input.forecastPeak(of: role) ?? 0) / max(1e-9, share)
        guard load <= input.policy.targetUtilisation else {
            return "\(name) would run at \(percent(load)) without \(server), above \(percent(input.policy.targetUtilisation))"
        }
        return nil
    }

    /// How much of a role's capacity stays when a server goes.
    private static func remainingShare(of role: Role, without server: String, _ stack: Stack) -> Double {
        let active = stack.containers(of: role).filter { $0.kind == .active && $0.state != .failed }
        let all = active.reduce(0) { $0 + $1.limits.cores }
        let left = active.filter { $0.server != server }.reduce(0) { $0 + $1.limits.cores }
        return all > 0 ? left / all : 1
    }

    private static func releasePlan(
        _ server: String, _ containers: [Container], secondsLeft: Double, _ input: PlanningInput
    ) -> Plan {
        let drain = min(input.policy.drainSeconds, max(1, secondsLeft / 2))
        var steps: [PlannedStep] = []
        for (index, container) in containers.enumerated() {
            let policy = input.policy.roles[container.role]
            let files = policy?.sharedFiles
            let isStillUsed = containers.dropFirst(index + 1).contains { input.policy.roles[$0.role]?.sharedFiles == files }
            steps += ContainerSteps(container: container, policy: policy)
                .retire(drainSeconds: drain, keepsFiles: isStillUsed)
        }
        steps.append(PlannedStep(.detach(server: server)))
        let roles = Set(containers.map(\.role)).sorted { $0.rawValue < $1.rawValue }
        let names = containers.map(\.name).joined(separator: ", ")
        let decision = Decision(
            summary: "\(server) (\(names.isEmpty ? "empty" : names)) is not needed and its paid time ends in "
                + "\(decimal(secondsLeft)) s: give it back",
            evidence: roles.flatMap { role in evidence(of: role, input) },
            alternatives: ["keep it: costs another billed period"],
            otherwise: "another period of \(decimal(input.policy.billedPeriodSeconds)) s would be billed",
            billedPeriods: 0)
        return Plan(
            id: identifier(.release, server, input.now), purpose: .release, role: roles.count == 1 ? roles.first : nil,
            createdAt: input.now, steps: steps, decision: decision)
    }
}

extension Forecast {
    /// The same forecast with all paths multiplied.
    func scaled(by factor: Double) -> Forecast {
        var scaled = self
        scaled.paths = paths.map { Path(quantile: $0.quantile, values: $0.values.map { $0 * factor }) }
        return scaled
    }
}
