/// What stands where, and what could stand elsewhere: servers, containers and the rules between them, checked as a whole.
///
/// Containers of one group (an active and its backups) never share a server. Servers and containers are known by their index; names are
/// for reports.
package struct PlacementProblem: Sendable {
    package static let maximumServers = 2_000
    package static let maximumContainers = 20_000

    /// A machine.
    package struct Server: Sendable {
        package var name: String
        /// What it has; a resource of 0 is not stated and not limited.
        package var capacity: ResourceAmounts
        /// Nothing may stay or come: it is down, or being emptied.
        package var isClosed: Bool

        package init(name: String, capacity: ResourceAmounts, isClosed: Bool = false) {
            self.name = name
            self.capacity = capacity
            self.isClosed = isClosed
        }
    }

    /// What is to be placed.
    package struct Container: Sendable {
        package var name: String
        package var role: String
        /// The active and its backups share one; nil for a container that stands for itself.
        package var group: Int?
        package var isBackup: Bool
        /// Forecast use.
        package var demand: ResourceAmounts
        /// Actives of one role that share its work, so that the others carry more when one is lost; nil where nothing is shared.
        package var pool: Int?
        /// Index of the server it is on; nil for a new one.
        package var current: Int?
        /// What a move costs, 1 being an ordinary one. A new container costs nothing wherever it goes.
        package var moveCost: Int
        /// Indices of the servers it may be on; nil for all.
        package var allowedServers: [Int]?

        package init(
            name: String, role: String, group: Int? = nil, isBackup: Bool = false, demand: ResourceAmounts, pool: Int? = nil,
            current: Int? = nil, moveCost: Int = 1, allowedServers: [Int]? = nil
        ) {
            self.name = name
            self.role = role
            self.group = group
            self.isBackup = isBackup
            self.demand = demand
            self.pool = pool
            self.current = current
            self.moveCost = moveCost
            self.allowedServers = allowedServers
        }
    }

    package let servers: [Server]
    package let containers: [Container]
    /// For each container, those it must not share a server with, in ascending order.
    let apart: [[Int]]
    /// For each container, who does its work when its server is lost, and what that adds: its first backup rises to the active's demand;
    /// else the others of its pool share its processor and network.
    let heirs: [[Inheritance]]

    /// - Throws: `PlacementError` naming the first thing that is out of bounds, unknown or there twice.
    package init(servers: [Server], containers: [Container]) throws(PlacementError) {
        try PlacementProblem.check(servers, containers)
        self.servers = servers
        self.containers = containers
        var members: [Int: [Int]] = [:]
        for (index, container) in containers.enumerated() {
            if let group = container.group { members[group, default: []].append(index) }
        }
        apart = containers.enumerated().map { index, container in
            container.group.flatMap { members[$0] }?.filter { $0 != index } ?? []
        }
        heirs = PlacementProblem.heirs(of: containers, members)
    }

    private static func heirs(of containers: [Container], _ members: [Int: [Int]]) -> [[Inheritance]] {
        var pools: [Int: [Int]] = [:]
        for (index, container) in containers.enumerated() where !container.isBackup {
            if let pool = container.pool { pools[pool, default: []].append(index) }
        }
        return containers.enumerated().map { index, container in
            guard !container.isBackup else { return [] }
            if let backup = container.group.flatMap({ members[$0] })?.first(where: { containers[$0].isBackup }) {
                let extra = pointwiseMax(container.demand.lanes &- containers[backup].demand.lanes, .zero)
                return [Inheritance(container: backup, extra: extra)]
            }
            let peers = container.pool.flatMap { pools[$0] }?.filter { $0 != index } ?? []
            // Memory and disk of a peer hold what they held before.
            let work = SIMD4<Int32>(container.demand.lanes[0], 0, container.demand.lanes[2], 0)
            let count = Int32(max(1, peers.count))
            return peers.map { Inheritance(container: $0, extra: (work &+ (count - 1)) / count) }
        }
    }

    /// The same problem in which everything that is somewhere stays there.
    func pinned() throws(PlacementError) -> PlacementProblem {
        try PlacementProblem(
            servers: servers,
            containers: containers.map { container in
                var container = container
                if let current = container.current { container.allowedServers = [current] }
                return container
            })
    }

    /// Whether a container may be on a server, whatever else is there.
    func allows(_ container: Int, on server: Int) -> Bool {
        !servers[server].isClosed && containers[container].allowedServers?.contains(server) ?? true
    }

    private static func check(_ servers: [Server], _ containers: [Container]) throws(PlacementError) {
        guard (1...maximumServers).contains(servers.count) else {
            throw PlacementError(.tooMany, "\(servers.count) servers; a placement needs 1 to \(maximumServers)")
        }
        guard containers.count <= maximumContainers else {
            throw PlacementError(.tooMany, "\(containers.count) containers; a placement takes at most \(maximumContainers)")
        }
        try checkNames(servers.map(\.name), "server")
        try checkNames(containers.map(\.name), "container")
        var total = [Int](repeating: 0, count: 4)
        for container in containers {
            for lane in 0..<4 {
                total[lane] += Int(container.demand.lanes[lane])
                guard total[lane] <= ResourceAmounts.maximum else {
                    let name = ResourceAmounts.names[lane]
                    throw PlacementError(.outOfBounds, "the containers' \(name) adds up to more than \(ResourceAmounts.maximum)")
                }
            }
            let named = (container.allowedServers ?? []) + (container.current.map { [$0] } ?? [])
            guard named.allSatisfy(servers.indices.contains) else {
                throw PlacementError(.unknownServer, "container \(container.name) names a server that is not there")
            }
            guard (0...1_000).contains(container.moveCost) else {
                throw PlacementError(
                    .outOfBounds, "container \(container.name): a move costs 0 to 1000, not \(container.moveCost)")
            }
        }
    }

    private static func checkNames(_ names: [String], _ kind: String) throws(PlacementError) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw PlacementError(.duplicate, "\(kind) \"\(name)\" is there twice")
        }
    }
}
