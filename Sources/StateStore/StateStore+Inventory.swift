import GRDB
package import Topology

extension StateStore {
    /// The whole stack at this moment: servers, containers and running leases.
    package func stack(named name: String) throws(StateStoreError) -> Stack {
        try read("reading the inventory") { database in
            Stack(
                name: name,
                servers: try String.fetchAll(database, sql: "SELECT document FROM server ORDER BY position, name")
                    .map { try StateStore.decode(Server.self, $0, "a server") },
                containers: try String.fetchAll(database, sql: "SELECT document FROM container ORDER BY name")
                    .map { try StateStore.decode(Container.self, $0, "a container") },
                leases: try StateStore.ledger(database, "WHERE ended_at IS NULL").map(\.lease)
            )
        }
    }

    /// Replaces the list of servers, as the configuration names them; containers and leases stay.
    package func setServers(_ servers: [Server]) throws(StateStoreError) {
        try write("writing the servers") { database in
            try database.execute(sql: "DELETE FROM server")
            for (position, server) in servers.enumerated() {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO server (name, position, document) VALUES (?, ?, ?)",
                    arguments: [server.name, position, try StateStore.encode(server)])
            }
        }
    }

    /// Notes whether a server is up.
    package func setHealth(_ health: Server.Health, of name: String) throws(StateStoreError) {
        try changeServer(name) { $0.health = health }
    }

    /// Notes whether a server takes no more containers; false where there is no such server.
    @discardableResult
    package func setDrained(_ isDrained: Bool, of name: String) throws(StateStoreError) -> Bool {
        try changeServer(name) { $0.isDrained = isDrained }
    }

    /// One server, or nil.
    package func server(_ name: String) throws(StateStoreError) -> Server? {
        try read("reading server \(name)") { database in
            try String.fetchOne(database, sql: "SELECT document FROM server WHERE name = ?", arguments: [name])
                .map { try StateStore.decode(Server.self, $0, "server \(name)") }
        }
    }

    /// Writes a server where the change is one; false where there is no such server.
    @discardableResult
    private func changeServer(_ name: String, _ change: (inout Server) -> Void) throws(StateStoreError) -> Bool {
        try write("writing server \(name)") { database in
            guard
                let text = try String.fetchOne(database, sql: "SELECT document FROM server WHERE name = ?", arguments: [name])
            else { return false }
            let before = try StateStore.decode(Server.self, text, "server \(name)")
            var server = before
            change(&server)
            guard server != before else { return true }
            try database.execute(
                sql: "UPDATE server SET document = ? WHERE name = ?", arguments: [try StateStore.encode(server), name])
            return true
        }
    }

    /// One container, or nil.
    package func container(_ name: String) throws(StateStoreError) -> Container? {
        try read("reading container \(name)") { database in
            try String.fetchOne(database, sql: "SELECT document FROM container WHERE name = ?", arguments: [name])
                .map { try StateStore.decode(Container.self, $0, "container \(name)") }
        }
    }

    /// Adds a container or replaces the one of its name.
    package func putContainer(_ container: Container) throws(StateStoreError) {
        try write("writing container \(container.name)") { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO container (name, server, role, document) VALUES (?, ?, ?, ?)",
                arguments: [
                    container.name, container.server, container.role.rawValue, try StateStore.encode(container),
                ])
        }
    }

    /// Removes a container; false where there is none of that name.
    @discardableResult
    package func dropContainer(_ name: String) throws(StateStoreError) -> Bool {
        try write("dropping container \(name)") { database in
            try database.execute(sql: "DELETE FROM container WHERE name = ?", arguments: [name])
            return database.changesCount > 0
        }
    }
}
