import GRDB
package import Telemetry

/// A silence: alerts that match all of it are neither told nor acted upon while it lasts.
package struct SilenceRecord: Sendable, Equatable {
    package var id: String
    package var matchers: [LabelMatcher]
    package var startsAt: Milliseconds
    package var endsAt: Milliseconds
    package var createdBy: String
    package var comment: String

    package init(
        id: String, matchers: [LabelMatcher], startsAt: Milliseconds, endsAt: Milliseconds, createdBy: String,
        comment: String
    ) {
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.createdBy = createdBy
        self.comment = comment
    }

    /// Whether it mutes an alert of these labels at a time.
    package func mutes(_ labels: Labels, at now: Milliseconds) -> Bool {
        startsAt <= now && now < endsAt && !matchers.isEmpty && matchers.allMatch(labels)
    }
}

private struct StoredMatcher: Codable {
    var name: String
    var operation: String
    var value: String
}

extension StateStore {
    /// Every silence kept, expired ones too.
    package func silences() throws(StateStoreError) -> [SilenceRecord] {
        try read("reading silences") { database in
            try Row.fetchAll(database, sql: "SELECT * FROM silence ORDER BY starts_at, id").map { row in
                let id: String = row["id"]
                let stored = try StateStore.decode([StoredMatcher].self, row["matchers"], "silence \(id)")
                return SilenceRecord(
                    id: id,
                    matchers: try stored.map { matcher in
                        guard let operation = LabelMatcher.Operation(rawValue: matcher.operation) else {
                            throw StateStoreError(.invalidRecord, "silence \(id) has no operation \(matcher.operation)")
                        }
                        return try LabelMatcher(matcher.name, operation, matcher.value)
                    },
                    startsAt: row["starts_at"], endsAt: row["ends_at"], createdBy: row["created_by"],
                    comment: row["comment"])
            }
        }
    }

    /// Adds a silence or replaces the one of its id.
    package func putSilence(_ silence: SilenceRecord) throws(StateStoreError) {
        try write("writing silence \(silence.id)") { database in
            let matchers = silence.matchers.map {
                StoredMatcher(name: $0.name, operation: $0.operation.rawValue, value: $0.value)
            }
            try database.execute(
                sql: "INSERT OR REPLACE INTO silence VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    silence.id, try StateStore.encode(matchers), silence.startsAt, silence.endsAt, silence.createdBy,
                    silence.comment,
                ])
        }
    }

    /// Removes silences that ended before a time.
    package func dropSilences(endedBefore time: Milliseconds) throws(StateStoreError) {
        try write("dropping old silences") { database in
            try database.execute(sql: "DELETE FROM silence WHERE ends_at < ?", arguments: [time])
        }
    }
}
