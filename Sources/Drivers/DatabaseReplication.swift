package import AgentContract

/// Leads the members of a replicated database. Every verb can be repeated, and refuses what could lose or fork data.
package protocol DatabaseReplication: Sendable {
    /// What a member of this server says of itself.
    func standing(of database: LocalDatabase) async throws -> DatabaseStanding
    /// Makes it the primary, once what it has received is applied and nobody else may have more or take writes.
    func promote(_ database: LocalDatabase, _ promotion: DatabasePromotion) async throws -> DriverOutcome
    /// Takes its right to write, and its clients' connections. One that does not answer has neither, unless it has to within a time.
    func demote(_ database: LocalDatabase, answersWithin: Duration) async throws -> DriverOutcome
    /// Has it listen to its primary no longer; with `expectsLoss` only if the primary is not heard.
    func sever(_ database: LocalDatabase, expectsLoss: Bool) async throws -> DriverOutcome
    /// Has it listen, and acknowledge what it receives.
    func resume(_ database: LocalDatabase) async throws -> DriverOutcome
    /// Makes it a replica of another. It acknowledges nothing until it is told to by ``resume(_:)``.
    func follow(_ database: LocalDatabase, primary: Database) async throws -> DriverOutcome
    /// Returns when it has all that the primary had at the call.
    func waitForAll(_ database: LocalDatabase, of primary: Database, timeout: Duration) async throws -> DriverOutcome
    /// Has it acknowledge nothing that no replica has.
    func requireReplica(_ database: LocalDatabase) async throws -> DriverOutcome
    /// Has it acknowledge by itself.
    func waiveReplica(_ database: LocalDatabase) async throws -> DriverOutcome
}

/// A member on this server, with its Unix socket as this server sees it.
package struct LocalDatabase: Sendable, Hashable {
    package var database: Database
    package var socketPath: String

    package init(database: Database, socketPath: String) {
        self.database = database
        self.socketPath = socketPath
    }

    var name: String { database.container }
}

/// What a member of a replicated database says of itself.
package struct DatabaseStanding: Sendable, Equatable {
    /// How it follows another.
    package struct Following: Sendable, Equatable {
        package var host: String
        package var port: Int
        /// Its connection to the primary stands.
        package var isReceiving: Bool
        /// It does not even try to receive.
        package var isSevered: Bool
        package var isApplying: Bool
        /// It waits for more to apply.
        package var hasAppliedAll: Bool
        /// Whole transactions received.
        package var received: GTIDPosition
        package var lagSeconds: Double?
        package var receiveError: String
        package var applyError: String
    }

    package var serverID: UInt32
    package var isReadOnly: Bool
    package var writesBinaryLog: Bool
    /// All that it ever wrote into its binary log, by writer.
    package var history: GTIDPosition
    /// The last transaction of each domain that it has.
    package var position: GTIDPosition
    /// Nil for one that follows nobody.
    package var following: Following?
    /// It acknowledges nothing that no replica has.
    package var requiresReplica: Bool
    /// Replicas connected that acknowledge.
    package var acknowledgingReplicas: Int
    /// It acknowledges what it receives.
    package var isAcknowledging = false

    /// Takes writes and follows nobody.
    package var isPrimary: Bool { !isReadOnly && following == nil }
    /// All it has or will have once it has applied what it received.
    package var reached: GTIDPosition { position.union(history).union(following?.received ?? GTIDPosition()) }

    package func follows(_ primary: Database) -> Bool {
        following.map { $0.host == primary.host && $0.port == primary.access.port } ?? false
    }
}
