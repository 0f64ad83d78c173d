import Telemetry
import TestKit
import Testing

@testable import LogStore

@Suite("Entries sent again")
struct DuplicateTests {
    private func identified(_ lines: [(Nanoseconds, String)], ids: [String]) -> LogBatch {
        var batch = LogBatch()
        for (index, (time, line)) in lines.enumerated() {
            batch.append(["app": "web"], at: time, line: line.utf8, metadata: ["__id__": ids[index], "trace": "t"])
        }
        return batch
    }

    @Test("A batch sent again is stored once, however it is cut, and counts as accepted")
    func retried() async throws {
        let directory = try TemporaryDirectory("duplicates")
        let metrics = SelfMetrics()
        let store = try openStore(directory, metrics: metrics)
        let lines = (0..<10).map { (Nanoseconds($0 / 3), "line \($0)") }
        let ids = lines.map { _ in "0" }
        _ = try await store.append(identified(Array(lines[..<6]), ids: ids))
        let again = try await store.append(identified(Array(lines[3...]), ids: ids))
        #expect(again == AppendOutcome(accepted: 7, stored: (3..<10).map { $0 >= 6 }))
        #expect(try texts(readAll(store)) == lines.map(\.1))
        #expect(metrics.value("magewatch_log_store_duplicates_total") == 3)
        #expect(try readAll(store)[0].metadata == ["trace": "t"])
        try store.close()
    }

    @Test("Equal lines of one time with identities of their own are all kept")
    func ordinals() async throws {
        let directory = try TemporaryDirectory("duplicates")
        let store = try openStore(directory)
        let twice = identified([(5, "again"), (5, "again")], ids: ["0", "1"])
        for _ in 0..<2 { #expect(try await store.append(twice).accepted == 2) }
        #expect(try readAll(store).count == 2)
        try store.close()
    }

    @Test("Without identity nothing is dropped")
    func anonymous() async throws {
        let directory = try TemporaryDirectory("duplicates")
        let store = try openStore(directory)
        for _ in 0..<2 { _ = try await store.append(batch([(5, "again"), (5, "again")])) }
        #expect(try readAll(store).count == 4)
        try store.close()
    }

    @Test(
        "What was stored before a restart is known after it, from the log and from the file of identities",
        arguments: [false, true])
    func restart(flushed: Bool) async throws {
        let directory = try TemporaryDirectory("duplicates")
        var store = try openStore(directory)
        let lines = (0..<60).map { (Nanoseconds($0), "line \($0)") }
        let sent = identified(lines, ids: lines.map { _ in "0" })
        _ = try await store.append(sent)
        if flushed {
            try store.maintain(now: second)
            #expect(store.statistics.logBytes == 0)
        }
        try store.close()
        store = try openStore(directory)
        #expect(try await store.append(sent).accepted == 60)
        #expect(try readAll(store).count == 60)
        #expect(store.statistics.duplicates == 60)
        try store.close()
    }

    @Test("The window forgets the oldest and keeps at least half")
    func window() throws {
        var window = DuplicateWindow(capacity: 100)
        for hash: UInt64 in 0..<1000 {
            let new = window.insert(hash)
            #expect(new)
        }
        for hash: UInt64 in 950..<1000 { #expect(window.contains(hash)) }
        #expect(!window.contains(100))
        #expect(window.count <= 100)
        var loaded = DuplicateWindow(capacity: 100)
        try loaded.load(window.encoded)
        for hash: UInt64 in 950..<1000 {
            let new = loaded.insert(hash)
            #expect(!new)
        }
        var damaged = window.encoded
        damaged[20] ^= 1
        #expect(throws: LogStoreError.self) { try loaded.load(damaged) }
    }
}
