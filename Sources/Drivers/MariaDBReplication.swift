import AgentContract

/// MariaDB 10.6 and later, replicated by GTID and semi-synchronously, commanded by the `mariadb` client program.
///
/// Every member starts read-only and as nobody's primary (`read_only = 1`, `init-rpl-role = SLAVE`); only ``promote(_:_:)`` makes one
/// writable. The module's page says which settings and which account are needed.
package struct MariaDBReplication: DatabaseReplication {
    /// How often a member is asked while something is waited for.
    static let pause = Duration.milliseconds(50)
    /// Longest a promotion waits until what was received is applied.
    static let promotionTimeout = Duration.seconds(Int64(DatabaseTimes.promotionSeconds))
    /// Longest a change of a member's role may take.
    static let changeTimeout = Duration.seconds(10)
    /// Longest a replica may take to connect to its primary and to agree that it acknowledges.
    static let connectTimeout = Duration.seconds(5)
    /// Seconds without a heartbeat, sent each second, after which a primary counts as not heard.
    static let silenceSeconds = 4

    let client: MariaDBClient

    package init(program: String = "mariadb") { client = MariaDBClient(program: program) }

    package func standing(of database: LocalDatabase) async throws -> DatabaseStanding {
        try await standing(by: .socket(database.socketPath), of: database.name)
    }

    /// Another member's, asked over the network.
    func standing(of database: Database) async throws -> DatabaseStanding {
        try await standing(by: .network(database), of: database.container)
    }

    private func standing(by link: MariaDBClient.Link, of name: String) async throws -> DatabaseStanding {
        try MariaDBStanding.standing(try await client.run(MariaDBStanding.statements, on: link), of: name)
    }

    // MARK: - Taking the right to write

    package func demote(_ database: LocalDatabase, answersWithin: Duration = .zero) async throws -> DriverOutcome {
        let before: DatabaseStanding
        do {
            before = try await poll(within: answersWithin, "\(database.name) did not answer") {
                do {
                    return try await standing(of: database)
                } catch let error as DriverError where error.code == .unreachable && answersWithin > .zero {
                    return nil
                }
            }
        } catch let error as DriverError where error.code == .unreachable {
            // Who does not answer writes nothing, and comes back read-only.
            return .unchanged("\(database.name) does not run: \(error.message)")
        }
        if before.isReadOnly, before.following != nil || before.requiresReplica {
            return .unchanged("\(database.name) takes no writes already")
        }
        // What is being committed right now must not be acknowledged by this server alone any more. A replica's own commits must not
        // wait for acknowledgements.
        if before.following == nil { try await run(MariaDBReplication.strict, on: database) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // It waits for commits under way, and those for an acknowledgement that may never come: their connections are ended. A
            // client whose connection ends has no acknowledgement.
            group.addTask { try await setReadOnly(database) }
            group.addTask {
                while !Task.isCancelled {
                    try await endConnections(to: database)
                    try? await Task.sleep(for: MariaDBReplication.pause)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        try await endConnections(to: database)
        let after = try await standing(of: database)
        guard after.isReadOnly else { throw DriverError(.failed, "\(database.name) still takes writes") }
        return .done("\(database.name) takes no writes, at \(after.position)")
    }

    private func setReadOnly(_ database: LocalDatabase) async throws {
        var triesLeft = 20
        while true {
            triesLeft -= 1
            do {
                return try await run(["SET GLOBAL read_only = 1"], on: database, timeout: MariaDBReplication.changeTimeout)
            } catch let error as DriverError where error.code == .unreachable && triesLeft > 0 {
                // Its own connection is ended with the others where it is seen before its statement.
                continue
            }
        }
    }

    /// Ends every client's connection, but those of the members and the one that is taking the right to write.
    func endConnections(to database: LocalDatabase) async throws {
        let link = MariaDBClient.Link.socket(database.socketPath)
        let account = MariaDBClient.quoted(database.database.access.user)
        let clients = try await client.column(
            [
                """
                SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND COMMAND NOT LIKE 'Binlog Dump%' \
                AND COMMAND NOT LIKE 'Slave%' AND COMMAND <> 'Daemon' AND USER NOT IN ('system user', 'event_scheduler', \(account)) \
                AND COALESCE(INFO, '') NOT LIKE 'SET GLOBAL read_only%' LIMIT 1000
                """
            ], on: link)
        // One that has gone meanwhile is no failure, so each is ended by itself and what is left is looked at again.
        let kills = clients.compactMap { UInt64($0) }.map { "KILL HARD CONNECTION \($0)" }
        guard !kills.isEmpty else { return }
        let handler = "BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR 1094 BEGIN END; \(kills.joined(separator: "; ")); END"
        try await client.run(["DELIMITER //\n\(handler)//\nDELIMITER "], on: link)
    }

    // MARK: - Acknowledgements

    package func requireReplica(_ database: LocalDatabase) async throws -> DriverOutcome {
        // One that was just told to acknowledge connects anew.
        let standing = try await poll(
            within: MariaDBReplication.connectTimeout,
            "no replica of \(database.name) acknowledges, so nothing could be committed any more; look at the replicas: none did so"
        ) { () async throws -> DatabaseStanding? in
            let standing = try await self.standing(of: database)
            guard standing.isPrimary else {
                throw DriverError(.failed, "\(database.name) is no primary that takes writes, so it acknowledges nothing")
            }
            return standing.acknowledgingReplicas > 0 ? standing : nil
        }
        if standing.requiresReplica { return .unchanged("\(database.name) waits for its replicas already") }
        try await run(MariaDBReplication.strict, on: database)
        return .done("\(database.name) acknowledges what a replica has, and nothing else")
    }

    package func waiveReplica(_ database: LocalDatabase) async throws -> DriverOutcome {
        let standing = try await standing(of: database)
        guard standing.isPrimary else {
            throw DriverError(.failed, "\(database.name) is no primary that takes writes; it may not acknowledge by itself")
        }
        guard standing.requiresReplica else { return .unchanged("\(database.name) acknowledges by itself already") }
        try await run(MariaDBReplication.relaxed, on: database)
        return .done("\(database.name) acknowledges without replicas")
    }

    /// A commit is seen and acknowledged once a replica has it, however long that takes.
    static let strict = [
        "SET GLOBAL rpl_semi_sync_master_wait_point = 'AFTER_SYNC'",
        "SET GLOBAL rpl_semi_sync_master_timeout = \(MariaDBStanding.longestTimeout)",
        "SET GLOBAL rpl_semi_sync_master_wait_no_slave = 1", "SET GLOBAL rpl_semi_sync_master_enabled = 1",
    ]
    static let relaxed = ["SET GLOBAL rpl_semi_sync_master_enabled = 0"]

    // MARK: - Helpers

    func run(_ statements: [String], on database: LocalDatabase, timeout: Duration = .seconds(5)) async throws {
        try await client.run(statements, on: .socket(database.socketPath), timeout: timeout)
    }

    /// Asks at short intervals until the answer is given.
    @discardableResult
    func poll<Answer>(
        within timeout: Duration, _ trouble: String, _ ask: () async throws -> Answer?
    ) async throws -> Answer {
        let end = ContinuousClock.now + timeout
        while true {
            if let answer = try await ask() { return answer }
            guard ContinuousClock.now < end else { throw DriverError(.timedOut, "\(trouble) within \(timeout)") }
            try await Task.sleep(for: MariaDBReplication.pause)
        }
    }
}
