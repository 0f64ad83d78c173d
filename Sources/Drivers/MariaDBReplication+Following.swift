package import AgentContract

extension MariaDBReplication {
    package func sever(_ database: LocalDatabase, expectsLoss: Bool) async throws -> DriverOutcome {
        guard let following = try await standing(of: database).following else {
            return .unchanged("\(database.name) follows nobody")
        }
        if following.isSevered { return .unchanged("\(database.name) listens to nobody already") }
        if expectsLoss, following.isReceiving {
            // What vanished without a word is noticed by its heartbeats.
            try await poll(
                within: .seconds(MariaDBReplication.silenceSeconds + 1),
                "\(database.name) still hears \(following.host):\(following.port), so that is not dead; it was not given up"
            ) {
                try await standing(of: database).following?.isReceiving == true ? nil : true
            }
        }
        // As it ceases, it tells its primary so over a connection of its own, which may find nobody.
        try await run(
            ["SET GLOBAL rpl_semi_sync_slave_kill_conn_timeout = 1", "STOP SLAVE IO_THREAD"], on: database,
            timeout: MariaDBReplication.changeTimeout)
        return .done("\(database.name) listens to \(following.host):\(following.port) no longer")
    }

    package func resume(_ database: LocalDatabase) async throws -> DriverOutcome {
        let standing = try await standing(of: database)
        guard let following = standing.following else {
            throw DriverError(
                .failed, "\(database.name) follows nobody, so there is nothing to resume; have it follow the primary")
        }
        if following.isReceiving, standing.isAcknowledging {
            return .unchanged("\(database.name) listens and acknowledges already")
        }
        // Whether it acknowledges is agreed when it connects.
        try await run(
            (following.isSevered ? [] : ["STOP SLAVE IO_THREAD"])
                + [
                    MariaDBReplication.replicaID, "SET GLOBAL rpl_semi_sync_slave_enabled = 1", "START SLAVE IO_THREAD",
                ],
            on: database, timeout: MariaDBReplication.changeTimeout)
        return .done("\(database.name) listens to \(following.host):\(following.port) and acknowledges")
    }

    package func follow(_ database: LocalDatabase, primary: Database) async throws -> DriverOutcome {
        try await follow(database, primary: primary, asReplicaOfReplica: false)
    }

    func follow(
        _ database: LocalDatabase, primary: Database, asReplicaOfReplica: Bool
    ) async throws -> DriverOutcome {
        let own = try await standing(of: database)
        guard own.isReadOnly else {
            throw DriverError(.failed, "\(database.name) takes writes and can follow nobody; demote it first")
        }
        if let following = own.following, own.follows(primary), following.isReceiving, following.isApplying, !own.isAcknowledging
        {
            return .unchanged("\(database.name) follows \(primary.container) already")
        }
        let other = try await standing(of: primary)
        guard asReplicaOfReplica || other.isPrimary else {
            throw DriverError(
                .failed, "\(database.name) can't follow \(primary.container), which is no primary; promote it first")
        }
        guard other.serverID != own.serverID else {
            throw DriverError(
                .failed,
                "\(database.name) and \(primary.container) both have server_id \(own.serverID); each needs its own in its configuration"
            )
        }
        try checkHistory(own, of: database, in: other, of: primary, isAll: !asReplicaOfReplica)
        // Whoever waits for an acknowledgement here must not get it from the change.
        try await endConnections(to: database)
        try await run(try change(primary), on: database, timeout: MariaDBReplication.changeTimeout)
        try await poll(within: MariaDBReplication.changeTimeout, "\(database.name) was not connected to \(primary.container)") {
            guard let following = try await standing(of: database).following else { return true }
            try check(following, of: database, primary)
            return following.isReceiving && following.isApplying ? true : nil
        }
        return .done("\(database.name) follows \(primary.container)")
    }

    /// A member with transactions of its own would fork the data: they were acknowledged by no replica that is left.
    private func checkHistory(
        _ own: DatabaseStanding, of database: LocalDatabase, in other: DatabaseStanding, of primary: Database, isAll: Bool
    ) throws {
        // The primary's relay log is empty; of a peer, what it has received counts as well.
        let missing = other.reached.missing(from: isAll ? own.history.union(own.position) : own.history)
        guard missing.isEmpty else {
            throw DriverError(
                .failed,
                "\(database.name) can't follow \(primary.container): it has \(missing), which \(primary.container) has not. No client was "
                    + "told that these succeeded while replicas were required. Look at them with mariadb-binlog if need be, then empty its "
                    + "data directory, seed it anew with mariadb-backup from \(primary.container) and start it; with init-rpl-role = SLAVE "
                    + "and rpl_semi_sync_slave_enabled = 1 a server that crashed drops them by itself")
        }
    }

    private func check(
        _ following: DatabaseStanding.Following, of database: LocalDatabase, _ primary: Database
    ) throws {
        if !following.applyError.isEmpty, !following.isApplying {
            throw DriverError(
                .failed, "\(database.name) can't apply what comes from \(primary.container): \(following.applyError)")
        }
        // A fatal one ends the thread; others are tried again.
        if following.isSevered, !following.receiveError.isEmpty {
            throw DriverError(
                .failed,
                "\(database.name) can't listen to \(primary.container): \(following.receiveError). If its binary logs do not reach back far "
                    + "enough, seed \(database.name) with mariadb-backup from \(primary.container)")
        }
    }

    /// A replica passes over what carries its own `server_id`. A former primary that dropped its last transactions at its start gets them
    /// back from the new primary, still with its number on them: so while it follows it goes by another, the highest bit set.
    static let replicaID = "SET GLOBAL server_id = @@GLOBAL.server_id | 2147483648"
    /// The number of its configuration, for what it writes itself.
    static let primaryID = "SET GLOBAL server_id = @@GLOBAL.server_id & 2147483647"

    private func change(_ primary: Database) throws -> [String] {
        let access = primary.access
        let password = MariaDBClient.quoted(try MariaDBClient.password(of: access))
        try MariaDBClient.check(primary)
        return [
            "STOP SLAVE", "SET GLOBAL rpl_semi_sync_master_enabled = 0", "SET GLOBAL rpl_semi_sync_slave_enabled = 0",
            "SET GLOBAL slave_net_timeout = \(MariaDBReplication.silenceSeconds)",
            // A former primary begins where its own writing ended.
            "SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_current_pos",
            """
            CHANGE MASTER TO MASTER_HOST = \(MariaDBClient.quoted(primary.host)), MASTER_PORT = \(access.port), \
            MASTER_USER = \(MariaDBClient.quoted(access.user)), MASTER_PASSWORD = \(password), MASTER_USE_GTID = slave_pos, \
            MASTER_HEARTBEAT_PERIOD = 1, MASTER_CONNECT_RETRY = 1
            """,
            MariaDBReplication.replicaID, "START SLAVE",
        ]
    }

    package func waitForAll(
        _ database: LocalDatabase, of primary: Database, timeout: Duration
    ) async throws -> DriverOutcome {
        let target = try await standing(of: primary)
        let wanted = target.position.union(target.history)
        return try await poll(within: timeout, "\(database.name) did not get all that \(primary.container) has (\(wanted))") {
            let now = try await standing(of: database)
            if now.position.union(now.history).reaches(wanted) { return .done("\(database.name) has all up to \(now.position)") }
            if let following = now.following { try check(following, of: database, primary) }
            return nil
        }
    }
}
