import AgentContract
import Telemetry
import Topology

extension Planner {
    /// Stops a container that runs where it should not: a server that was cut off comes back with what others do by now.
    ///
    /// Only once its successor is seen to run: two that serve are better than none.
    static func stray(for alert: Alert, _ input: PlanningInput) -> PlanningOutcome {
        guard let name = alert.labels["container"], let server = alert.labels["server"], input.stack.server(server) != nil,
            let container = input.stack.container(name)
        else {
            return .refuse(
                .unclear,
                "alert \(alert.name) has no labels `container` and `server` that the inventory knows; nothing is stopped")
        }
        if container.server == server, let replicated = ReplicatedRole(of: container, input), container.kind == .backup {
            return rejoin(container, replicated, alert, input)
        }
        let isRetired = container.server == server && (container.state == .failed || container.state == .stopped)
        guard container.server != server || isRetired else {
            return .refuse(.unneeded, "\(name) belongs on \(server)")
        }
        guard !input.underWay.contains(where: { $0.touches(container: name) }) else {
            return .refuse(.underWay, "a plan under way works on \(name)")
        }
        guard let successor = successor(of: container, input), input.running[successor.name]?.contains(successor.server) == true
        else {
            return .refuse(
                .unneeded, "\(name) runs on \(server) where it should not, but nobody is seen to do its work; it is left alone")
        }
        var steps: [PlannedStep] = []
        if let replicated = ReplicatedRole(of: container, input) {
            var stray = container
            stray.server = server
            steps.append(replicated.demote(stray))
        }
        steps.append(PlannedStep(.agent(server: server, step: .stopContainer(name: name, graceSeconds: 5), undo: nil)))
        // The neighbours may have learned the stray's place: the successor tells them its own.
        let parts = ContainerSteps(container: successor, policy: input.policy.roles[successor.role])
        steps.append(
            PlannedStep(.agent(server: successor.server, step: .startContainer(parts.specification), undo: nil), mayFail: true))
        if isRetired, container.kind == .backup {
            // Stopped in good order it can take over again.
            var ready = container
            ready.state = .stopped
            steps.append(PlannedStep(.putContainer(ready)))
        }
        let decision = Decision(
            summary: "\(name) runs on \(server), but \(successor.name) on \(successor.server) does its work: stop it",
            evidence: [
                evidence(of: alert),
                .init("inventory", "\(name) is \(container.kind.rawValue), \(container.state.rawValue), on \(container.server)"),
            ],
            alternatives: ["let both run: two holders of the address \(container.host)"],
            otherwise: "requests would reach one or the other, and what they write would differ")
        return .plan(
            Plan(
                id: identifier(.rebalance, name, input.now), purpose: .rebalance, role: container.role, createdAt: input.now,
                steps: steps, decision: decision))
    }

    /// A database that is not bound, a former primary too, becomes its primary's replica: demoted before anything else.
    private static func rejoin(
        _ container: Container, _ replicated: ReplicatedRole, _ alert: Alert, _ input: PlanningInput
    ) -> PlanningOutcome {
        let name = container.name
        guard container.state != .running else { return .refuse(.unneeded, "\(name) is a replica already") }
        guard container.state != .stopped || input.databases[name]?.isWritable == true else {
            return .refuse(.unneeded, "\(name) was stopped by an order; magewatch stack start \(name) has it follow again")
        }
        if let busy = replicated.underWay(input) {
            return .refuse(.underWay, "plan \(busy.id) works on members of \(container.role.rawValue)")
        }
        guard let server = input.stack.server(container.server), server.health != .down else {
            return .refuse(.noRoom, "\(container.server), where the data of \(name) is, is down")
        }
        guard let primary = replicated.primary(of: container), primary.state == .running else {
            return .refuse(.unneeded, "\(name) has no primary to follow; that is seen to first")
        }
        let decision = Decision(
            summary: "\(name) on \(container.server) becomes the replica of \(primary.name) on \(primary.server)",
            evidence: [
                evidence(of: alert), .init("inventory", "\(name) is \(container.kind.rawValue), \(container.state.rawValue)"),
            ],
            alternatives: ["leave it: \(primary.name) would have one replica less to take over from it"],
            otherwise: "\(primary.name) would have one replica less, and \(name) might still believe that it is the primary")
        return .plan(
            Plan(
                id: identifier(.rebalance, name, input.now), purpose: .rebalance, role: container.role, createdAt: input.now,
                steps: replicated.join(
                    container, primary, believesToLead: input.databases[name]?.isWritable == true), decision: decision))
    }

    /// Who does a container's work now: the container itself where it belongs, or the one that took over.
    private static func successor(of container: Container, _ input: PlanningInput) -> Container? {
        if container.state == .running { return container }
        return container.backupOf.flatMap(input.stack.container)
    }
}
