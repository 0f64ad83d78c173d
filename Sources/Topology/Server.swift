/// A physical machine (or what stands for one): member of the stack, or an overflow server it may lease.
package struct Server: Sendable, Hashable, Codable, Identifiable {
    package enum Kind: String, Sendable, Codable {
        /// The customer's own.
        case member
        /// Shared by stacks; in this one only while a lease lasts.
        case overflow
    }

    package enum Health: String, Sendable, Codable {
        case unknown, up, down
    }

    package var name: String
    package var kind: Kind
    /// IP address that the monitor and the other servers reach it by.
    package var address: String
    /// Where its agent answers, for instance `http://10.0.0.5:7102`.
    package var agentURL: String
    package var capacity: Resources
    package var health: Health
    /// An operator wants it left alone: no container is placed on it until it is returned.
    package var isDrained: Bool

    package var id: String { name }

    package init(
        name: String, kind: Kind, address: String, agentURL: String, capacity: Resources, health: Health = .unknown,
        isDrained: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.address = address
        self.agentURL = agentURL
        self.capacity = capacity
        self.health = health
        self.isDrained = isDrained
    }

    /// What was written before servers could be drained reads as one that is not.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        kind = try container.decode(Kind.self, forKey: .kind)
        address = try container.decode(String.self, forKey: .address)
        agentURL = try container.decode(String.self, forKey: .agentURL)
        capacity = try container.decode(Resources.self, forKey: .capacity)
        health = try container.decode(Health.self, forKey: .health)
        isDrained = try container.decodeIfPresent(Bool.self, forKey: .isDrained) ?? false
    }

    /// Whether a container may be placed on it.
    package var takesContainers: Bool { health != .down && !isDrained }
}

/// The right to use an overflow server until a time; billed by the started period.
package struct Lease: Sendable, Hashable, Codable {
    package var server: String
    /// Milliseconds since 1970.
    package var from: Int64
    /// End of the periods paid for; nil while it runs on.
    package var until: Int64?
    /// Grows with each lease of the stack, so that a holder of an older one can be told from the newer.
    package var fencingToken: Int64

    package init(server: String, from: Int64, until: Int64? = nil, fencingToken: Int64) {
        self.server = server
        self.from = from
        self.until = until
        self.fencingToken = fencingToken
    }
}
