import Foundation
import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Metric store") struct MetricStoreTests {
    static let hour: Milliseconds = 3_600_000

    @Test("What was appended is found by matchers, in label order") func matchers() async throws {
        let directory = try TemporaryDirectory("store")
        let fixture = try StoreFixture(directory.path)
        for number in 0..<20 { _ = try await fixture.append(series(number), Double(number), at: 1000) }
        for stage in 0..<2 {
            func count(_ matchers: LabelMatcher...) throws -> Int { try fixture.store.select(matchers, in: 0...2000).count }
            #expect(try count() == 20)
            #expect(try count(.equal("job", "web")) == 10)
            #expect(try count(.equal("job", "web"), LabelMatcher("instance", .matches, "i1.")) == 5)
            #expect(try count(LabelMatcher("instance", .notEqual, "i3")) == 19)
            #expect(try count(LabelMatcher("job", .doesNotMatch, "w.*")) == 10)
            #expect(try count(.equal("absent", "")) == 20)
            #expect(try count(LabelMatcher("absent", .matches, ".+")) == 0)
            #expect(try count(LabelMatcher("instance", .matches, "i1|i2|")) == 2)
            #expect(try count(.equal("instance", "i99")) == 0)
            #expect(try fixture.store.select([], in: 2000...3000).isEmpty)
            let store = fixture.store
            #expect(try store.series(matchingAny: [], in: 0...2000) == (0..<20).map(series).sorted())
            let pair: [[LabelMatcher]] = [[.equal("instance", "i1")], [.equal("instance", "i2")], [.equal("instance", "i1")]]
            #expect(try store.series(matchingAny: pair, in: 0...2000).count == 2)
            #expect(try store.labelNames(matchingAny: [], in: 0...2000) == ["__name__", "instance", "job"])
            #expect(try store.labelValues(of: "job", matchingAny: [], in: 0...2000) == ["db", "web"])
            #expect(try store.labelValues(of: "job", matchingAny: [[.equal("instance", "i1")]], in: 0...2000) == ["db"])
            // The second time round the same questions go to a block.
            if stage == 0 { try fixture.store.maintain(now: 5 * MetricStoreTests.hour) }
        }
        #expect(fixture.store.statistics.blocks == 1)
        #expect(fixture.store.statistics.series == 0)
    }

    @Test("Of two samples at one time the last write wins, wherever they lie") func duplicates() async throws {
        let directory = try TemporaryDirectory("store")
        let fixture = try StoreFixture(directory.path)
        _ = try await fixture.append(series(1), 1, at: 1000)
        _ = try await fixture.append(series(1), 2, at: 1000)
        #expect(try fixture.contents()[series(1)] == [1000: 2.0.bitPattern])
        try fixture.store.maintain(now: 5 * MetricStoreTests.hour)
        _ = try await fixture.append(series(1), 3, at: 1000)
        #expect(try fixture.contents()[series(1)] == [1000: 3.0.bitPattern])
        try fixture.store.maintain(now: 5 * MetricStoreTests.hour)
        #expect(fixture.store.statistics.blocks == 2)
        #expect(try fixture.contents()[series(1)] == [1000: 3.0.bitPattern])
        try fixture.store.maintain(now: 50 * MetricStoreTests.hour)
        #expect(fixture.store.statistics.blocks == 1)
        #expect(try fixture.contents()[series(1)] == [1000: 3.0.bitPattern])
    }

    @Test("Too old, too new and too many are refused with their reason and counted") func refusals() async throws {
        let directory = try TemporaryDirectory("store")
        let fixture = try StoreFixture(directory.path) {
            $0.maximumSeries = 2
            $0.outOfOrderWindow = 1000
            $0.clock = { 1_000_000 }
            $0.maximumFuture = 5000
        }
        #expect(try await fixture.append(series(1), 1, at: 10_000) == AppendOutcome(accepted: 1))
        #expect(try await fixture.append(series(1), 1, at: 9000) == AppendOutcome(accepted: 1))
        #expect(try await fixture.append(series(1), 1, at: 8999) == AppendOutcome(refused: ["too_old": 1]))
        #expect(try await fixture.append(series(2), 1, at: 8999) == AppendOutcome(accepted: 1))
        #expect(try await fixture.append(series(3), 1, at: 8999) == AppendOutcome(refused: ["too_many_series": 1]))
        #expect(try await fixture.append(series(2), 1, at: 1_005_001) == AppendOutcome(refused: ["too_new": 1]))
        #expect(try await fixture.append(series(2), 1, at: .min) == AppendOutcome(refused: ["invalid_time": 1]))
        var batch = SampleBatch()
        batch.append(series(1), [Sample(11_000, 1), Sample(1, 2), Sample(12_000, 3), Sample(.max, 4), Sample(13_000, 5)])
        #expect(try await fixture.store.append(batch) == AppendOutcome(accepted: 3, refused: ["too_old": 1, "too_new": 1]))
        #expect(fixture.metrics.value("magewatch_metric_store_refused_samples_total", ["reason": "too_old"]) == 2)
        #expect(fixture.metrics.value("magewatch_metric_store_appended_samples_total") == 6)
    }

    @Test("A directory can be open once, and a closed store refuses") func lockAndClose() async throws {
        let directory = try TemporaryDirectory("store")
        let fixture = try StoreFixture(directory.path)
        let error = #expect(throws: MetricStoreError.self) { try StoreFixture(directory.path) }
        #expect(error?.code == .locked)
        _ = try await fixture.append(series(1), 1, at: 1000)
        try fixture.store.close()
        let refusal = await #expect(throws: SinkError.self) { try await fixture.append(series(1), 1, at: 2000) }
        #expect(refusal?.code == .unavailable)
        #expect(throws: MetricStoreError.self) { try fixture.store.maintain(now: 1) }
        #expect(try StoreFixture(directory.path).contents().count == 1)
    }

    @Test("Samples appended at the same time from many tasks are all kept") func concurrency() async throws {
        let directory = try TemporaryDirectory("store")
        let fixture = try StoreFixture(directory.path)
        try await withThrowingTaskGroup { group in
            for number in 0..<16 {
                group.addTask {
                    for time in 0..<20 {
                        _ = try await fixture.append(series(number), Double(time), at: Milliseconds(time) * 15_000)
                    }
                }
            }
            group.addTask { try fixture.store.maintain(now: 4 * MetricStoreTests.hour) }
            try await group.waitForAll()
        }
        let contents = try fixture.contents()
        #expect(contents.count == 16)
        #expect(contents.values.allSatisfy { $0.count == 20 })
        #expect(fixture.metrics.value("magewatch_metric_store_commits_total") <= 320)
    }

    @Test("A batch too large for a record is refused whole; extreme times do no harm") func extremes() async throws {
        let directory = try TemporaryDirectory("store")
        let fixture = try StoreFixture(directory.path) {
            $0.maximumBatchSamples = 2
            $0.maximumFuture = .max
            $0.retention = nil
        }
        var batch = SampleBatch()
        batch.append(series(1), [Sample(1, 1), Sample(2, 2), Sample(3, 3)])
        let refusal = await #expect(throws: SinkError.self) { try await fixture.store.append(batch) }
        #expect(refusal?.code == .invalid)
        _ = try await fixture.append(series(1), 1, at: MetricStore.earliestTime)
        _ = try await fixture.append(series(1), 2, at: 0)
        _ = try await fixture.append(series(1), 3, at: .max)
        for _ in 0..<3 { try fixture.store.maintain(now: 1 << 52) }
        let reader = try #require(try fixture.store.select([], in: .min ... .max).first)
        var columns = SampleColumns()
        try reader.read(.min ... .max, into: &columns)
        #expect(columns == SampleColumns(timestamps: [MetricStore.earliestTime, 0, .max], values: [1, 2, 3]))
    }

    @Test("What comes late is written in large parts: after a while, or once there is much of it")
    func largeParts() async throws {
        let directory = try TemporaryDirectory("store")
        let hour = MetricStoreTests.hour
        let fixture = try StoreFixture(directory.path) { options in
            options.retention = nil
            options.minimumFlushInterval = 60_000
            options.earlyFlushSamples = 50
        }
        let now = 1000 * hour
        /// Appends to a part of an old day, and looks whether a maintenance makes blocks of it.
        func isWritten(_ samples: Int, day: Milliseconds, at time: Milliseconds) async throws -> Bool {
            let before = fixture.store.statistics.blockSamples
            for step in 0..<samples {
                _ = try await fixture.append(series(1), 1, at: day * 24 * hour + Milliseconds(step) * 1000)
            }
            try fixture.store.maintain(now: time)
            return fixture.store.statistics.blockSamples > before
        }
        #expect(try await isWritten(10, day: 1, at: now))
        #expect(try await !isWritten(10, day: 2, at: now + 1000))
        #expect(try await isWritten(50, day: 3, at: now + 2000))
        #expect(try await !isWritten(10, day: 4, at: now + 3000))
        #expect(try await isWritten(10, day: 5, at: now + 70_000))
        #expect(try fixture.contents()[series(1)]?.count == 90)
        try fixture.store.close()
    }

    @Test("Old blocks go with the retention, and days are merged") func retention() async throws {
        let directory = try TemporaryDirectory("store")
        let fixture = try StoreFixture(directory.path) { $0.retention = 3 * 24 * MetricStoreTests.hour }
        for step in 0..<96 {
            _ = try await fixture.append(series(1), Double(step), at: Milliseconds(step) * MetricStoreTests.hour)
        }
        try fixture.store.maintain(now: 97 * MetricStoreTests.hour)
        #expect(fixture.store.statistics.walSegments == 0)
        for _ in 0..<4 { try fixture.store.maintain(now: 97 * MetricStoreTests.hour) }
        #expect(fixture.store.statistics.blocks == 3)
        #expect(try fixture.contents()[series(1)]?.count == 96 - 25)
        try fixture.store.maintain(now: 200 * MetricStoreTests.hour)
        #expect(fixture.store.statistics.blocks == 0)
        #expect(try files(directory, "blocks", ".block").isEmpty)
    }
}
