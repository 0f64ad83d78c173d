import AgentContract
import Topology

extension OrderPlanning {
    /// Closed to new containers; those behind a load balancer there finish what is under way and get nothing new.
    func drainServer(_ server: Server) throws(Refusal) -> Plan {
        guard !server.isDrained else {
            throw Refusal(
                code: .unneeded,
                reason:
                    "\(server.name) is drained already; magewatch server evacuate \(server.name) moves everything off it, magewatch "
                    + "server return \(server.name) opens it")
        }
        let here = input.stack.containers(on: server.name)
        for container in here { try checkIdle(container) }
        let balanced = here.filter { $0.kind == .active && $0.state == .running && isBalanced($0.role) }
        let names = Set(balanced.map(\.name))
        for role in Set(balanced.map(\.role)).sorted(by: { $0.rawValue < $1.rawValue }) {
            try checkMinimum(role, without: names, advice: "move everything off it with magewatch server evacuate \(server.name)")
        }
        let staying = here.filter { $0.kind == .active && $0.state == .running && !isBalanced($0.role) }.map(\.name)
        return made(
            .drainServer, server.name, role: nil,
            [PlannedStep(.setDrained(server: server.name, true))] + balanced.flatMap(drained),
            "drain \(server.name): nothing more is placed on it"
                + (balanced.isEmpty ? "" : ", \(balanced.map(\.name).joined(separator: ", ")) out of traffic"),
            evidence: staying.isEmpty ? [] : [.init("stays", "\(staying.joined(separator: ", ")) go on serving there")],
            alternatives: ["magewatch server evacuate \(server.name): moves everything off it"])
    }

    /// Open again, and what was drained there gets traffic again.
    func returnServer(_ server: Server) throws(Refusal) -> Plan {
        guard server.isDrained else {
            throw Refusal(code: .unneeded, reason: "\(server.name) is not drained: there is nothing to return")
        }
        let draining = input.stack.containers(on: server.name).filter { $0.state == .draining }
        var all = [PlannedStep(.setDrained(server: server.name, false))]
        for container in draining {
            try checkIdle(container)
            var running = container
            running.state = .running
            all += [steps(of: running).healthGate, PlannedStep(.putContainer(running))] + steps(of: running).join()
        }
        return made(
            .returnServer, server.name, role: nil, all,
            "return \(server.name): containers may be placed on it"
                + (draining.isEmpty ? "" : ", \(draining.map(\.name).joined(separator: ", ")) back in traffic"))
    }
}
