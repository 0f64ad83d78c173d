import GRDB
package import Telemetry

/// Log entries that were removed on request: who asks later what became of a request for privacy finds it here.
package struct LogDeletionRecord: Sendable, Equatable {
    /// Given by the store.
    package var id: Int64 = 0
    /// The selector, as it was written.
    package var query: String
    package var range: ClosedRange<Nanoseconds>
    /// When it was carried out.
    package var time: Nanoseconds

    package init(query: String, range: ClosedRange<Nanoseconds>, time: Nanoseconds) {
        self.query = query
        self.range = range
        self.time = time
    }
}

extension StateStore {
    /// Most deletions that are told of at once.
    package static let maximumLogDeletions = 1000

    /// The latest deletions, the newest first.
    package func logDeletions() throws(StateStoreError) -> [LogDeletionRecord] {
        try read("reading deletions of logs") { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM log_deletion ORDER BY id DESC LIMIT ?", arguments: [StateStore.maximumLogDeletions]
            ).map { row in
                let (from, through): (Int64, Int64) = (row["from_time"], row["through_time"])
                var record = LogDeletionRecord(query: row["query"], range: from...max(from, through), time: row["time"])
                record.id = row["id"]
                return record
            }
        }
    }

    /// Writes down that entries were removed.
    package func addLogDeletion(_ deletion: LogDeletionRecord) throws(StateStoreError) {
        try write("writing a deletion of logs") { database in
            try database.execute(
                sql: "INSERT INTO log_deletion (query, from_time, through_time, time) VALUES (?, ?, ?, ?)",
                arguments: [deletion.query, deletion.range.lowerBound, deletion.range.upperBound, deletion.time])
        }
    }
}
