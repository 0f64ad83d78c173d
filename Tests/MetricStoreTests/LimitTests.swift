import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Limits of the store") struct LimitTests {
    static let hour: Milliseconds = 3_600_000

    private static func batch(_ source: String?, _ labels: [Labels], at time: Milliseconds) -> SampleBatch {
        var batch = SampleBatch()
        batch.source = source
        for item in labels { batch.append(item, 1, at: time) }
        return batch
    }

    private static func many(_ name: String, _ numbers: Range<Int>) -> [Labels] {
        numbers.map { [Labels.metricNameLabel: name, "id": "\($0)"] }
    }

    @Test("A source that explodes its labels is refused at its limit, and another's series are still taken")
    func source() async throws {
        let directory = try TemporaryDirectory("limits")
        let fixture = try StoreFixture(directory.path) { $0.maximumSeriesPerSource = 10 }
        let exploding = LimitTests.batch("10.0.0.1", LimitTests.many("a", 0..<25), at: 1000)
        #expect(
            try await fixture.store.append(exploding)
                == AppendOutcome(accepted: 10, refused: ["too_many_series_of_source": 15]))
        let other = LimitTests.batch("10.0.0.2", LimitTests.many("b", 0..<10), at: 1000)
        #expect(try await fixture.store.append(other) == AppendOutcome(accepted: 10))
        #expect(try await fixture.store.append(LimitTests.batch(nil, LimitTests.many("c", 0..<20), at: 1000)).accepted == 20)
        // What it has it keeps, and what others have it may send as well.
        let known = LimitTests.batch("10.0.0.1", LimitTests.many("a", 0..<10) + LimitTests.many("b", 0..<3), at: 2000)
        #expect(try await fixture.store.append(known).accepted == 13)
        let reason = ["reason": "too_many_series_of_source"] as Labels
        #expect(fixture.metrics.value("magewatch_metric_store_refused_samples_total", reason) == 15)
        // Series that leave memory make room again.
        try fixture.store.maintain(now: 100 * LimitTests.hour)
        #expect(fixture.store.statistics.series == 0)
        #expect(
            try await fixture.store.append(LimitTests.batch("10.0.0.1", LimitTests.many("d", 0..<10), at: 3000)).accepted == 10)
        try fixture.store.close()
    }

    @Test("A metric of too many series is refused at its limit, and other metrics are still taken")
    func metric() async throws {
        let directory = try TemporaryDirectory("limits")
        let fixture = try StoreFixture(directory.path) { $0.maximumSeriesPerMetric = 7 }
        let exploding = LimitTests.batch("s", LimitTests.many("a", 0..<20), at: 1000)
        #expect(
            try await fixture.store.append(exploding) == AppendOutcome(accepted: 7, refused: ["too_many_series_of_metric": 13]))
        #expect(try await fixture.store.append(LimitTests.batch("s", LimitTests.many("b", 0..<7), at: 1000)).accepted == 7)
        // Replay takes what was acknowledged, and the limit is known again after it.
        try fixture.store.close()
        let again = try StoreFixture(directory.path) { $0.maximumSeriesPerMetric = 7 }
        #expect(try await again.store.append(LimitTests.batch("s", LimitTests.many("a", 0..<8), at: 2000)).accepted == 7)
        try again.store.close()
    }

    @Test("After a restart a series counts for whoever sends it next")
    func adoption() async throws {
        let directory = try TemporaryDirectory("limits")
        let first = try StoreFixture(directory.path)
        _ = try await first.store.append(LimitTests.batch("s", LimitTests.many("a", 0..<5), at: 1000))
        try first.store.close()
        let fixture = try StoreFixture(directory.path) { $0.maximumSeriesPerSource = 6 }
        #expect(try await fixture.store.append(LimitTests.batch("s", LimitTests.many("a", 0..<5), at: 2000)).accepted == 5)
        #expect(
            try await fixture.store.append(LimitTests.batch("s", LimitTests.many("a", 5..<8), at: 2000))
                == AppendOutcome(accepted: 1, refused: ["too_many_series_of_source": 2]))
        try fixture.store.close()
    }

    @Test("Sources without series are forgotten")
    func sources() {
        var sources = SeriesSources()
        let first = sources.add("a")
        #expect(sources.add("a") == first)
        let second = sources.add("b")
        #expect(sources.add(nil) == -1)
        sources.remove(first)
        #expect(sources.count(of: "a") == 1)
        sources.remove(first)
        sources.remove(-1)
        #expect(sources.count(of: "a") == 0)
        #expect(sources.add("c") == first)
        #expect(sources.count(of: "b") == 1)
        #expect(second != first)
        #expect(sources.counts.map(\.name).sorted() == ["b", "c"])
    }

    @Test("Beyond the disk budget the oldest blocks go until blocks and log fit, counted and reported")
    func diskBudget() async throws {
        let directory = try TemporaryDirectory("budget")
        func fill(_ fixture: StoreFixture, _ hours: Range<Int>) async throws {
            var random = SeededGenerator(seed: 11)
            for hour in hours {
                let samples = (0..<60).map { minute in
                    Sample(Milliseconds(hour) * LimitTests.hour + Int64(minute) * 60_000, Double(bitPattern: random.next()))
                }
                var batch = SampleBatch()
                for number in 0..<4 { batch.append(series(number), samples) }
                _ = try await fixture.store.append(batch)
            }
        }
        let first = try StoreFixture(directory.path) { $0.retention = nil }
        try await fill(first, 0..<40)
        for _ in 0..<4 { try first.store.maintain(now: 40 * LimitTests.hour) }
        let before = first.store.statistics
        #expect(before.blocks > 4)
        try first.store.close()

        let budget = before.diskBytes * 2 / 3
        let fixture = try StoreFixture(directory.path) {
            $0.retention = nil
            $0.maximumDiskBytes = budget
        }
        try fixture.store.maintain(now: 40 * LimitTests.hour)
        let after = fixture.store.statistics
        #expect(after.diskBytes <= budget)
        #expect(after.blocks > 0)
        #expect(try files(directory, "blocks", ".block").count == after.blocks)
        // What is left is one piece up to the newest sample.
        let times = try #require(try fixture.contents()[series(1)]).keys.sorted()
        #expect(times.last == 40 * LimitTests.hour - 60_000)
        #expect(times.first! > 0)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 60_000 })
        let reason = ["reason": "disk"] as Labels
        #expect(
            fixture.metrics.value("magewatch_metric_store_removed_blocks_total", reason) == Double(before.blocks - after.blocks))
        #expect(fixture.metrics.value("magewatch_metric_store_removed_bytes_total", reason) > 0)
        #expect(fixture.reports.all.count == 1)
        try fixture.store.close()
    }
}
