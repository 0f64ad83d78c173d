import Foundation
import StateStore
import Telemetry
import TestKit
import Testing
import Topology

@Suite struct StateStoreTests {
    static let web1 = Container(
        name: "web1", role: .web, server: "s1", address: "10.0.0.21/24", port: 80,
        limits: Resources(cores: 1, memoryBytes: 1 << 28), image: "web")

    @Test("Deletions of logs are told of, the newest first")
    func logDeletions() throws {
        let directory = try TemporaryDirectory("state")
        let store = try StateStore(path: directory.path + "/state.sqlite")
        try store.addLogDeletion(LogDeletionRecord(query: "{user=\"1\"}", range: 5...Int64.max, time: 10))
        try store.addLogDeletion(LogDeletionRecord(query: "{user=\"2\"}", range: -7 ... -7, time: 20))
        let found = try store.logDeletions()
        #expect(found.map(\.query) == ["{user=\"2\"}", "{user=\"1\"}"] && found.map(\.id) == [2, 1])
        #expect(found.map(\.range) == [-7 ... -7, 5...Int64.max] && found.map(\.time) == [20, 10])
    }

    @Test("Everything written is there after the file is opened again")
    func reopening() throws {
        let directory = try TemporaryDirectory("state")
        let path = directory.path + "/state.sqlite"
        let server = Server(
            name: "s1", kind: .member, address: "10.0.0.1", agentURL: "http://10.0.0.1:7102",
            capacity: Resources(cores: 4, memoryBytes: 1 << 30))
        do {
            let store = try StateStore(path: path)
            try store.setServers([server])
            try store.setHealth(.up, of: "s1")
            try store.putContainer(Self.web1)
            #expect(try store.nextToken("executor") == 1)
            try store.set("a", to: "b")
            try store.putSilence(
                SilenceRecord(
                    id: "x", matchers: [LabelMatcher("role", .matches, "w.*")], startsAt: 1, endsAt: 5, createdBy: "me",
                    comment: ""))
            try store.updateAlerts(
                put: [
                    AlertRecord(rule: "g/r", alert: Alert(labels: ["alertname": "A"], state: .firing, value: 1, activeAt: 1))
                ], remove: [])
            try store.close()
        }
        let store = try StateStore(path: path)
        let stack = try store.stack(named: "lab")
        #expect(stack.servers.map(\.health) == [.up])
        #expect(stack.containers == [Self.web1])
        #expect(try store.nextToken("executor") == 2)
        #expect(try store.setting("a") == "b")
        #expect(try store.alerts().map(\.rule) == ["g/r"])
        let silence = try #require(try store.silences().first)
        #expect(silence.mutes(["role": "web"], at: 1))
        #expect(!silence.mutes(["role": "db"], at: 1))
        #expect(!silence.mutes(["role": "web"], at: 5))
        #expect(try store.dropContainer("web1"))
        #expect(try !store.dropContainer("web1"))
    }

    @Test("A second opener of the file is refused, and told what to do")
    func exclusive() throws {
        let directory = try TemporaryDirectory("state")
        let path = directory.path + "/state.sqlite"
        let store = try StateStore(path: path)
        let error = #expect(throws: StateStoreError.self) { _ = try StateStore(path: path) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("stop the other monitor") == true)
        try store.close()
    }

    @Test("A file that is no state file, and a directory that is missing, are said clearly")
    func unusable() throws {
        let directory = try TemporaryDirectory("state")
        let path = directory.path + "/state.sqlite"
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
        #expect(throws: StateStoreError.self) { _ = try StateStore(path: path) }
        let error = #expect(throws: StateStoreError.self) { _ = try StateStore(path: "\(directory.path)/no/state") }
        #expect(error?.code == .inaccessible)
    }

    @Test(
        "A lease is billed by the started period",
        arguments: [(0, 1), (1, 1), (3_600_000, 1), (3_600_001, 2), (7_200_000, 2), (36_000_500, 11)])
    func billing(elapsed: Int64, periods: Int) throws {
        let store = try StateStore()
        let first = try store.beginLease(of: "o1", at: 1000, periodSeconds: 3600, plan: "p1")
        #expect(first.isNew)
        #expect(try !store.beginLease(of: "o1", at: 2000, periodSeconds: 3600, plan: "p1").isNew)
        #expect(try store.stack(named: "x").leases.map(\.server) == ["o1"])
        let ended = try #require(try store.endLease(of: "o1", at: 1000 + elapsed))
        #expect(ended.periods == periods)
        #expect(try store.endLease(of: "o1", at: 9) == nil)
        #expect(try store.stack(named: "x").leases.isEmpty)
        let second = try store.beginLease(of: "o1", at: 99_000_000, periodSeconds: 3600, plan: nil)
        #expect(second.record.fencingToken > first.record.fencingToken)
        try store.billLeases(at: 99_000_000 + elapsed)
        #expect(try store.ledger().map(\.periods) == [periods, periods])
    }

    @Test("The ledger since a time has what ended then or later, and what runs on")
    func ledgerSince() throws {
        let store = try StateStore()
        for (server, from, until) in [("o1", 0, 10), ("o2", 5, 20), ("o3", 6, nil)] as [(String, Int64, Int64?)] {
            _ = try store.beginLease(of: server, at: from, periodSeconds: 3600, plan: nil)
            if let until { try store.endLease(of: server, at: until) }
        }
        #expect(try store.ledger(since: 0).map(\.server) == ["o1", "o2", "o3"])
        #expect(try store.ledger(since: 11).map(\.server) == ["o2", "o3"])
        #expect(try store.ledger(since: 21).map(\.server) == ["o3"])
    }

    @Test("A setting that people change, and an approval, are told to the audit log in the same breath")
    func audited() throws {
        let store = try StateStore()
        try store.set("scaler.freezes", to: "[]", at: 7, by: "ann", "freeze", "web", "until 9: the shop moves")
        #expect(try store.setting("scaler.freezes") == "[]")
        try store.set("scaler.freezes", to: nil, at: 8, by: "bob", "thaw", "web", "over")
        #expect(try store.setting("scaler.freezes") == nil)
        try store.addPlan(PlanRecord(id: "p1", purpose: "ban", state: .proposed, document: "{}", createdAt: 1))
        try store.approvePlan("p1", document: "{\"by\":1}", at: 9, by: "ann")
        #expect(try store.plan("p1")?.document == "{\"by\":1}")
        try store.setPlan("p1", .waiting, at: 10)
        try store.approvePlan("p1", document: "{}", at: 11, by: "eve")
        #expect(try store.plan("p1")?.document == "{\"by\":1}")
        let lines = try store.auditRecords(limit: 10).reversed().map { "\($0.actor) \($0.kind) \($0.subject)" }
        #expect(lines.prefix(2) == ["ann freeze web", "bob thaw web"] && lines.contains("ann approval p1"))
        #expect(!lines.contains("eve approval p1"))
        #expect(try store.verifyAudit().problem == nil)
    }

    @Test("Plans and their journal keep their order and state")
    func plans() throws {
        let store = try StateStore()
        #expect(
            try store.addPlan(PlanRecord(id: "p1", purpose: "ban", state: .waiting, document: "{}", createdAt: 1)))
        #expect(
            try !store.addPlan(PlanRecord(id: "p1", purpose: "ban", state: .waiting, document: "{}", createdAt: 1)))
        try store.addPlan(PlanRecord(id: "p2", purpose: "ban", state: .waiting, document: "{}", createdAt: 2))
        try store.setPlan("p1", .running, at: 5)
        try store.setPlan("p1", .running, at: 6)
        for index in 0..<3 {
            try store.appendJournal(JournalRecord(plan: "p1", step: index, phase: .before, saved: "s", time: 7))
        }
        #expect(try store.openPlans().map(\.id) == ["p1", "p2"])
        try store.setPlan("p1", .done, at: 9, message: "ok")
        #expect(try store.openPlans().map(\.id) == ["p2"])
        let plan = try #require(try store.plan("p1"))
        #expect(plan.startedAt == 5 && plan.finishedAt == 9 && plan.message == "ok")
        #expect(try store.journal(of: "p1").map(\.step) == [0, 1, 2])
        #expect(try store.plans(limit: 1).map(\.id) == ["p2"])
    }

    @Test("Bans expire and are remembered")
    func bans() throws {
        let store = try StateStore()
        try store.putBan(BanRecord(address: "192.0.2.1", from: 1, until: 100, reason: "scan", repetition: 2))
        #expect(try store.bans(inForceAt: 99).count == 1)
        #expect(try store.bans(inForceAt: 100).isEmpty)
        try store.endBan(of: "192.0.2.1", at: 50)
        #expect(try store.bans(inForceAt: 60).isEmpty)
        #expect(try store.bans().map(\.repetition) == [2])
        try store.dropBans(endedBefore: 60)
        #expect(try store.bans().isEmpty)
    }

    @Test("A snapshot is a whole copy that goes its own way")
    func snapshots() throws {
        let directory = try TemporaryDirectory("state")
        let store = try StateStore()
        try store.putContainer(Self.web1)
        try store.snapshot(to: directory.path + "/copy.sqlite")
        try store.dropContainer("web1")
        let copy = try StateStore(path: directory.path + "/copy.sqlite")
        #expect(try copy.container("web1") == Self.web1)
    }
}
