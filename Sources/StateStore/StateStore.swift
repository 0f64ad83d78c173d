import Foundation
import GRDB

/// All that is small, relational and must never be lost: inventory, leases, alerts, silences, bans, plans and their journal.
///
/// One SQLite file in WAL mode with `synchronous=FULL`: what a call has returned from survives a power cut. The file belongs to
/// one process: a second monitor on it is refused. Calls block for a transaction (a write waits for the disk), so they are meant
/// for decisions, never for samples or lines.
package final class StateStore: Sendable {
    /// Most plans kept with their journals; the oldest finished ones go first.
    package static let maximumPlans = 10_000

    let path: String
    private let queue: DatabaseQueue

    /// Opens the file, makes it where there is none, and brings its tables up to date.
    package init(path: String) throws(StateStoreError) {
        self.path = path
        do {
            var configuration = GRDB.Configuration()
            configuration.journalMode = .wal
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
            }
            queue = try DatabaseQueue(path: path, configuration: configuration)
            // A transaction that writes takes the exclusive lock now, not at the first plan.
            try queue.write { try $0.execute(sql: "PRAGMA user_version = 1") }
            try Migrations.all.migrate(queue)
        } catch {
            throw StateStoreError(error, doing: "opening", path: path)
        }
    }

    /// A store in memory, gone with the value.
    package init() throws(StateStoreError) {
        path = ":memory:"
        do {
            queue = try DatabaseQueue()
            try Migrations.all.migrate(queue)
        } catch {
            throw StateStoreError(error, doing: "opening", path: ":memory:")
        }
    }

    /// Writes a copy as of now to a new file, for backups.
    package func snapshot(to copy: String) throws(StateStoreError) {
        do {
            try queue.vacuum(into: copy)
        } catch {
            throw StateStoreError(error, doing: "writing the snapshot \(copy)", path: path)
        }
    }

    /// Closes the file. Later calls throw.
    package func close() throws(StateStoreError) {
        do {
            try queue.close()
        } catch {
            throw StateStoreError(error, doing: "closing", path: path)
        }
    }

    func read<Value>(_ what: String, _ body: (Database) throws -> Value) throws(StateStoreError) -> Value {
        do {
            return try queue.read(body)
        } catch let error as StateStoreError {
            throw error
        } catch {
            throw StateStoreError(error, doing: what, path: path)
        }
    }

    func write<Value>(_ what: String, _ body: (Database) throws -> Value) throws(StateStoreError) -> Value {
        do {
            return try queue.write(body)
        } catch let error as StateStoreError {
            throw error
        } catch {
            throw StateStoreError(error, doing: what, path: path)
        }
    }

    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String, _ object: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StateStoreError(
                .invalidRecord, "\(object) does not read as \(type): \(error); restore the state file from a snapshot")
        }
    }
}
