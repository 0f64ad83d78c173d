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
        try write("writing the health of server \(name)") { database in
            guard
                let text = try String.fetchOne(database, sql: "SELECT document FROM server WHERE name = ?", arguments: [name])
            else { return }
            var server = try StateStore.decode(Server.self, text, "server \(name)")
            guard server.health != health else { return }
            server.health = health
            try database.execute(
                sql: "UPDATE server SET document = ? WHERE name = ?", arguments: [try StateStore.encode(server), name])
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
