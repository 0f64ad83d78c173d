import GRDB

/// A ban of an address, in force or past; past ones are kept so that a repetition is seen as one.
package struct BanRecord: Sendable, Equatable {
    package var address: String
    /// Milliseconds since 1970.
    package var from: Int64
    package var until: Int64
    package var reason: String
    /// JSON: what it rests on.
    package var evidence: String
    /// How many bans the address has had, this one included.
    package var repetition: Int

    package init(address: String, from: Int64, until: Int64, reason: String, evidence: String = "{}", repetition: Int = 1) {
        self.address = address
        self.from = from
        self.until = until
        self.reason = reason
        self.evidence = evidence
        self.repetition = repetition
    }
}

extension StateStore {
    /// Every ban kept; `inForceAt` leaves out those that have expired by then.
    package func bans(inForceAt now: Int64? = nil) throws(StateStoreError) -> [BanRecord] {
        try read("reading bans") { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM ban WHERE until_time > ? ORDER BY from_time, address",
                arguments: [now ?? Int64.min]
            )
            .map { row in
                BanRecord(
                    address: row["address"], from: row["from_time"], until: row["until_time"], reason: row["reason"],
                    evidence: row["evidence"], repetition: row["repetition"])
            }
        }
    }

    /// Adds a ban or replaces the one of its address.
    package func putBan(_ ban: BanRecord) throws(StateStoreError) {
        try write("writing the ban of \(ban.address)") { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO ban VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [ban.address, ban.from, ban.until, ban.reason, ban.evidence, ban.repetition])
            try StateStore.audit(
                database, at: ban.from, by: "executor", "ban", ban.address,
                "until \(ban.until), \(ban.repetition). time: \(ban.reason)")
        }
    }

    /// Ends a ban at a time; it is remembered.
    package func endBan(of address: String, at now: Int64) throws(StateStoreError) {
        try write("ending the ban of \(address)") { database in
            try database.execute(
                sql: "UPDATE ban SET until_time = min(until_time, ?) WHERE address = ?", arguments: [now, address])
            guard database.changesCount > 0 else { return }
            try StateStore.audit(database, at: now, by: "executor", "unban", address, "ended")
        }
    }

    /// Forgets bans that expired before a time.
    package func dropBans(endedBefore time: Int64) throws(StateStoreError) {
        try write("dropping old bans") { database in
            try database.execute(sql: "DELETE FROM ban WHERE until_time < ?", arguments: [time])
        }
    }
}
