import AgentContract
import Topology

extension OrderPlanning {
    /// Container by container: out of traffic, stopped, started from the new image, healthy, in traffic. The first that does not become
    /// healthy takes all of them back to what they were.
    func rollout(_ role: Role, _ image: String) throws(Refusal) -> Plan {
        let replicated = ReplicatedRole(role, input)
        let members = (replicated?.stack ?? input.stack).containers(of: role)
        guard !members.isEmpty else { throw Refusal(code: .unclear, reason: "the stack has no \(role.rawValue)") }
        for container in members { try checkIdle(container) }
        let stale = members.filter { $0.image != image }
        guard !stale.isEmpty else {
            throw Refusal(code: .unneeded, reason: "every \(role.rawValue) has the image \(image) already")
        }
        if let replicated {
            return made(
                .rollout, role.rawValue, role: role, try rollout(role, image, replicated),
                "\(order.summary): the replicas, a switchover, then the old primary",
                evidence: [.init("interruption", "\(role.rawValue) takes no writes during the switchover")])
        }
        // Who stands by gets the new version on paper and starts with it; those that serve change one at a time.
        let standing = stale.filter { $0.kind == .backup || $0.state == .stopped || $0.state == .failed }
        let running = stale.filter { container in !standing.contains { $0.name == container.name } }
        var all: [PlannedStep] = []
        for container in running.sorted(by: { $0.name < $1.name }) {
            if let server = input.stack.server(container.server), server.health == .down {
                throw Refusal(
                    code: .noRoom, reason: "\(container.name) is on \(server.name), which is down; wait for its failover")
            }
            all += renewal(of: container, image)
        }
        all += standing.map { container in
            var renewed = container
            renewed.image = image
            return PlannedStep(.putContainer(renewed))
        }
        let images = Set(stale.map(\.image)).sorted().joined(separator: ", ")
        let names = running.map(\.name).sorted().joined(separator: ", ")
        return made(
            .rollout, role.rawValue, role: role, all, "\(order.summary), in place of \(images): \(names), one after the other",
            evidence: running.count > 1 && isBalanced(role) ? [] : running.first.map { [interruption(of: $0)] } ?? [])
    }

    private func renewal(of container: Container, _ image: String) -> [PlannedStep] {
        var renewed = container
        renewed.image = image
        let old = steps(of: container)
        let new = steps(of: renewed)
        let isInTraffic = container.state == .running
        var all = isInTraffic ? old.leave(drainSeconds: input.policy.drainSeconds) : []
        all.append(old.stop)
        all += new.run(graceSeconds: 5) + [PlannedStep(.putContainer(renewed))]
        return all + (isInTraffic ? new.join() : [])
    }
}
