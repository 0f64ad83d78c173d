import AgentContract
import Topology

/// Operators' orders on members of a replicated role.
extension OrderPlanning {
    /// A replica is written off, started anew and bound again. A primary has a replica take over first.
    func restart(_ container: Container, _ replicated: ReplicatedRole) throws(Refusal) -> Plan {
        guard container.kind == .active else {
            return made(
                .restart, container.name, role: container.role, try renewal(of: container, container.image, replicated),
                "restart \(container.name) on \(container.server)")
        }
        guard replicated.bound(to: container).isEmpty else {
            throw Refusal(
                code: .unneeded,
                reason:
                    "\(container.name) is the primary: have a replica take over with magewatch stack move \(container.name), then "
                    + "restart it as the replica that it is")
        }
        let promote = replicated.promotion(of: container, peers: [], requiresReplica: false)
        let steps = [replicated.demote(container, undo: promote), replicated.parts(container).stop]
        return made(
            .restart, container.name, role: container.role, steps + begin(container, replicated),
            "restart \(container.name) on \(container.server)", evidence: [interruption(of: container)])
    }

    func stop(_ container: Container, _ replicated: ReplicatedRole) throws(Refusal) -> Plan {
        var stopped = container
        stopped.state = .stopped
        var steps: [PlannedStep] = []
        if container.kind == .active {
            steps = replicated.parts(container).leave(drainSeconds: 0)
            steps.append(replicated.demote(container, undo: promotion(of: container, replicated)))
            // It ends with the container; taken back, it comes with it.
            steps += replicated.release(container, isUndone: true)
        } else if container.state == .running, let primary = replicated.primary(of: container) {
            steps = replicated.writeOff(
                [container], of: primary, as: .starting, left: others(than: container, primary, replicated))
        }
        return made(
            .stop, container.name, role: container.role,
            steps + [replicated.parts(container).stop, PlannedStep(.putContainer(stopped))],
            "stop \(container.name) on \(container.server)")
    }

    /// A replica is started, follows and is bound; its primary is made one where that was never done.
    func start(_ container: Container, _ replicated: ReplicatedRole) throws(Refusal) -> Plan {
        if let server = input.stack.server(container.server), server.health == .down {
            throw Refusal(code: .noRoom, reason: "\(container.server), where the data of \(container.name) is, is down")
        }
        var steps: [PlannedStep]
        if container.kind == .active {
            var running = container
            running.state = .running
            steps = begin(running, replicated) + [PlannedStep(.putContainer(running))]
        } else {
            guard let primary = replicated.primary(of: container), primary.state == .running else {
                throw Refusal(
                    code: .unneeded,
                    reason: "\(container.name) has no primary that runs; start \(container.backupOf ?? "one") first")
            }
            let bound = replicated.bound(to: primary)
            steps = replicated.lead(primary, peers: bound) + replicated.serve(primary) + replicated.join(container, primary)
        }
        return made(
            .start, container.name, role: container.role, steps, "start \(container.name) on \(container.server)")
    }

    /// The replicas first, one after the other; then one of them takes over, and the old primary is renewed as its replica.
    ///
    /// What was renewed stays so where a later one fails: a replica that is not bound can't be taken back to what it was.
    func rollout(_ role: Role, _ image: String, _ replicated: ReplicatedRole) throws(Refusal) -> [PlannedStep] {
        let members = replicated.stack.containers(of: role).filter { $0.image != image }
        var steps: [PlannedStep] = []
        let running = members.filter { $0.kind == .backup && $0.state == .running }.sorted { $0.name < $1.name }
        for replica in running { steps += try renewal(of: replica, image, replicated) }
        for member in members where member.state != .running {
            var renewed = member
            renewed.image = image
            steps.append(PlannedStep(.putContainer(renewed)))
        }
        guard let primary = members.first(where: { $0.kind == .active && $0.state == .running }) else { return steps }
        var rest = input
        rest.stack.apply(steps)
        guard let renewed = ReplicatedRole(role, rest),
            let successor = renewed.bound(to: primary).sorted(by: { $0.name < $1.name }).first
        else {
            throw Refusal(
                code: .minimum,
                reason:
                    "\(primary.name) has no replica to take over while it is renewed; start one with magewatch stack start first")
        }
        steps += renewed.switchOver(from: primary, to: successor)
        rest.stack.apply(steps)
        guard let retired = rest.stack.container(primary.name), let last = ReplicatedRole(role, rest) else { return steps }
        return try steps + OrderPlanning(order, rest).renewal(of: retired, image, last)
    }

    /// A replica is written off, stopped, started from the image, and bound again.
    private func renewal(
        of replica: Container, _ image: String, _ replicated: ReplicatedRole
    ) throws(Refusal) -> [PlannedStep] {
        guard let primary = replicated.primary(of: replica) else {
            throw Refusal(code: .unneeded, reason: "\(replica.name) has no primary to follow; that is seen to first")
        }
        var renewed = replica
        renewed.image = image
        let off =
            replica.state == .running
            ? replicated.writeOff([replica], of: primary, as: .starting, left: others(than: replica, primary, replicated)) : []
        return off + [replicated.parts(replica).stop] + replicated.join(renewed, primary)
    }

    private func others(than replica: Container, _ primary: Container, _ replicated: ReplicatedRole) -> [Container] {
        replicated.bound(to: primary).filter { $0.name != replica.name }
    }

    /// Started, made the primary, and served by.
    private func begin(_ container: Container, _ replicated: ReplicatedRole) -> [PlannedStep] {
        let bound = replicated.bound(to: container)
        let lead = replicated.lead(
            container, peers: bound, undo: .demoteDatabase(replicated.database(container), answersWithinSeconds: 0),
            isPointOfNoReturn: !bound.isEmpty)
        return replicated.parts(container).mount + replicated.parts(container).run(graceSeconds: 5)
            + replicated.wake(bound, input) + lead + replicated.serve(container)
            + bound.map { replicated.acknowledge($0, mayFail: true) }
    }

    /// It is again what it was: bound replicas are waited for, or it would acknowledge what they have not.
    private func promotion(of container: Container, _ replicated: ReplicatedRole) -> Step {
        let bound = replicated.bound(to: container)
        return replicated.promotion(of: container, peers: bound, requiresReplica: !bound.isEmpty)
    }
}
