import Foundation
import GRDB

/// What looking through the whole audit log found.
package struct AuditVerdict: Sendable, Equatable, Codable {
    /// Lines looked at.
    package var lines: Int64
    /// The last line that is in order: worth noting down elsewhere.
    package var head: AuditMark
    /// What is wrong first; nil where nothing is.
    package var problem: String?
}

extension StateStore {
    /// Lines kept; older ones go, and the mark of the last that went is where the chain begins then.
    package static let maximumAuditLines: Int64 = 1_000_000
    /// Longest text of a line, in characters; longer ones are cut.
    package static let maximumAuditText = 4_000
    private static let linesAtOnce = 5_000

    /// Adds a line of its own, for what changes no other table.
    package func audit(
        at now: Int64, by actor: String, _ kind: String, _ subject: String, _ detail: String
    ) throws(StateStoreError) {
        try write("writing the audit log") { database in
            try StateStore.audit(database, at: now, by: actor, kind, subject, detail)
        }
    }

    /// The latest lines, newest first.
    package func auditRecords(limit: Int, before sequence: Int64 = .max) throws(StateStoreError) -> [AuditRecord] {
        try read("reading the audit log") { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
                arguments: [sequence, limit]
            ).map(StateStore.auditRecord)
        }
    }

    /// Looks through the whole log.
    /// - Parameter noted: a mark that was written down earlier and has to be in it.
    package func verifyAudit(noted: AuditMark? = nil) throws(StateStoreError) -> AuditVerdict {
        var chain: AuditChain?
        var lines: Int64 = 0
        var position = Int64.min
        // In pieces, as the monitor goes on writing; the last piece and the mark of the end are of one moment.
        while true {
            let (records, start, end) = try read("reading the audit log") { database in
                (
                    try Row.fetchAll(
                        database, sql: "SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
                        arguments: [position, StateStore.linesAtOnce]
                    ).map(StateStore.auditRecord),
                    try StateStore.mark("start", database) ?? .origin, try StateStore.mark("head", database) ?? .origin
                )
            }
            var following = chain ?? AuditChain(after: start, noted: noted)
            for record in records { following.append(record) }
            lines += Int64(records.count)
            guard records.count == StateStore.linesAtOnce, following.problem == nil, let last = records.last else {
                return AuditVerdict(lines: lines, head: following.last, problem: following.finding(end: end))
            }
            position = last.sequence
            chain = following
        }
    }

    /// Adds a line in the transaction of what it tells of, so that neither can be without the other.
    static func audit(
        _ database: Database, at now: Int64, by actor: String, _ kind: String, _ subject: String, _ detail: String
    ) throws {
        let record = AuditRecord.following(
            try mark("head", database) ?? .origin, time: now, actor: cut(actor), kind: kind, subject: cut(subject),
            detail: cut(detail))
        try database.execute(
            sql: "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                record.sequence, record.time, record.actor, record.kind, record.subject, record.detail, record.previous,
                record.hash,
            ])
        try setMark("head", AuditMark(sequence: record.sequence, hash: record.hash), database)
        try prune(database, upTo: record.sequence - maximumAuditLines)
    }

    private static func prune(_ database: Database, upTo last: Int64) throws {
        guard last > 0,
            let hash = try Data.fetchOne(database, sql: "SELECT hash FROM audit WHERE sequence = ?", arguments: [last])
        else { return }
        try database.execute(sql: "DELETE FROM audit WHERE sequence <= ?", arguments: [last])
        try setMark("start", AuditMark(sequence: last, hash: hash), database)
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= maximumAuditText ? text : String(text.prefix(maximumAuditText))
    }

    private static func mark(_ name: String, _ database: Database) throws -> AuditMark? {
        try Row.fetchOne(database, sql: "SELECT sequence, hash FROM audit_mark WHERE name = ?", arguments: [name])
            .map { AuditMark(sequence: $0["sequence"], hash: $0["hash"]) }
    }

    private static func setMark(_ name: String, _ mark: AuditMark, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO audit_mark VALUES (?, ?, ?)", arguments: [name, mark.sequence, mark.hash])
    }

    private static func auditRecord(_ row: Row) -> AuditRecord {
        AuditRecord(
            sequence: row["sequence"], time: row["time"], actor: row["actor"], kind: row["kind"], subject: row["subject"],
            detail: row["detail"], previous: row["previous"], hash: row["hash"])
    }
}
