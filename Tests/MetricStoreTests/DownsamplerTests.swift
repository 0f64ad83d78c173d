import Telemetry
import TestKit
import Testing

@testable import MetricStore

/// Condensing one series, and reading it back.
@Suite("Downsampler") struct DownsamplerTests {
    private static let resolution: Milliseconds = 300_000

    private static func columns(_ random: inout SeededGenerator, count: Int) -> SampleColumns {
        var columns = SampleColumns()
        var time: Milliseconds = 0
        let special = [SampleBatch.staleMarker, .nan, .infinity, -.infinity, -0.0, 1e308, 1e-300]
        for _ in 0..<count {
            time += [15_000, 15_000, 14_990, 1, 700_000].randomElement(using: &random) ?? 1
            let isSpecial = Int.random(in: 0..<40, using: &random) == 0
            columns.append(
                time, isSpecial ? special.randomElement(using: &random) ?? 0 : Double.random(in: 0..<100, using: &random))
        }
        return columns
    }

    private static func aggregates(_ columns: SampleColumns, _ resolution: Milliseconds) -> [SampleAggregate] {
        var downsampler = Downsampler(resolution: resolution)
        downsampler.add(columns)
        return downsampler.finish().flatMap { $0.aggregates ?? [] }
    }

    @Test("Condensed at once or by way of five minutes, an hour tells the same", arguments: 0..<20)
    func associative(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let columns = Self.columns(&random, count: 2000)
        let direct = Self.aggregates(columns, 3_600_000)
        var further = Downsampler(resolution: 3_600_000)
        for aggregate in Self.aggregates(columns, Self.resolution) { further.add(aggregate) }
        let indirect = further.finish().flatMap { $0.aggregates ?? [] }
        try #require(direct.count == indirect.count)
        for (one, other) in zip(direct, indirect) {
            #expect((one.firstTime, one.lastTime, one.restartTime) == (other.firstTime, other.lastTime, other.restartTime))
            for part in [AggregateColumn.Part.first, .last, .least, .greatest, .count, .restart] {
                #expect(one.value(of: part).bitPattern == other.value(of: part).bitPattern, "\(part), seed \(seed)")
            }
            for (sum, twin) in [(one.sum, other.sum), (one.beforeResets, other.beforeResets)] {
                #expect(sum == twin || sum.isNaN && twin.isNaN || (sum / twin - 1).magnitude < 1e-12, "seed \(seed)")
            }
        }
    }

    @Test("An aggregate is what its samples say, in every pattern", arguments: 0..<20)
    func naive(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let columns = Self.columns(&random, count: 2000)
        var rest = Array(zip(columns.timestamps, columns.values))[...]
        for aggregate in Self.aggregates(columns, Self.resolution) {
            let part = rest.prefix { $0.0 <= aggregate.lastTime }
            rest = rest.dropFirst(part.count)
            let values = part.map(\.1)
            #expect((part.first?.0, part.last?.0) == (aggregate.firstTime, aggregate.lastTime), "seed \(seed)")
            #expect(values.first?.bitPattern == aggregate.first.bitPattern)
            #expect(values.last?.bitPattern == aggregate.last.bitPattern)
            guard !aggregate.isStaleMarker else {
                #expect(values.count == 1)
                continue
            }
            #expect(aggregate.count == Double(values.count))
            let numbers = values.filter { !$0.isNaN }
            #expect(numbers.isEmpty || aggregate.least == numbers.min() && aggregate.greatest == numbers.max(), "seed \(seed)")
            let fallen = zip(values, values.dropFirst()).filter { $1 < $0 }.map(\.0)
            #expect(aggregate.hasResets == !fallen.isEmpty)
            let sum = values.reduce(0, +)
            #expect(sum == aggregate.sum || sum.isNaN || (sum - aggregate.sum).magnitude <= sum.magnitude * 1e-9)
        }
        #expect(rest.isEmpty)
    }

    @Test("A damaged column is refused, never misread beyond its bounds")
    func damage() throws {
        var random = SeededGenerator(seed: 3)
        let chunk = SealedChunk(
            Self.aggregates(Self.columns(&random, count: 3000), Self.resolution).prefix(240).map(\.self),
            resolution: Self.resolution)
        let times = try #require(TimeColumn.decode(chunk.timeColumn, count: chunk.count))
        for _ in 0..<2000 {
            var bytes = Array(chunk.valueColumn)
            let place = Int.random(in: bytes.indices, using: &random)
            if Bool.random(using: &random) {
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            } else {
                bytes.removeLast(bytes.count - place)
            }
            guard let column = AggregateColumn(bytes[...], count: times.count) else { continue }
            _ = column.aggregates(times)
            for aspect in SampleReading.Aspect.allCases {
                var columns = SampleColumns()
                _ = AggregateReader(column, times, SampleReading(aspect, spacing: 60_000), Self.resolution)?.append(to: &columns)
                #expect(columns.timestamps.count == columns.values.count)
            }
        }
    }

    @Test("Of histograms the first and the last of a bucket stay, and those beside a reset")
    func histograms() throws {
        var columns = SampleColumns()
        for minute in 0..<120 {
            var histogram = NativeHistogram(schema: 0)
            histogram.count = Double(minute < 62 ? minute : minute - 62)
            histogram.zeroCount = histogram.count
            columns.append(Milliseconds(minute) * 60_000 + 1000, histogram)
        }
        var downsampler = Downsampler(resolution: 3_600_000)
        downsampler.add(columns)
        let kept = downsampler.finish().flatMap { $0.read($0.span).timestamps.map { ($0 - 1000) / 60_000 } }
        #expect(kept == [0, 59, 60, 61, 62, 119])
    }

    @Test("A deletion takes the buckets that it touches, before and after they are written anew")
    func deletion() async throws {
        let directory = try TemporaryDirectory("condensed")
        let hour: Milliseconds = 3_600_000
        let fixture = try StoreFixture(directory.path) {
            $0.blockSpan = hour
            $0.retention = nil
            $0.downsampling = [.init(resolution: 300_000, after: 0, retention: nil)]
            $0.maximumFuture = .max
        }
        for minute in 0..<720 { _ = try await fixture.append(series(1), 1, at: Milliseconds(minute) * 60_000 + 500) }
        for _ in 0..<3 { try fixture.store.maintain(now: 14 * hour) }
        func count() throws -> Double {
            let reading = SampleReading(.count, resolution: 300_000)
            let reader = try #require(try fixture.store.select([], in: 0...20 * hour, for: reading).first)
            #expect(reader.isCondensed)
            var columns = SampleColumns()
            try reader.read(0...20 * hour, into: &columns)
            return columns.values.reduce(0, +)
        }
        #expect(try count() == 720)
        try fixture.store.delete(matching: [.equal("instance", "i1")], in: 7 * 60_000...12 * 60_000)
        #expect(try count() == 710)
        try fixture.store.finishDeletions()
        #expect(try count() == 710)
        try fixture.store.close()
    }
}
