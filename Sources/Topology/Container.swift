/// One running instance of a role, for instance `web1`.
package struct Container: Sendable, Hashable, Codable, Identifiable {
    package enum Kind: String, Sendable, Codable {
        /// Does the role's work.
        case active
        /// Stands ready to take an active one's place and address.
        case backup
    }

    package enum State: String, Sendable, Codable {
        case stopped, starting, running, draining, failed
    }

    package var name: String
    package var role: Role
    package var kind: Kind
    /// The server it is on (for a stopped backup: where it would start).
    package var server: String
    /// Address with prefix length, for instance `10.77.0.21/24`. A backup has the address of the active it stands for.
    package var address: String
    package var port: Int
    /// What it may use at most.
    package var limits: Resources
    /// The template it is made from: the name of a container image known to the agents.
    package var image: String
    package var state: State
    /// For a backup: the active container it stands for.
    package var backupOf: String?

    package var id: String { name }

    package init(
        name: String, role: Role, kind: Kind = .active, server: String, address: String, port: Int, limits: Resources,
        image: String, state: State = .running, backupOf: String? = nil
    ) {
        self.name = name
        self.role = role
        self.kind = kind
        self.server = server
        self.address = address
        self.port = port
        self.limits = limits
        self.image = image
        self.state = state
        self.backupOf = backupOf
    }

    /// The address without its prefix length.
    package var host: String { String(address.prefix { $0 != "/" }) }
}
