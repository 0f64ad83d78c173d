import GRDB
package import Topology

/// A line of the ledger: who, from when until when, and the periods billed for it.
package struct LeaseRecord: Sendable, Equatable {
    package var id: Int64
    package var server: String
    /// Milliseconds since 1970.
    package var startedAt: Int64
    /// Nil while it runs on.
    package var endedAt: Int64?
    package var periodSeconds: Double
    /// Started periods so far, or in all.
    package var periods: Int
    package var fencingToken: Int64
    /// The plan that attached the server.
    package var plan: String?

    /// The running lease as the inventory shows it.
    package var lease: Lease {
        Lease(server: server, from: startedAt, until: endedAt, fencingToken: fencingToken)
    }

    /// Started periods at a time: the first is owed at once.
    package static func startedPeriods(from start: Int64, to end: Int64, periodSeconds: Double) -> Int {
        let elapsed = Double(max(0, end - start)) / 1000
        guard periodSeconds > 0, elapsed > 0 else { return 1 }
        return max(1, Int(min(1e9, (elapsed / periodSeconds).rounded(.up))))
    }
}

extension StateStore {
    /// Starts a lease, or returns the one that runs on that server already.
    package func beginLease(
        of server: String, at now: Int64, periodSeconds: Double, plan: String?
    ) throws(StateStoreError) -> (record: LeaseRecord, isNew: Bool) {
        try write("leasing server \(server)") { database in
            let running = "WHERE ended_at IS NULL AND server = ?"
            if let record = try StateStore.ledger(database, running, [server]).first { return (record, false) }
            let token = try StateStore.increment("lease", database)
            try database.execute(
                sql: """
                    INSERT INTO lease (server, started_at, period_seconds, periods, fencing_token, plan)
                    VALUES (?, ?, ?, 1, ?, ?)
                    """,
                arguments: [server, now, periodSeconds, token, plan])
            guard let record = try StateStore.ledger(database, running, [server]).first else {
                throw StateStoreError(.other, "the lease of \(server) was not written; check the state file")
            }
            return (record, true)
        }
    }

    /// Ends the lease of a server and bills its started periods; nil where none runs.
    @discardableResult
    package func endLease(of server: String, at now: Int64) throws(StateStoreError) -> LeaseRecord? {
        try write("ending the lease of server \(server)") { database in
            guard
                let record = try StateStore.ledger(database, "WHERE ended_at IS NULL AND server = ?", [server]).first
            else { return nil }
            let periods = LeaseRecord.startedPeriods(
                from: record.startedAt, to: now, periodSeconds: record.periodSeconds)
            try database.execute(
                sql: "UPDATE lease SET ended_at = ?, periods = ? WHERE id = ?", arguments: [now, periods, record.id])
            return try StateStore.ledger(database, "WHERE id = ?", [record.id]).first
        }
    }

    /// Brings the billed periods of running leases up to a time.
    package func billLeases(at now: Int64) throws(StateStoreError) {
        try write("billing leases") { database in
            for record in try StateStore.ledger(database, "WHERE ended_at IS NULL") {
                let periods = LeaseRecord.startedPeriods(
                    from: record.startedAt, to: now, periodSeconds: record.periodSeconds)
                try database.execute(
                    sql: "UPDATE lease SET periods = max(periods, ?) WHERE id = ?", arguments: [periods, record.id])
            }
        }
    }

    /// Every lease there was, oldest first.
    package func ledger() throws(StateStoreError) -> [LeaseRecord] {
        try read("reading the ledger") { try StateStore.ledger($0, "") }
    }

    /// Leases that run on or ended at a time or later, oldest first.
    package func ledger(since start: Int64) throws(StateStoreError) -> [LeaseRecord] {
        try read("reading the ledger") {
            try StateStore.ledger($0, "WHERE ended_at IS NULL OR ended_at >= ?", [start])
        }
    }

    static func ledger(
        _ database: Database, _ condition: String, _ arguments: StatementArguments = []
    ) throws -> [LeaseRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM lease \(condition) ORDER BY id", arguments: arguments).map { row in
            LeaseRecord(
                id: row["id"], server: row["server"], startedAt: row["started_at"], endedAt: row["ended_at"],
                periodSeconds: row["period_seconds"], periods: row["periods"], fencingToken: row["fencing_token"],
                plan: row["plan"])
        }
    }
}
