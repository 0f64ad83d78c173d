import GRDB

extension StateStore {
    /// Adds one to a counter and returns it: a number that was never given before, whatever crashed in between.
    package func nextToken(_ name: String) throws(StateStoreError) -> Int64 {
        try write("counting \(name)") { try StateStore.increment(name, $0) }
    }

    /// A value kept under a name, or nil.
    package func setting(_ name: String) throws(StateStoreError) -> String? {
        try read("reading the setting \(name)") { database in
            try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name])
        }
    }

    /// Keeps a value under a name; nil forgets it.
    package func set(_ name: String, to value: String?) throws(StateStoreError) {
        try write("writing the setting \(name)") { database in
            guard let value else {
                try database.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [name])
                return
            }
            try database.execute(sql: "INSERT OR REPLACE INTO setting VALUES (?, ?)", arguments: [name, value])
        }
    }

    /// Keeps a value under a name, or forgets it, and tells the audit log in the same transaction.
    package func set(
        _ name: String, to value: String?, at now: Int64, by actor: String, _ kind: String, _ subject: String, _ detail: String
    ) throws(StateStoreError) {
        try write("writing the setting \(name)") { database in
            if let value {
                try database.execute(sql: "INSERT OR REPLACE INTO setting VALUES (?, ?)", arguments: [name, value])
            } else {
                try database.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [name])
            }
            try StateStore.audit(database, at: now, by: actor, kind, subject, detail)
        }
    }

    static func increment(_ name: String, _ database: Database) throws -> Int64 {
        try database.execute(
            sql: "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
            arguments: [name])
        return try Int64.fetchOne(database, sql: "SELECT value FROM counter WHERE name = ?", arguments: [name]) ?? 1
    }
}
