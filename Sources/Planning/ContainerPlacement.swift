import Placement
package import Topology

/// Where a few containers go in a stack that is otherwise left as it is: the placement solver, with everything else pinned.
///
/// Nothing that runs is moved for it. A server that is down, drained, hotter than the target or over its capacity already gets nothing.
/// Actives of one role that share their work are kept on different servers where that can be had, and of what is left, the answer is one
/// that survives the loss of any server where one is found.
package struct ContainerPlacement: Sendable {
    private var stack: Stack
    private let coming: [Container]
    private let measured: [String: Double]
    private let target: Double

    /// - Parameters:
    ///   - measured: use of each server, 1 being all of its scarcest resource.
    ///   - target: servers measured above it get nothing.
    ///   - coming: what plans under way and the one in the making will add.
    package init(stack: Stack, measured: [String: Double] = [:], target: Double = 1, coming: [Container] = []) {
        self.stack = stack
        self.measured = measured
        self.target = target
        self.coming = coming
    }

    /// The name of a server for each container, in their order.
    /// - Throws: ``Refusal`` of code `noRoom` where no server has room, of `notFound` where the search ended without a proof of that.
    package func places(for containers: [Container], on candidates: [Server]) throws(Refusal) -> [String] {
        guard !containers.isEmpty else { return [] }
        let moved = Set(containers.map(\.name))
        guard stack.containers.allSatisfy({ !moved.contains($0.name) }) else {
            var rest = self
            rest.stack.containers.removeAll { moved.contains($0.name) }
            return try rest.places(for: containers, on: candidates)
        }
        let names = containers.map(\.name).joined(separator: ", ")
        let usable = candidates.filter { $0.takesContainers && (measured[$0.name] ?? 0) <= target && !isOverloaded($0) }
        guard !usable.isEmpty else {
            throw Refusal(code: .noRoom, reason: "no server is up, open and has room for \(names)")
        }
        let homeless = containers.first { container in usable.allSatisfy { !fits(container, on: $0) } }
        if let homeless { throw Refusal(code: .noRoom, reason: "no server has room for \(homeless.name)") }
        var isProven = true
        for keepsPeersApart in [true, false] {
            let scene = Scene(self, containers, usable: usable, keepsPeersApart: keepsPeersApart)
            switch scene.solve() {
            case .found(let places): return places
            case .none(let proven): isProven = isProven && proven
            }
        }
        guard isProven else {
            throw Refusal(
                code: .notFound, reason: "no placement of \(names) was found in the time that a search may take; name a server")
        }
        throw Refusal(code: .noRoom, reason: "no server has room for \(names)")
    }

    /// What its containers are given by their limits.
    private func load(of server: Server) -> ResourceAmounts {
        everything(on: server.name).reduce(.zero) { $0.saturatingAdd(ContainerPlacement.demand(of: $1)) }
    }

    private func isOverloaded(_ server: Server) -> Bool {
        load(of: server).percent(of: ResourceAmounts(capacity: server.capacity)) > 100
    }

    private func fits(_ container: Container, on server: Server) -> Bool {
        load(of: server).saturatingAdd(ContainerPlacement.demand(of: container))
            .percent(of: ResourceAmounts(capacity: server.capacity)) <= 100
    }

    private func everything(on server: String) -> [Container] {
        stack.containers(on: server) + coming.filter { $0.server == server }
    }

    /// A backup asks for nothing until it takes over; an active that an operator stopped keeps its room.
    private static func demand(of container: Container) -> ResourceAmounts {
        let isIdle = container.kind == .backup && (container.state == .stopped || container.state == .failed)
        return isIdle || container.state == .failed ? .zero : ResourceAmounts(demand: container.limits)
    }
}

extension ContainerPlacement {
    private enum Found {
        case found([String])
        case none(isProven: Bool)
    }

    /// One problem for the solver: the pinned first, then those to be placed.
    private struct Scene {
        let servers: [Server]
        let usable: Set<String>
        let pinned: [Container]
        let free: [Container]
        let placement: ContainerPlacement
        let keepsPeersApart: Bool

        init(_ placement: ContainerPlacement, _ free: [Container], usable: [Server], keepsPeersApart: Bool) {
            self.placement = placement
            self.free = free
            self.keepsPeersApart = keepsPeersApart
            self.usable = Set(usable.map(\.name))
            // Servers that get nothing still matter: what would be inherited when one is lost.
            let others = placement.stack.attachedServers.filter { server in
                server.health != .down && !usable.contains { $0.name == server.name }
            }
            servers = usable + others
            pinned = servers.flatMap { placement.everything(on: $0.name) }
        }

        func solve() -> Found {
            guard let problem = try? problem() else { return .none(isProven: false) }
            var objective = PlacementObjective()
            objective.lossRule = .preferred
            objective.effort = Scene.effort(free: free.count)
            do {
                let solution = try PlacementSolver.solve(problem, objective)
                guard solution.worstPercent <= 100 else { return .none(isProven: solution.worstPercentLowerBound > 100) }
                return .found(solution.places.suffix(free.count).map { servers[$0].name })
            } catch {
                return .none(isProven: error.code == .infeasible)
            }
        }

        /// Only the free ones are searched for, so little is needed.
        private static func effort(free: Int) -> SearchEffort {
            let attempt = min(max(2_000, free * 1_000), 100_000)
            return SearchEffort(
                proposalsAnAttempt: attempt, proposalsForUtilisation: 3 * attempt, proposalsForMoves: attempt, exactNodes: 20_000)
        }

        private func problem() throws(PlacementError) -> PlacementProblem {
            var groups = GroupNumbers()
            var crowded: Set<String> = []
            let withBackup = Set((pinned + free).compactMap(\.backupOf))
            var names: [String: Int] = [:]
            let open = servers.indices.filter { usable.contains(servers[$0].name) }
            var containers: [PlacementProblem.Container] = []
            for (index, container) in (pinned + free).enumerated() {
                let isFree = index >= pinned.count
                let shares = container.kind == .active && !withBackup.contains(container.name)
                let server = servers.firstIndex { $0.name == container.server }
                var group: Int?
                if container.backupOf != nil || withBackup.contains(container.name) {
                    group = groups.number(of: "container \(container.backupOf ?? container.name)")
                } else if shares, keepsPeersApart,
                    // Peers that are together already stay so: one of them stands for all on its server.
                    isFree || crowded.insert("\(container.role.rawValue) \(container.server)").inserted
                {
                    group = groups.number(of: "role \(container.role.rawValue)")
                }
                names[container.name, default: 0] += 1
                let count = names[container.name] ?? 1
                containers.append(
                    PlacementProblem.Container(
                        name: count == 1 ? container.name : "\(container.name) (\(count))", role: container.role.rawValue,
                        group: group, isBackup: container.kind == .backup, demand: ContainerPlacement.demand(of: container),
                        pool: shares ? Role.allCases.firstIndex(of: container.role) : nil, current: isFree ? nil : server,
                        moveCost: 1, allowedServers: isFree ? open : server.map { [$0] }))
            }
            return try PlacementProblem(servers: servers.map(stated), containers: containers)
        }

        /// A server that gets nothing is stated large enough for what it holds: its load is no reason to look for less elsewhere.
        private func stated(_ server: Server) -> PlacementProblem.Server {
            var capacity = ResourceAmounts(capacity: server.capacity)
            if !usable.contains(server.name) {
                let load = placement.load(of: server)
                capacity = capacity.saturatingAdd(load).saturatingAdd(load)
            }
            return PlacementProblem.Server(name: server.name, capacity: capacity, isClosed: false)
        }
    }

    /// Numbers for names, in the order they come.
    private struct GroupNumbers {
        private var numbers: [String: Int] = [:]

        mutating func number(of name: String) -> Int {
            if let known = numbers[name] { return known }
            numbers[name] = numbers.count
            return numbers.count - 1
        }
    }
}
