import GRDB

/// An order that holds for a time, as it is kept: its document is JSON of whoever gives it back.
package struct HeldOrderRecord: Sendable, Equatable {
    /// The id of the plan that carried it out.
    package var id: String
    package var document: String
    /// Milliseconds since 1970.
    package var until: Int64

    package init(id: String, document: String, until: Int64) {
        self.id = id
        self.document = document
        self.until = until
    }
}

extension StateStore {
    /// Orders that hold, those that end first before the others.
    package func heldOrders() throws(StateStoreError) -> [HeldOrderRecord] {
        try read("reading orders that hold") { database in
            try Row.fetchAll(database, sql: "SELECT * FROM held_order ORDER BY until_time, id").map { row in
                HeldOrderRecord(id: row["id"], document: row["document"], until: row["until_time"])
            }
        }
    }

    /// Forgets one.
    package func dropHeldOrder(_ id: String, because reason: String, at now: Int64) throws(StateStoreError) {
        try write("dropping the held order \(id)") { database in
            try database.execute(sql: "DELETE FROM held_order WHERE id = ?", arguments: [id])
            guard database.changesCount > 0 else { return }
            try StateStore.audit(database, at: now, by: "scaler", "hold", id, "ended: \(reason)")
        }
    }
}
