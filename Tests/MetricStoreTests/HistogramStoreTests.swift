import Synchronization
import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Histograms in the store", .ownThread) struct HistogramStoreTests {
    static let step: Milliseconds = 15_000

    private static func read(_ store: MetricStore, _ range: ClosedRange<Milliseconds> = .min ... .max) throws -> SampleColumns {
        var columns = SampleColumns()
        for reader in try store.select([], in: range) { try reader.read(range, into: &columns) }
        return columns
    }

    private static func hints(_ columns: SampleColumns) -> [NativeHistogram.ResetHint?] {
        columns.histograms.map { $0?.resetHint }
    }

    @Test(
        "Readers tell the resets that all samples in a row show, wherever these are kept", arguments: 1...6 as ClosedRange<UInt64>
    )
    func resets(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory("resets")
        let change: (inout MetricStore.Options) -> Void = {
            $0.retention = nil
            $0.blockSpan = 200 * HistogramStoreTests.step
            $0.outOfOrderWindow = 200 * HistogramStoreTests.step
        }
        var fixture = try StoreFixture(directory.path, change)
        var histograms = RandomHistograms(&random)
        var naive = SampleColumns()
        var clock: Milliseconds = 0
        for round in 0..<12 {
            var batch = SampleBatch()
            batch.append(series(1), EmptyCollection())
            var late: [(Milliseconds, NativeHistogram)] = []
            for _ in 0..<Int.random(in: 1...120, using: &random) {
                clock += HistogramStoreTests.step
                let histogram = histograms.next(&random).compacted
                naive.append(clock, histogram)
                if Int.random(in: 0..<20, using: &random) == 0 {
                    late.append((clock, histogram))
                } else {
                    batch.append(histogram, at: clock)
                }
            }
            for (time, histogram) in late { batch.append(histogram, at: time) }
            #expect(try await fixture.store.append(batch).refused.isEmpty)
            if round % 3 == 1 { try fixture.store.maintain(now: clock) }
            if round % 4 == 3 {
                try fixture.store.close()
                fixture = try StoreFixture(directory.path, change)
            }
            var expected = naive
            expected.detectResets()
            let found = try HistogramStoreTests.read(fixture.store)
            #expect(found.timestamps == expected.timestamps, "seed \(seed)")
            #expect(HistogramStoreTests.hints(found) == HistogramStoreTests.hints(expected), "seed \(seed), round \(round)")
        }
        try fixture.store.maintain(now: clock + 1_000_000_000)
        naive.detectResets()
        #expect(HistogramStoreTests.hints(try HistogramStoreTests.read(fixture.store)) == HistogramStoreTests.hints(naive))
        try fixture.store.close()
    }

    @Test("What a sender says of a reset stays; that there was none is for the store to see") func told() async throws {
        let directory = try TemporaryDirectory("told")
        let fixture = try StoreFixture(directory.path)
        var batch = SampleBatch()
        batch.append(series(1), EmptyCollection())
        for (time, hint) in [(1000, .unknown), (2000, .reset), (3000, .notReset), (4000, .gauge)]
            as [(Int64, NativeHistogram.ResetHint)]
        {
            var histogram = NativeHistogram(count: 1, sum: 1, positive: HistogramBuckets(startingAt: 0, [1]))
            histogram.resetHint = hint
            if time == 3000 { histogram = NativeHistogram() }
            batch.append(histogram, at: time)
        }
        _ = try await fixture.store.append(batch)
        for _ in 0..<2 {
            #expect(HistogramStoreTests.hints(try HistogramStoreTests.read(fixture.store)) == [.unknown, .reset, .reset, .gauge])
            try fixture.store.maintain(now: 100_000_000)
        }
        #expect(fixture.store.cardinality(top: 1).encodings.map(\.name) == ["histograms"])
        try fixture.store.close()
    }

    @Test("Many buckets are encoded before they fill the memory, and a batch of too many is refused") func limits() async throws {
        let directory = try TemporaryDirectory("buckets")
        let fixture = try StoreFixture(directory.path) { $0.maximumBatchSamples = 100_000 }
        let wide = HistogramBuckets(startingAt: 0, Array(repeating: 1, count: 1000))
        var batch = SampleBatch()
        batch.append(series(1), EmptyCollection())
        for time in 1...90 as ClosedRange<Int64> {
            batch.append(NativeHistogram(schema: 8, count: 1000, sum: 1, positive: wide), at: time * 1000)
        }
        #expect(batch.weight == 90 * 1001)
        #expect(try await fixture.store.append(batch).histograms == 90)
        let held = fixture.store.state.withLock { $0.head.series[0] }
        #expect(held.tail.columns.bucketCount < HeadSeries.maximumRawBuckets && held.chunks.count >= 30)
        #expect(try HistogramStoreTests.read(fixture.store).histograms.allSatisfy { $0?.positive == wide })
        for time in 91...110 as ClosedRange<Int64> {
            batch.append(NativeHistogram(schema: 8, count: 1000, sum: 1, positive: wide), at: time * 1000)
        }
        await #expect(throws: SinkError.self) { try await fixture.store.append(batch) }
        try fixture.store.maintain(now: 100_000_000)
        #expect(try HistogramStoreTests.read(fixture.store).count == 90)
        try fixture.store.close()
    }
}
