import AgentContract
import Topology

extension OrderPlanning {
    /// Out of traffic, stopped, started, healthy, in traffic again.
    func restart(_ container: Container) throws(Refusal) -> Plan {
        guard container.state == .running || container.state == .starting else {
            throw Refusal(
                code: .unneeded,
                reason: "\(container.name) is \(container.state.rawValue), so there is nothing to restart: magewatch stack start "
                    + "\(container.name) starts it")
        }
        if let replicated = ReplicatedRole(of: container, input) { return try restart(container, replicated) }
        let parts = steps(of: container)
        var all = parts.leave(drainSeconds: input.policy.drainSeconds)
        all.append(parts.stop)
        all += parts.run(graceSeconds: 5) + parts.join()
        return made(
            .restart, container.name, role: container.role, all, "restart \(container.name) on \(container.server)",
            evidence: [interruption(of: container)])
    }

    /// Out of traffic and stopped; it stays in the inventory, and nothing starts it but an order.
    func stop(_ container: Container) throws(Refusal) -> Plan {
        guard container.state != .stopped else {
            throw Refusal(code: .unneeded, reason: "\(container.name) is stopped already")
        }
        if container.kind == .active {
            try checkMinimum(container.role, without: [container.name], advice: adviceBeforeLoss(of: container))
        }
        if let replicated = ReplicatedRole(of: container, input) { return try stop(container, replicated) }
        let parts = steps(of: container)
        var stopped = container
        stopped.state = .stopped
        return made(
            .stop, container.name, role: container.role,
            parts.leave(drainSeconds: input.policy.drainSeconds) + [parts.stop, PlannedStep(.putContainer(stopped))],
            "stop \(container.name) on \(container.server)")
    }

    /// What is stopped or failed is started; what is drained gets traffic again.
    func start(_ container: Container) throws(Refusal) -> Plan {
        let replicated = ReplicatedRole(of: container, input)
        if let replicated, container.state != .running { return try start(container, replicated) }
        guard container.kind == .active || replicated != nil else {
            let active = container.backupOf ?? "its active"
            throw Refusal(
                code: .unneeded,
                reason: "\(container.name) stands by for \(active) and starts when it takes over: magewatch stack move \(active) "
                    + "has it do so")
        }
        guard container.state != .running else {
            throw Refusal(
                code: .unneeded,
                reason: "\(container.name) runs already; magewatch stack restart \(container.name) starts it anew")
        }
        if let server = input.stack.server(container.server), !server.takesContainers {
            let why = server.health == .down ? "down" : "drained"
            throw Refusal(
                code: .noRoom,
                reason: "\(container.server) is \(why): return it with magewatch server return \(server.name), or move "
                    + "\(container.name) with magewatch stack move \(container.name)")
        }
        var running = container
        running.state = .running
        let parts = steps(of: running)
        let begin =
            container.state == .draining ? [parts.healthGate, PlannedStep(.putContainer(running))] : parts.start(graceSeconds: 5)
        return made(
            .start, container.name, role: container.role, begin + parts.join(),
            "start \(container.name) on \(container.server)")
    }

    /// Out of traffic; it runs on.
    func drain(_ container: Container) throws(Refusal) -> Plan {
        guard isBalanced(container.role) else {
            throw Refusal(
                code: .unneeded,
                reason:
                    "no load balancer sends \(container.name) its work, so it can't be drained: stop it with magewatch stack stop "
                    + "\(container.name)")
        }
        guard container.kind == .active, container.state == .running else {
            throw Refusal(
                code: .unneeded,
                reason: "\(container.name) is \(container.state.rawValue) and gets no requests: there is nothing to drain")
        }
        try checkMinimum(container.role, without: [container.name], advice: adviceBeforeLoss(of: container))
        return made(
            .drain, container.name, role: container.role, drained(container),
            "take \(container.name) on \(container.server) out of traffic")
    }

    /// The steps that take a container out of traffic and leave it running.
    func drained(_ container: Container) -> [PlannedStep] {
        var draining = container
        draining.state = .draining
        return steps(of: container).leave(drainSeconds: input.policy.drainSeconds) + [PlannedStep(.putContainer(draining))]
    }

    private func adviceBeforeLoss(of container: Container) -> String {
        let backup = input.stack.containers.first { $0.backupOf == container.name }
        if let backup { return "have \(backup.name) take over with magewatch stack move \(container.name)" }
        return "start another first with magewatch scale \(container.role.rawValue) +1"
    }
}
