package import Placement
package import Topology

extension PlacementProblem {
    /// The placement of a stack's containers over its attached servers, by what each asks for.
    ///
    /// A stopped backup asks for nothing until it takes over; actives of a role without backups share their work.
    /// - Parameter demands: forecast 0.95 quantiles by a container's name; its limits where there is none.
    /// - Throws: `PlacementError` where the stack is larger than a placement takes.
    package init(_ stack: Stack, lost: Set<String> = [], demands: [String: Resources] = [:]) throws(PlacementError) {
        let servers = stack.attachedServers
        var serverIndex: [String: Int] = [:]
        for (index, server) in servers.enumerated() { serverIndex[server.name] = index }
        let placed = stack.containers.filter { $0.state != .failed || $0.kind == .backup }
        var groups: [String: Int] = [:]
        for (index, container) in placed.enumerated() where container.kind == .active { groups[container.name] = index }
        let withBackup = Set(placed.compactMap(\.backupOf))
        try self.init(
            servers: servers.map { server in
                PlacementProblem.Server(
                    name: server.name, capacity: ResourceAmounts(capacity: server.capacity),
                    isClosed: !server.takesContainers || lost.contains(server.name))
            },
            containers: placed.map { container in
                let isIdle = container.kind == .backup && (container.state == .stopped || container.state == .failed)
                let shares = container.kind == .active && !withBackup.contains(container.name)
                return PlacementProblem.Container(
                    name: container.name, role: container.role.rawValue,
                    group: groups[container.backupOf ?? container.name], isBackup: container.kind == .backup,
                    demand: isIdle ? .zero : ResourceAmounts(demand: demands[container.name] ?? container.limits),
                    pool: shares ? Role.allCases.firstIndex(of: container.role) : nil, current: serverIndex[container.server],
                    moveCost: container.kind == .backup ? 1 : container.role.moveCost)
            })
    }
}

extension Role {
    /// What moving one of its actives costs beside a web container: data to carry or to warm, clients to let go.
    var moveCost: Int {
        switch self {
        case .web: 1
        case .lb, .mail, .monitor, .acc: 2
        case .queue, .search: 4
        case .db: 8
        }
    }
}

extension ResourceAmounts {
    /// What is asked for, rounded up.
    package init(demand: Resources) {
        self.init(
            milliCores: whole(demand.cores * 1000, .up), memoryMiB: whole(Double(demand.memoryBytes) / 1_048_576, .up),
            networkMbit: whole(demand.networkBitsPerSecond / 1e6, .up))
    }

    /// What there is, rounded down.
    package init(capacity: Resources) {
        self.init(
            milliCores: whole(capacity.cores * 1000, .down), memoryMiB: whole(Double(capacity.memoryBytes) / 1_048_576, .down),
            networkMbit: whole(capacity.networkBitsPerSecond / 1e6, .down))
    }
}

/// A whole number within what amounts hold; what is no number is 0.
private func whole(_ value: Double, _ rule: FloatingPointRoundingRule) -> Int {
    value.isFinite ? Int(min(max(0, value.rounded(rule)), Double(ResourceAmounts.maximum))) : 0
}
