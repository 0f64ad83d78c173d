import Foundation
import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Deleting series") struct DeletionTests {
    static let hour: Milliseconds = 3_600_000

    /// Samples of four series every five minutes for ten hours, the older ones in blocks.
    private static func filled(_ path: String) async throws -> StoreFixture {
        let fixture = try StoreFixture(path) { $0.retention = nil }
        var batch = SampleBatch()
        for number in 0..<4 { batch.append(series(number), (0..<120).map { Sample($0 * 300_000, Double(number)) }) }
        _ = try await fixture.store.append(batch)
        try fixture.store.maintain(now: 10 * hour)
        return fixture
    }

    private static func without(_ contents: Contents, _ labels: Labels, _ range: ClosedRange<Milliseconds>) -> Contents {
        var contents = contents
        contents[labels] = contents[labels]?.filter { !range.contains($0.key) }
        if contents[labels]?.isEmpty == true { contents[labels] = nil }
        return contents
    }

    @Test(
        "What was deleted is gone at once, from memory and blocks, and stays gone",
        arguments: [0...10 * hour, hour...hour * 3 / 2, 7 * hour...9 * hour, 9 * hour...10 * hour, -5 ... -1])
    func gone(range: ClosedRange<Milliseconds>) async throws {
        let directory = try TemporaryDirectory("delete")
        let fixture = try await DeletionTests.filled(directory.path)
        let expected = DeletionTests.without(try fixture.contents(), series(1), range)
        try fixture.store.delete(matching: [.equal("instance", "i1")], in: range)
        #expect(try fixture.contents() == expected)
        #expect(try fixture.store.series(matchingAny: [], in: 0...10 * DeletionTests.hour).count == expected.count)
        // A crash right after it.
        let copy = try copyDirectory(directory)
        let crashed = try StoreFixture(copy.path) { $0.retention = nil }
        #expect(try crashed.contents() == expected)
        for _ in 0..<3 { try crashed.store.maintain(now: 12 * DeletionTests.hour) }
        #expect(crashed.store.statistics.pendingDeletions == 0)
        #expect(try crashed.contents() == expected)
        try crashed.store.close()
        let again = try StoreFixture(copy.path) { $0.retention = nil }
        #expect(try again.contents() == expected)
        #expect(crashed.reports.all.isEmpty && again.reports.all.isEmpty)
        try again.store.close()
        try fixture.store.close()
    }

    @Test("The bytes of what was deleted go with the next maintenance") func bytesGo() async throws {
        let directory = try TemporaryDirectory("delete")
        let fixture = try await DeletionTests.filled(directory.path)
        let secret = Array("secret-token-value".utf8)
        var batch = SampleBatch()
        batch.append(["__name__": "leak", "token": "secret-token-value"], [Sample(8 * DeletionTests.hour, 1)])
        _ = try await fixture.store.append(batch)
        for _ in 0..<2 { try fixture.store.maintain(now: 40 * DeletionTests.hour) }
        func occurrences() throws -> Int {
            let blocks = try files(directory, "blocks", "") + files(directory, "wal", "")
            let catalogue = directory.url.appendingPathComponent("catalogue")
            return try (blocks + [catalogue]).count { try Data(contentsOf: $0).range(of: Data(secret)) != nil }
        }
        #expect(try occurrences() == 1)
        let outcome = try fixture.store.delete(matching: [.equal("token", "secret-token-value")], in: .min ... .max)
        #expect(outcome == .init(headSeries: 0, blocks: 1))
        #expect(fixture.metrics.value("magewatch_metric_store_pending_deletions") == 1)
        // The matcher itself names it, so it is also in the log until that moves on.
        _ = try await fixture.append(series(9), 1, at: 50 * DeletionTests.hour)
        try fixture.store.maintain(now: 60 * DeletionTests.hour)
        #expect(try occurrences() == 0)
        #expect(try fixture.contents().count == 5)
        // A block of which nothing is left goes whole.
        try fixture.store.delete(matching: [LabelMatcher("__name__", .matches, ".+")], in: .min ... .max)
        try fixture.store.finishDeletions()
        #expect(try files(directory, "blocks", ".block").isEmpty)
        #expect(fixture.metrics.value("magewatch_metric_store_pending_deletions") == 0)
        try fixture.store.close()
    }

    @Test("What is appended after a deletion stays, whatever number its block gets") func laterStays() async throws {
        let directory = try TemporaryDirectory("delete")
        var fixture = try await DeletionTests.filled(directory.path)
        try fixture.store.delete(matching: [LabelMatcher("__name__", .matches, ".+")], in: .min ... .max)
        for _ in 0..<3 {
            try fixture.store.maintain(now: 20 * DeletionTests.hour)
            try fixture.store.close()
            fixture = try StoreFixture(directory.path) { $0.retention = nil }
            let old = try fixture.contents().count
            _ = try await fixture.append(series(old), 5, at: 2 * DeletionTests.hour)
            #expect(try fixture.contents().count == old + 1)
        }
        try fixture.store.maintain(now: 20 * DeletionTests.hour)
        #expect(try fixture.contents().count == 3)
        try fixture.store.close()
    }

    @Test("A deletion without matchers, one too long, and one too many are refused") func refused() async throws {
        let directory = try TemporaryDirectory("delete")
        let fixture = try await DeletionTests.filled(directory.path)
        func code(_ matchers: [LabelMatcher]) -> MetricStoreError.Code? {
            do { try fixture.store.delete(matching: matchers, in: 0...1000) } catch { return (error as? MetricStoreError)?.code }
            return nil
        }
        #expect(code([]) == .invalid)
        #expect(code([.equal("a", String(repeating: "x", count: Deletion.maximumBytes))]) == .invalid)
        try fixture.store.close()
        #expect(code([.equal("a", "b")]) == .closed)
        let small = try StoreFixture(directory.path) {
            $0.retention = nil
            $0.maximumPendingDeletions = 1
        }
        try small.store.delete(matching: [.equal("instance", "i1")], in: 0...1000)
        #expect(throws: MetricStoreError.self) { try small.store.delete(matching: [.equal("instance", "i1")], in: 0...1000) }
        try small.store.maintain(now: 10 * DeletionTests.hour)
        try small.store.delete(matching: [.equal("instance", "i1")], in: 0...1000)
        try small.store.close()
    }

    @Test("A deletion comes back from its bytes, and damaged bytes are refused", arguments: [21, 22] as [UInt64])
    func codec(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let deletion = Deletion(
            number: 7, blocksBefore: 300, range: -5 ... .max,
            matchers: [.equal("a", "b"), try LabelMatcher("c", .doesNotMatch, "x.*"), try LabelMatcher("d", .notEqual, "")])
        var catalogue = Catalogue()
        catalogue.blocks = [1, 5, 900]
        catalogue.deletions = [deletion, deletion]
        let bytes = catalogue.payload
        #expect(Catalogue(payload: bytes[...]) == catalogue, "seed \(seed)")
        for length in bytes.indices { #expect(Catalogue(payload: bytes[..<length]) == nil, "seed \(seed)") }
        for _ in 0..<2000 {
            var damaged = bytes
            damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = Catalogue(payload: damaged[...])
        }
    }
}
