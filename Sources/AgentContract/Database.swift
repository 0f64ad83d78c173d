/// One member of a replicated database.
package struct Database: Sendable, Hashable, Codable {
    /// The container it is in.
    package var container: String
    /// The container's own address, without prefix length: it stays with the container whoever is primary.
    package var host: String
    package var access: DatabaseAccess

    package init(container: String, host: String, access: DatabaseAccess) {
        self.container = container
        self.host = host
        self.access = access
    }
}

/// How the members of a replicated database are reached.
package struct DatabaseAccess: Sendable, Hashable, Codable {
    /// The programs that replicate by themselves and can be led.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case mariadb
    }

    package var kind: Kind
    package var port: Int
    /// The account by which members follow and ask each other.
    package var user: String
    /// File with its password on the agents' servers. The password itself is in no step and no journal.
    package var passwordFile: String
    /// The server's Unix socket as it is seen in the container; the agent commands by it as `root`.
    package var socket: String

    package init(kind: Kind = .mariadb, port: Int, user: String, passwordFile: String, socket: String) {
        self.kind = kind
        self.port = port
        self.user = user
        self.passwordFile = passwordFile
        self.socket = socket
    }
}

/// What has to hold before a database is made the primary.
package struct DatabasePromotion: Sendable, Hashable, Codable {
    /// Members that have to answer, take no writes and listen to no other primary. What one of them has and the new primary has not is
    /// fetched first.
    package var peers: [Database]
    /// Members that are given up. One that answers nevertheless and takes writes forbids the promotion.
    package var lost: [Database]
    /// No commit is acknowledged before a replica has it. False where there is none, or the primary could acknowledge nothing.
    package var requiresReplica: Bool

    package init(peers: [Database] = [], lost: [Database] = [], requiresReplica: Bool) {
        self.peers = peers
        self.lost = lost
        self.requiresReplica = requiresReplica
    }
}

/// Times that monitor and agent agree on.
package enum DatabaseTimes {
    /// Longest a promotion may wait until what was received is applied.
    package static let promotionSeconds = 60.0
}
