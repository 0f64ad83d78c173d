/// One customer's own set of servers and what runs on them: the monitor's inventory at one moment.
package struct Stack: Sendable, Hashable, Codable {
    package var name: String
    package var servers: [Server]
    package var containers: [Container]
    package var leases: [Lease]

    package init(name: String, servers: [Server] = [], containers: [Container] = [], leases: [Lease] = []) {
        self.name = name
        self.servers = servers
        self.containers = containers
        self.leases = leases
    }

    package func server(_ name: String) -> Server? { servers.first { $0.name == name } }
    package func container(_ name: String) -> Container? { containers.first { $0.name == name } }
    package func containers(of role: Role) -> [Container] { containers.filter { $0.role == role } }
    package func containers(on server: String) -> [Container] { containers.filter { $0.server == server } }
    package func lease(of server: String) -> Lease? { leases.first { $0.server == server } }

    /// Servers that may run containers now: members, and overflow servers with a lease.
    package var attachedServers: [Server] {
        servers.filter { $0.kind == .member || lease(of: $0.name) != nil }
    }
}
