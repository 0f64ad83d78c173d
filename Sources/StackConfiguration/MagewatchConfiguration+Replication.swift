extension MagewatchConfiguration.RoleSettings {
    /// How a role's data is replicated: one active is the primary, its backups run and follow it.
    package struct Replication: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable {
            case mariadb
        }

        package var kind: Kind
        package var port: Int
        /// The account by which members follow and ask each other.
        package var user = "magewatch"
        /// File with its password on the servers.
        package var passwordFile = "/etc/magewatch/database.password"
        /// The database's Unix socket in its container.
        package var socket = "/run/mysqld/mysqld.sock"
        /// Address with prefix length that the primary holds beside its own.
        package var address: String?
        /// Containers of the role that are no members.
        package var apart: Set<String> = []

        package init(kind: Kind, port: Int) {
            self.kind = kind
            self.port = port
        }
    }
}
