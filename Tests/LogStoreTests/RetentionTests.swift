import Telemetry
import TestKit
import Testing

@testable import LogStore

@Suite("What is kept, and what goes")
struct RetentionTests {
    private let day: Nanoseconds = 86_400 * second

    private func open(_ directory: TemporaryDirectory, _ change: (inout LogStore.Options) -> Void) throws -> LogStore {
        var options = LogStore.Options()
        options.blockLines = 50
        options.blockAge = 0
        change(&options)
        return try LogStore(directory: directory.path + "/logs", options: options, metrics: SelfMetrics())
    }

    @Test("Each selector has its own age: access logs go after 14 days, audit logs after 400")
    func ages() async throws {
        let directory = try TemporaryDirectory("retention")
        let change: (inout LogStore.Options) -> Void = { options in
            options.retention = 30 * 86_400 * second
            options.retentionRules = [
                LogStore.RetentionRule(matchers: [.equal("app", "audit")], age: 400 * 86_400 * second),
                LogStore.RetentionRule(matchers: [.equal("app", "access")], age: 14 * 86_400 * second),
            ]
        }
        var store = try open(directory, change)
        for app in ["audit", "access", "other"] {
            _ = try await store.append(batch((0..<40).map { (Nanoseconds($0) * day, "\(app) \($0)") }, ["app": app]))
        }
        for _ in 0..<3 { try store.maintain(now: 40 * day) }
        func count(_ app: String) throws -> Int { try readAll(store, [.equal("app", app)]).count }
        #expect(try (count("audit"), count("access"), count("other")) == (40, 14, 30))
        let refused = try await store.append(batch([(20 * day, "late")], ["app": "access"]))
        #expect(refused.refused == ["too_old": 1])
        #expect(try await store.append(batch([(20 * day, "late")], ["app": "other"])).accepted == 1)
        try store.close()
        store = try open(directory, change)
        try store.maintain(now: 41 * day)
        #expect(try (count("audit"), count("access"), count("other")) == (40, 13, 30))
        try store.close()
    }

    @Test("A budget lets the oldest go, and their bytes leave the disk")
    func budget() async throws {
        let directory = try TemporaryDirectory("budget")
        let store = try open(directory) {
            $0.retention = nil
            $0.retentionRules = [LogStore.RetentionRule(matchers: [.equal("app", "noisy")], age: nil, maximumBytes: 20_000)]
        }
        var random = SeededGenerator(seed: 4)
        for round in 0..<40 {
            var batch = LogBatch()
            for line in 0..<20 {
                let noise = (0..<60).map { _ in UInt8.random(in: 0x21...0x7e, using: &random) }
                batch.append(
                    ["app": line % 2 == 0 ? "noisy" : "quiet"], at: Nanoseconds(round * 100 + line) * second, line: noise)
            }
            _ = try await store.append(batch)
            try store.maintain(now: Nanoseconds(round) * second)
            try store.maintain(now: Nanoseconds(round) * second)
        }
        let noisy = try readAll(store, [.equal("app", "noisy")])
        #expect(try readAll(store, [.equal("app", "quiet")]).count == 400)
        #expect(noisy.count > 100 && noisy.count < 350)
        #expect(noisy.last?.timestamp == Nanoseconds(39 * 100 + 18) * second)
        // Both streams hold about as many bytes in blocks as their budget and their lines say; files hold at most twice that.
        #expect(store.statistics.fileBytes < 120_000)
        try store.close()
    }

    @Test("Small files of a day become one, and every line stays")
    func merging() async throws {
        let directory = try TemporaryDirectory("merge")
        var store = try open(directory) { $0.retention = nil }
        var expected: [String] = []
        for round in 0..<40 {
            let lines = (0..<5).map { (Nanoseconds(round * 10 + $0) * second, "round \(round) line \($0)") }
            expected += lines.map(\.1)
            _ = try await store.append(batch(lines))
            try store.maintain(now: Nanoseconds(round) * second)
            try store.maintain(now: Nanoseconds(round) * second)
        }
        #expect(try texts(readAll(store)) == expected)
        #expect(store.statistics.files < 16)
        #expect(store.statistics.blocks < 20)
        try store.close()
        store = try open(directory) { $0.retention = nil }
        #expect(try texts(readAll(store)) == expected)
        try store.close()
    }

    @Test("Both the merged file and those it was made of, as a crash leaves them, are one")
    func unfinishedMerge() async throws {
        let directory = try TemporaryDirectory("merge")
        let blocks = directory.path + "/logs/blocks"
        var store = try open(directory) { $0.retention = nil }
        var copies: [String: [UInt8]] = [:]
        for round in 0..<8 {
            _ = try await store.append(batch([(Nanoseconds(round), "round \(round)")]))
            try store.maintain(now: second)
            for name in try Files.list(blocks) where name.hasSuffix("-0.logs") {
                copies[name] = try Files.readAll("\(blocks)/\(name)")
            }
        }
        // The eighth was merged away before it could be copied.
        #expect(copies.count == 7)
        #expect(store.statistics.files == 1)
        try store.close()
        for (name, bytes) in copies { try Files.replace("\(blocks)/\(name)", in: blocks, with: bytes) }
        store = try open(directory) { $0.retention = nil }
        #expect(try texts(readAll(store)) == (0..<8).map { "round \($0)" })
        #expect(store.statistics.files == 1)
        #expect(try Files.list(blocks).count == 1)
        try store.close()
    }
}
