import Foundation
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Snapshots") struct SnapshotTests {
    static let hour: Milliseconds = 3_600_000

    private final class Progress: Sendable {
        let acknowledged: Mutex<[Int]>
        /// What was acknowledged before each snapshot.
        let snapshots = Mutex<[[Int]]>([])

        init(_ writers: Int) { acknowledged = Mutex([Int](repeating: 0, count: writers)) }
    }

    private static func filled(_ path: String) async throws -> StoreFixture {
        let fixture = try StoreFixture(path) { $0.retention = nil }
        var batch = SampleBatch()
        for number in 0..<4 { batch.append(series(number), (0..<120).map { Sample($0 * 300_000, Double(number)) }) }
        _ = try await fixture.store.append(batch)
        try fixture.store.maintain(now: 10 * hour)
        return fixture
    }

    @Test("A snapshot opens as a store with the same answers, deletions included, and the store goes on")
    func sameAnswers() async throws {
        let directory = try TemporaryDirectory("snapshot")
        let fixture = try await SnapshotTests.filled(directory.path + "/live")
        try fixture.store.delete(matching: [.equal("instance", "i2")], in: SnapshotTests.hour...9 * SnapshotTests.hour)
        let expected = try fixture.contents()
        let summary = try fixture.store.snapshot(to: directory.path + "/copy")
        #expect(summary.blocks == fixture.store.statistics.blocks)
        #expect(summary.walSegments > 0)
        // What the store does later is not in it.
        _ = try await fixture.append(series(7), 1, at: 10 * SnapshotTests.hour)
        for _ in 0..<3 { try fixture.store.maintain(now: 40 * SnapshotTests.hour) }
        try fixture.store.delete(matching: [LabelMatcher("__name__", .matches, ".+")], in: .min ... .max)
        try fixture.store.maintain(now: 40 * SnapshotTests.hour)
        #expect(try fixture.contents().isEmpty)
        try fixture.store.close()

        let copy = try StoreFixture(directory.path + "/copy") { $0.retention = nil }
        #expect(try copy.contents() == expected)
        for _ in 0..<3 { try copy.store.maintain(now: 40 * SnapshotTests.hour) }
        #expect(try copy.contents() == expected)
        #expect(copy.reports.all.isEmpty && fixture.reports.all.isEmpty)
        try copy.store.close()
    }

    @Test("A snapshot without the head holds the blocks alone") func withoutHead() async throws {
        let directory = try TemporaryDirectory("snapshot")
        let fixture = try await SnapshotTests.filled(directory.path + "/live")
        let summary = try fixture.store.snapshot(to: directory.path + "/copy", skipsHead: true)
        #expect(summary.walSegments == 0)
        let expected = try fixture.contents().mapValues { $0.filter { $0.key < 8 * SnapshotTests.hour } }
        try fixture.store.close()
        let copy = try StoreFixture(directory.path + "/copy") { $0.retention = nil }
        #expect(try copy.contents() == expected)
        #expect(copy.reports.all.isEmpty)
        try copy.store.close()
    }

    @Test("Blocks of a snapshot are links, so it costs the log alone") func links() async throws {
        let directory = try TemporaryDirectory("snapshot")
        let fixture = try await SnapshotTests.filled(directory.path + "/live")
        try fixture.store.snapshot(to: directory.path + "/copy")
        let block = try #require(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/copy/blocks").first)
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/copy/blocks/" + block)
        #expect(attributes[.referenceCount] as? Int == 2)
        try fixture.store.close()
    }

    @Test("A snapshot goes into a new or empty directory only, and a closed store makes none") func refused() async throws {
        let directory = try TemporaryDirectory("snapshot")
        let fixture = try await SnapshotTests.filled(directory.path + "/live")
        let error = #expect(throws: MetricStoreError.self) { try fixture.store.snapshot(to: directory.path + "/live") }
        #expect(error?.code == .invalid)
        try FileManager.default.createDirectory(atPath: directory.path + "/empty", withIntermediateDirectories: true)
        try fixture.store.snapshot(to: directory.path + "/empty")
        #expect(throws: MetricStoreError.self) { try fixture.store.snapshot(to: "/proc/nowhere") }
        try fixture.store.close()
        #expect(throws: MetricStoreError.self) { try fixture.store.snapshot(to: directory.path + "/other") }
    }

    @Test("A snapshot is restored into an empty directory, and what is none is refused") func restore() async throws {
        let directory = try TemporaryDirectory("snapshot")
        let fixture = try await SnapshotTests.filled(directory.path + "/live")
        let expected = try fixture.contents()
        try fixture.store.snapshot(to: directory.path + "/copy")
        try fixture.store.close()
        let statistics = try MetricStore.restore(
            snapshot: directory.path + "/copy", to: directory.path + "/new", report: { Issue.record("\($0)") })
        #expect(statistics.blocks == 4)
        let restored = try StoreFixture(directory.path + "/new") { $0.retention = nil }
        #expect(try restored.contents() == expected)
        try restored.store.close()
        for (from, to) in [("/copy", "/new"), ("/empty", "/other")] {
            let error = #expect(throws: MetricStoreError.self) {
                try MetricStore.restore(snapshot: directory.path + from, to: directory.path + to, report: { _ in })
            }
            #expect(error?.code == .invalid)
        }
    }

    @Test("What was acknowledged before a snapshot is in it, and nothing half, while senders and maintenance go on")
    func concurrent() async throws {
        let directory = try TemporaryDirectory("snapshot")
        let fixture = try StoreFixture(directory.path + "/live") {
            $0.retention = nil
            $0.blockSpan = 60_000
            $0.outOfOrderWindow = 1000
        }
        let writers = 4
        let rounds = 120
        let progress = Progress(writers)
        try await withThrowingTaskGroup { group in
            for writer in 0..<writers {
                group.addTask {
                    for round in 1...rounds {
                        var batch = SampleBatch()
                        for part in 0..<3 {
                            batch.append(series(writer * 3 + part), Double(round), at: Milliseconds(round) * 5000)
                        }
                        _ = try await fixture.store.append(batch)
                        progress.acknowledged.withLock { $0[writer] = round }
                    }
                }
            }
            group.addTask {
                while progress.acknowledged.withLock({ $0.contains { $0 < rounds } }) {
                    try fixture.store.maintain(now: Milliseconds(progress.acknowledged.withLock { $0.min()! }) * 5000)
                    let before = progress.acknowledged.withLock { $0 }
                    let count = progress.snapshots.withLock { $0.count }
                    try fixture.store.snapshot(to: directory.path + "/copy\(count)")
                    progress.snapshots.withLock { $0.append(before) }
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
        try fixture.store.close()
        for (number, before) in progress.snapshots.withLock({ $0 }).enumerated() {
            let copy = try StoreFixture(directory.path + "/copy\(number)") { $0.retention = nil }
            let contents = try copy.contents()
            for writer in 0..<writers {
                let found = (0..<3).map { contents[series(writer * 3 + $0)]?.count ?? 0 }
                #expect(Set(found).count == 1 && found[0] >= before[writer], "snapshot \(number): \(found), \(before)")
            }
            #expect(copy.reports.all.isEmpty)
            try copy.store.close()
        }
    }
}
