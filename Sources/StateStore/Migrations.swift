import GRDB

/// The tables, version by version. A migration that has been released is never changed; another is added after it.
enum Migrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: inventory, alerts, bans, plans, journal") { database in
            try database.execute(sql: first)
        }
        migrator.registerMigration("2: deletions of logs") { database in
            try database.execute(sql: second)
        }
        migrator.registerMigration("3: audit log, orders that hold") { database in
            try database.execute(sql: third)
        }
        return migrator
    }

    private static let first = """
        CREATE TABLE server (
            name TEXT PRIMARY KEY, position INTEGER NOT NULL, document TEXT NOT NULL
        ) STRICT;
        CREATE TABLE container (
            name TEXT PRIMARY KEY, server TEXT NOT NULL, role TEXT NOT NULL, document TEXT NOT NULL
        ) STRICT;
        CREATE TABLE lease (
            id INTEGER PRIMARY KEY, server TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
            period_seconds REAL NOT NULL, periods INTEGER NOT NULL, fencing_token INTEGER NOT NULL, plan TEXT
        ) STRICT;
        CREATE UNIQUE INDEX lease_running ON lease (server) WHERE ended_at IS NULL;
        CREATE TABLE alert (
            rule TEXT NOT NULL, fingerprint TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (rule, fingerprint)
        ) STRICT;
        CREATE TABLE silence (
            id TEXT PRIMARY KEY, matchers TEXT NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
            created_by TEXT NOT NULL, comment TEXT NOT NULL
        ) STRICT;
        CREATE TABLE ban (
            address TEXT PRIMARY KEY, from_time INTEGER NOT NULL, until_time INTEGER NOT NULL, reason TEXT NOT NULL,
            evidence TEXT NOT NULL, repetition INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE plan (
            id TEXT PRIMARY KEY, purpose TEXT NOT NULL, state TEXT NOT NULL, document TEXT NOT NULL,
            created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER, message TEXT NOT NULL
        ) STRICT;
        CREATE INDEX plan_state ON plan (state);
        CREATE TABLE journal (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, plan TEXT NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
            step INTEGER NOT NULL, phase TEXT NOT NULL, outcome TEXT, message TEXT NOT NULL, saved TEXT,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX journal_plan ON journal (plan, sequence);
        CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
        CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
        """

    private static let second = """
        CREATE TABLE log_deletion (
            id INTEGER PRIMARY KEY AUTOINCREMENT, query TEXT NOT NULL, from_time INTEGER NOT NULL, through_time INTEGER NOT NULL,
            time INTEGER NOT NULL
        ) STRICT;
        """

    private static let third = """
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
            detail TEXT NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL
        ) STRICT;
        CREATE TABLE audit_mark (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
        CREATE TABLE held_order (id TEXT PRIMARY KEY, document TEXT NOT NULL, until_time INTEGER NOT NULL) STRICT;
        """
}
