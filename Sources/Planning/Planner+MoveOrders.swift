import AgentContract
import Topology

extension OrderPlanning {
    /// The container goes to the server named, or to the best one.
    func move(_ container: Container, to name: String?) throws(Refusal) -> Plan {
        let candidates =
            try name.map { name throws(Refusal) in [try target(name, for: container)] } ?? openServers(without: container.server)
        let move = try move(container, on: candidates, keepsFiles: sharesFiles(container, leaving: [container.name]))
        return made(
            .move, container.name, role: container.role, move.steps, move.summary,
            evidence: [.init("interruption", move.interruption ?? "none: what is under way is waited for")])
    }

    /// Everything leaves a server, what others wait for first; then it is closed and empty.
    func evacuate(_ server: Server) throws(Refusal) -> Plan {
        let all = input.stack.containers(on: server.name)
        for container in all { try checkIdle(container) }
        guard !all.isEmpty || !server.isDrained else {
            throw Refusal(
                code: .unneeded,
                reason: "\(server.name) is evacuated already; magewatch server return \(server.name) opens it again")
        }
        let moves = try moves(of: all, from: server)
        var steps = [PlannedStep(.setDrained(server: server.name, true))]
        for move in moves { steps += move.steps }
        let what = moves.isEmpty ? "nothing is on it" : moves.map(\.summary).joined(separator: "; ")
        var evidence = moves.compactMap(\.interruption).map { Decision.Evidence("interruption", $0) }
        let balanced = input.policy.roles.filter { $0.value.loadBalancers.contains { $0.server == server.name } }
        for role in balanced.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            evidence.append(
                .init("stays", "the load balancer of \(role.rawValue) is a program of \(server.name) and stays there"))
        }
        return made(
            .evacuateServer, server.name, role: nil, steps, "evacuate \(server.name): \(what)", evidence: evidence,
            alternatives: ["magewatch server drain \(server.name): takes it out of traffic and leaves everything where it is"])
    }

    // MARK: - Which way, and where to

    /// All moves off a server. Each is planned upon what those before it leave.
    private func moves(of containers: [Container], from server: Server) throws(Refusal) -> [ContainerMove] {
        var rest = self.input
        if let index = rest.stack.servers.firstIndex(where: { $0.name == server.name }) {
            rest.stack.servers[index].isDrained = true
        }
        var moves: [ContainerMove] = []
        var gone: Set<String> = []
        // Largest first within a rank, so that the small ones fill what is left.
        let ordered = containers.sorted { OrderPlanning.rank($0) < OrderPlanning.rank($1) }
        for container in ordered {
            guard let now = rest.stack.container(container.name), now.server == server.name else { continue }
            let planning = OrderPlanning(order, rest)
            gone.insert(container.name)
            let move = try planning.move(
                now, on: planning.openServers(without: server.name), keepsFiles: sharesFiles(container, leaving: gone))
            moves.append(move)
            rest.stack.apply(move.steps)
            // The retired active is its successor's backup now, and leaves as well where it can.
            if case .takeOver = move.way, let retired = rest.stack.container(container.name),
                let second = try? OrderPlanning(order, rest).move(
                    retired, on: OrderPlanning(order, rest).openServers(without: server.name), keepsFiles: true)
            {
                moves.append(second)
                rest.stack.apply(second.steps)
            }
        }
        return moves
    }

    private static func rank(_ container: Container) -> (Int, Double, String) {
        (Planner.importance.firstIndex(of: container.role) ?? Planner.importance.count, -container.limits.cores, container.name)
    }

    private func move(_ container: Container, on candidates: [Server], keepsFiles: Bool) throws(Refusal) -> ContainerMove {
        let runs = container.state == .running || container.state == .draining || container.state == .starting
        let policy = input.policy.roles[container.role]
        func made(_ way: ContainerMove.Way, _ server: String) -> ContainerMove {
            ContainerMove(
                container: container, way: way, server: server, policy: policy, drainSeconds: input.policy.drainSeconds,
                keepsFiles: keepsFiles)
        }
        if let replicated = ReplicatedRole(of: container, input) {
            let successor = try successor(of: container, replicated, candidates)
            return made(.switchOver(to: successor, replicated.switchOver(from: container, to: successor)), successor.server)
        }
        guard runs else { return made(.onPaper, try place(container, candidates)) }
        if container.kind == .active,
            let backup = input.stack.containers.first(where: { backup in
                backup.kind == .backup && backup.backupOf == container.name && candidates.contains { $0.name == backup.server }
            }), let server = input.stack.server(backup.server)
        {
            var risen = backup
            risen.kind = .active
            risen.state = .running
            risen.backupOf = nil
            // It rises only where there is room for its work; else the active goes elsewhere.
            if (try? place(risen, [server])) != nil { return made(.takeOver(by: backup), backup.server) }
        }
        if container.kind == .active, container.state == .running, isBalanced(container.role), let policy,
            serving(container.role, without: [container.name]).isEmpty
        {
            let other = try replacement(of: container, policy, candidates)
            return made(.replace(with: other), other.server)
        }
        return made(.inPlace, try place(container, candidates))
    }

    /// The data of a replicated role does not move: another member's becomes the primary's.
    private func successor(
        of container: Container, _ replicated: ReplicatedRole, _ candidates: [Server]
    ) throws(Refusal) -> Container {
        let name = container.name
        guard container.kind == .active, container.state == .running else {
            throw Refusal(
                code: .unneeded,
                reason:
                    "the data of \(name) is on \(container.server) and does not move: magewatch stack stop \(name) takes it out")
        }
        let bound = replicated.bound(to: container)
        if let lost = bound.first(where: { input.stack.server($0.server)?.health == .down }) {
            throw Refusal(
                code: .noRoom, reason: "\(lost.name) is on \(lost.server), which is down; wait until it is written off")
        }
        guard
            let successor = bound.sorted(by: { $0.name < $1.name }).first(where: { replica in
                candidates.contains { $0.name == replica.server }
            })
        else {
            throw Refusal(
                code: .noRoom,
                reason:
                    "\(name) has no replica that runs and has all on a server it could go to; start one with magewatch stack start"
            )
        }
        return successor
    }

    /// One more container of the role, under the next name and a free address.
    private func replacement(of container: Container, _ policy: RolePolicy, _ candidates: [Server]) throws(Refusal) -> Container {
        let allowance = LeaseAllowance(input, for: .order(isForced: order.isForced))
        var choice = ScaleOutChoice(role: container.role, policy: policy, input: input, allowance: allowance)
        guard var other = choice.nextUnplaced() else {
            throw Refusal(
                code: .noRoom,
                reason: "\(container.name) is the only \(container.role.rawValue) that serves, and \(choice.trouble.reason)")
        }
        other.limits = container.limits
        other.server = try place(other, candidates)
        return other
    }

    private func place(_ container: Container, _ candidates: [Server]) throws(Refusal) -> String {
        let places = try ContainerPlacement(
            stack: input.stack, measured: input.serverUtilisation, coming: input.comingContainers + input.movingContainers
        ).places(for: [container], on: candidates)
        return places[0]
    }

    private func openServers(without name: String) -> [Server] {
        let leaving = input.leavingServers
        return input.stack.attachedServers.filter { $0.takesContainers && $0.name != name && !leaving.contains($0.name) }
    }

    private func target(_ name: String, for container: Container) throws(Refusal) -> Server {
        guard let server = input.stack.server(name) else {
            throw unknown("server", name, input.stack.attachedServers.map(\.name))
        }
        guard name != container.server else { throw Refusal(code: .unneeded, reason: "\(container.name) is on \(name) already") }
        guard openServers(without: container.server).contains(where: { $0.name == name }) else {
            let why =
                server.isDrained
                ? "is drained: open it with magewatch server return \(name)"
                : server.health == .down ? "is down" : "is not the stack's to use: it has no lease, or is being given back"
            throw Refusal(code: .noRoom, reason: "\(container.name) can't go to \(name), which \(why)")
        }
        return server
    }

    /// Whether others that stay on a container's server use the same shared files.
    func sharesFiles(_ container: Container, leaving: Set<String>) -> Bool {
        guard let files = input.policy.roles[container.role]?.sharedFiles else { return true }
        return input.stack.containers(on: container.server).contains { other in
            !leaving.contains(other.name) && input.policy.roles[other.role]?.sharedFiles == files && other.state != .stopped
        }
    }
}

extension Stack {
    /// The inventory as steps will leave it.
    mutating func apply(_ steps: [PlannedStep]) {
        for step in steps {
            switch step.action {
            case .putContainer(let container):
                containers.removeAll { $0.name == container.name }
                containers.append(container)
            case .dropContainer(let name): containers.removeAll { $0.name == name }
            case .setDrained(let name, let isDrained):
                if let index = servers.firstIndex(where: { $0.name == name }) { servers[index].isDrained = isDrained }
            case .agent, .attach, .detach: continue
            }
        }
    }
}
