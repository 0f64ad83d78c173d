import GRDB
package import Telemetry

/// An alert and what only its rule's state machine knows of it.
package struct AlertRecord: Sendable, Equatable, Codable {
    /// `GROUP/RULE`, or `external` for one that came through the API.
    package var rule: String
    package var alert: Alert
    /// Since when the condition is no longer true while `keep_firing_for` holds the alert up.
    package var keptSince: Milliseconds?

    package init(rule: String, alert: Alert, keptSince: Milliseconds? = nil) {
        self.rule = rule
        self.alert = alert
        self.keptSince = keptSince
    }
}

extension StateStore {
    /// Every alert kept.
    package func alerts() throws(StateStoreError) -> [AlertRecord] {
        try read("reading alerts") { database in
            try String.fetchAll(database, sql: "SELECT document FROM alert ORDER BY rule, fingerprint")
                .map { try StateStore.decode(AlertRecord.self, $0, "an alert") }
        }
    }

    /// Writes changed alerts and removes gone ones in one transaction.
    package func updateAlerts(put: [AlertRecord], remove: [AlertRecord]) throws(StateStoreError) {
        guard !put.isEmpty || !remove.isEmpty else { return }
        try write("writing alerts") { database in
            for record in remove {
                try database.execute(
                    sql: "DELETE FROM alert WHERE rule = ? AND fingerprint = ?",
                    arguments: [record.rule, record.alert.fingerprint])
            }
            for record in put {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO alert (rule, fingerprint, document) VALUES (?, ?, ?)",
                    arguments: [record.rule, record.alert.fingerprint, try StateStore.encode(record)])
            }
        }
    }
}
