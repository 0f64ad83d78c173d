import GRDB
import TestKit
import Testing

@testable import StateStore

@Suite("The audit log") struct AuditTests {
    /// A store with lines of every kind, closed.
    private func written(_ lines: Int, in directory: TemporaryDirectory) throws -> String {
        let path = directory.path + "/state.sqlite"
        let store = try StateStore(path: path)
        try store.addPlan(
            PlanRecord(id: "p1", purpose: "ban", state: .waiting, document: "{}", createdAt: 1), by: "ann", order: "o")
        try store.setPlan("p1", .running, at: 2)
        try store.appendJournal(JournalRecord(plan: "p1", step: 0, phase: .before, time: 3), summary: "s1: ban")
        try store.putBan(BanRecord(address: "192.0.2.1", from: 4, until: 9, reason: "scan"))
        try store.endBan(of: "192.0.2.1", at: 5)
        let count = try store.auditRecords(limit: 100).count
        #expect(count == 6)
        for index in count..<lines { try store.audit(at: Int64(index), by: "test", "order", "subject \(index)", "what \(index)") }
        #expect(try store.verifyAudit().problem == nil)
        try store.close()
        return path
    }

    private func change(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test("A log that nobody touched is in order, also after a restart; an empty one, too")
    func whole() throws {
        #expect(try StateStore().verifyAudit() == AuditVerdict(lines: 0, head: .origin, problem: nil))
        let directory = try TemporaryDirectory("audit")
        let path = try written(20, in: directory)
        let store = try StateStore(path: path)
        try store.audit(at: 99, by: "test", "order", "one more", "")
        let verdict = try store.verifyAudit()
        #expect(verdict.problem == nil && verdict.lines == 21 && verdict.head.sequence == 21)
        #expect(AuditMark(text: verdict.head.text) == verdict.head)
    }

    @Test("A line altered in any field, removed or moved is found, wherever it is", arguments: 0..<40 as Range<UInt64>)
    func tampering(seed: UInt64) throws {
        let directory = try TemporaryDirectory("audit")
        let lines = 30
        let path = try written(lines, in: directory)
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        func random(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let line = random(lines) + 1
        let other = (line + random(lines - 1)) % lines + 1
        let attacks = [
            "UPDATE audit SET actor = 'eve' WHERE sequence = \(line)",
            "UPDATE audit SET time = time + 1 WHERE sequence = \(line)",
            "UPDATE audit SET subject = subject || 'x' WHERE sequence = \(line)",
            "UPDATE audit SET detail = '!' || detail, kind = kind WHERE sequence = \(line)",
            "UPDATE audit SET kind = 'plans' WHERE sequence = \(line)",
            "UPDATE audit SET hash = zeroblob(32) WHERE sequence = \(line)",
            "DELETE FROM audit WHERE sequence = \(line)",
            "DELETE FROM audit WHERE sequence >= \(line)",
            // A field's end moved to the next: the same text one after the other.
            "UPDATE audit SET actor = actor || substr(kind, 1, 1), kind = substr(kind, 2) WHERE sequence = \(line)",
            """
            UPDATE audit SET sequence = -1 WHERE sequence = \(line); UPDATE audit SET sequence = \(line) WHERE sequence = \(other);
            UPDATE audit SET sequence = \(other) WHERE sequence = -1
            """,
        ]
        let attack = attacks[Int(seed) % attacks.count]
        try change(path, attack)
        let verdict = try StateStore(path: path).verifyAudit()
        #expect(verdict.problem != nil, "seed \(seed): \(attack)")
        #expect(verdict.head.sequence < Int64(lines), "seed \(seed): \(attack)")
    }

    @Test("A log that was written anew is told by a head noted earlier")
    func rewritten() throws {
        let directory = try TemporaryDirectory("audit")
        let path = try written(10, in: directory)
        var store = try StateStore(path: path)
        let noted = try store.verifyAudit().head
        try store.close()
        try change(path, "DELETE FROM audit; DELETE FROM audit_mark")
        store = try StateStore(path: path)
        for index in 0..<12 { try store.audit(at: Int64(index), by: "eve", "order", "forged", "") }
        #expect(try store.verifyAudit().problem == nil)
        #expect(try store.verifyAudit(noted: noted).problem?.contains("written anew") == true)
        #expect(try StateStore().verifyAudit(noted: noted).problem?.contains("missing") == true)
    }
}
