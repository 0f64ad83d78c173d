package import AgentContract

extension MariaDBReplication {
    package func promote(_ database: LocalDatabase, _ promotion: DatabasePromotion) async throws -> DriverOutcome {
        for lost in promotion.lost { try await checkLost(lost, before: database) }
        let peers = try await peers(of: database, promotion)
        let before = try await standing(of: database)
        guard before.writesBinaryLog else {
            throw DriverError(
                .failed, "\(database.name) can't be a primary: it needs log_bin and log_slave_updates in its configuration")
        }
        if before.isPrimary { return try await promoted(database, before, promotion) }
        if let following = before.following {
            guard following.isSevered else {
                throw DriverError(
                    .failed,
                    "\(database.name) still listens to \(following.host):\(following.port), which could acknowledge more; sever it first"
                )
            }
            try await waitUntilApplied(database)
        }
        for (peer, standing) in peers { try await fetchRest(database, from: peer, standing) }
        // Writes come last: none may be acknowledged in between by other rules than these.
        let statements =
            ["STOP SLAVE", "RESET SLAVE ALL", MariaDBReplication.primaryID]
            + (promotion.requiresReplica ? MariaDBReplication.strict : MariaDBReplication.relaxed)
            + ["SET GLOBAL read_only = 0"]
        try await run(statements, on: database, timeout: MariaDBReplication.changeTimeout)
        let after = try await standing(of: database)
        guard after.isPrimary else { throw DriverError(.failed, "\(database.name) takes no writes although it was told to") }
        return .done("\(database.name) is the primary, from \(after.position)")
    }

    private func promoted(
        _ database: LocalDatabase, _ standing: DatabaseStanding, _ promotion: DatabasePromotion
    ) async throws -> DriverOutcome {
        // Sent again after an answer was lost; a replica that joined since keeps its right to be waited for.
        guard promotion.requiresReplica, !standing.requiresReplica else {
            return .unchanged("\(database.name) is the primary already, at \(standing.position)")
        }
        try await run(MariaDBReplication.strict, on: database)
        return .done("\(database.name) was the primary and acknowledges nothing without a replica now")
    }

    /// One that is given up must not be found writing.
    private func checkLost(_ lost: Database, before database: LocalDatabase) async throws {
        let standing: DatabaseStanding
        do {
            standing = try await self.standing(of: lost)
        } catch let error as DriverError where error.code == .unreachable || error.code == .timedOut {
            return
        }
        guard standing.isReadOnly else {
            throw DriverError(
                .failed,
                "\(database.name) is not promoted: \(lost.container) was given up, but it answers at \(lost.host) and takes writes; demote "
                    + "it first")
        }
    }

    /// Whoever may have acknowledged something has to be heard.
    private func peers(
        of database: LocalDatabase, _ promotion: DatabasePromotion
    ) async throws -> [(Database, DatabaseStanding)] {
        var standings: [(Database, DatabaseStanding)] = []
        for peer in promotion.peers {
            let standing: DatabaseStanding
            do {
                standing = try await self.standing(of: peer)
            } catch let error as DriverError {
                throw DriverError(
                    error.code,
                    "\(database.name) is not promoted: \(peer.container) may have what \(database.name) has not, and can't be asked "
                        + "(\(error.message)); bring it back")
            }
            guard standing.isReadOnly else {
                throw DriverError(
                    .failed, "\(database.name) is not promoted: \(peer.container) takes writes; demote it first")
            }
            if let following = standing.following, !following.isSevered, !standing.follows(database.database) {
                throw DriverError(
                    .failed,
                    "\(database.name) is not promoted: \(peer.container) still listens to \(following.host):\(following.port), which could "
                        + "acknowledge more; sever it first")
            }
            standings.append((peer, standing))
        }
        return standings
    }

    /// A replica acknowledges what it has received, so that has to be applied before its threads may stop.
    private func waitUntilApplied(_ database: LocalDatabase) async throws {
        try await poll(within: MariaDBReplication.promotionTimeout, "\(database.name) did not apply all it has received") {
            guard let following = try await standing(of: database).following else { return true }
            guard following.isApplying else {
                throw DriverError(
                    .failed,
                    "\(database.name) is not promoted: it does not apply what it has received (\(following.applyError)); mend that and "
                        + "START SLAVE SQL_THREAD on it")
            }
            let standing = try await standing(of: database)
            return standing.position.reaches(following.received) && following.hasAppliedAll ? true : nil
        }
    }

    /// Another replica may have acknowledged what this one never received: it is fetched from there.
    private func fetchRest(_ database: LocalDatabase, from peer: Database, _ standing: DatabaseStanding) async throws {
        let own = try await self.standing(of: database)
        guard !own.position.union(own.history).reaches(standing.reached) else { return }
        _ = try await follow(database, primary: peer, asReplicaOfReplica: true)
        try await poll(
            within: MariaDBReplication.promotionTimeout, "\(database.name) did not get the rest from \(peer.container)"
        ) {
            let now = try await self.standing(of: database)
            return now.position.union(now.history).reaches(standing.reached) ? true : nil
        }
    }
}
