/// A placement instance as a file has it: servers, containers, and where the containers are now.
package struct PlacementInstance: Decodable, Sendable {
    /// Amounts in milli-cores, MiB, Mbit/s and GiB.
    package struct Server: Decodable, Sendable {
        var id: String
        var cpu: Int
        var ram: Int
        var net: Int
        var disk: Int?
    }

    /// Amounts as of a server; `group` ties an active and its backups together.
    package struct Container: Decodable, Sendable {
        package enum Kind: String, Decodable, Sendable { case active, backup }

        var id: String
        var role: String
        var group: Int?
        var kind: Kind
        var cpu: Int
        var ram: Int
        var net: Int
        var disk: Int?
        var current: String?
    }

    package var servers: [Server]
    package var containers: [Container]

    /// The problem it states.
    /// - Throws: `PlacementError` naming the server or container and what is wrong with it.
    package func problem() throws(PlacementError) -> PlacementProblem {
        var index: [String: Int] = [:]
        for (position, server) in servers.enumerated() { index[server.id] = position }
        var converted: [PlacementProblem.Server] = []
        for server in servers {
            let capacity = try amounts(
                "server \(server.id)", [server.cpu, server.ram, server.net, server.disk ?? 0], least: [1, 1, 1, 0])
            converted.append(PlacementProblem.Server(name: server.id, capacity: capacity))
        }
        var placed: [PlacementProblem.Container] = []
        for container in containers {
            let subject = "container \(container.id)"
            let current = container.current.flatMap { index[$0] }
            if let name = container.current, current == nil {
                throw PlacementError(.unknownServer, "\(subject) is on server \"\(name)\", which the instance does not have")
            }
            let demand = try amounts(
                subject, [container.cpu, container.ram, container.net, container.disk ?? 0], least: [0, 0, 0, 0])
            placed.append(
                PlacementProblem.Container(
                    name: container.id, role: container.role, group: container.group, isBackup: container.kind == .backup,
                    demand: demand, current: current))
        }
        return try PlacementProblem(servers: converted, containers: placed)
    }

    private func amounts(_ subject: String, _ values: [Int], least: [Int]) throws(PlacementError) -> ResourceAmounts {
        for lane in 0..<4 where !(least[lane]...ResourceAmounts.maximum).contains(values[lane]) {
            let name = ResourceAmounts.names[lane]
            throw PlacementError(
                .outOfBounds, "\(subject) has \(name) \(values[lane]); it must be \(least[lane]) to \(ResourceAmounts.maximum)")
        }
        return ResourceAmounts(milliCores: values[0], memoryMiB: values[1], networkMbit: values[2], diskGiB: values[3])
    }
}
