import MetricStore
import PromQL
import Telemetry
import TestKit
import Testing

/// Queries over condensed samples beside the same queries over the samples themselves, which another source still has.
@Suite("Downsampling", .ownThread) struct DownsamplingTests {
    private static let minute: Milliseconds = 60_000
    private static let hour = 60 * minute
    /// Where a block of condensed samples begins, with the spans that these tests give blocks.
    private static let start = 1000 * 96 * hour
    private static let length = 100 * hour

    /// How much is left in the store.
    enum Kept: CaseIterable { case everything, fiveMinutes, hours }

    /// A store whose samples are condensed, and all that was ever written to it.
    private final class Scene {
        let directory: TemporaryDirectory
        let store: MetricStore
        let condensed: PromQLEngine
        let raw: PromQLEngine

        init(_ kept: Kept, seed: UInt64) async throws {
            var random = SeededGenerator(seed: seed)
            let series = DownsamplingTests.series(&random)
            directory = try TemporaryDirectory("downsampling")
            let now = start + length + 6 * hour
            var options = MetricStore.Options()
            options.blockSpan = hour
            options.maximumFuture = .max
            options.retention = nil
            options.downsampling = [5 * minute, hour].map { .init(resolution: $0, after: hour, retention: nil) }
            // What is past its retention when it comes is not even written, so first there is none.
            let whole = try MetricStore(directory: directory.path, options: options, metrics: SelfMetrics())
            for (labels, columns) in series {
                var batch = SampleBatch()
                batch.append(labels, zip(columns.timestamps, columns.values).map { Sample($0, $1) })
                _ = try await whole.append(batch)
            }
            for _ in 0..<40 { try whole.maintain(now: now) }
            try whole.close()
            if kept != .everything { options.retention = 2 * hour }
            if kept == .hours { options.downsampling[0].retention = 3 * hour }
            store = try MetricStore(directory: directory.path, options: options, metrics: SelfMetrics())
            for _ in 0..<4 { try store.maintain(now: now) }
            (condensed, raw) = (PromQLEngine(source: store), PromQLEngine(source: MemorySource(series)))
        }

        /// The values of both at each step, by series.
        func both(
            _ query: String, from: Milliseconds, through: Milliseconds, step: Milliseconds
        ) throws -> (found: [Labels: SampleColumns], expected: [Labels: SampleColumns]) {
            (
                try DownsamplingTests.matrix(condensed.range(query, from: from, through: through, step: step)),
                try DownsamplingTests.matrix(raw.range(query, from: from, through: through, step: step))
            )
        }
    }

    private static func matrix(_ result: QueryResult) -> [Labels: SampleColumns] {
        guard case .matrix(let series) = result.value else { return [:] }
        return Dictionary(uniqueKeysWithValues: series.map { ($0.labels, $0.columns) })
    }

    /// Scraped every minute: counters that begin again, gauges with signs, some upon full minutes, some gone for a while.
    private static func series(_ random: inout SeededGenerator) -> [(Labels, SampleColumns)] {
        (0..<6).map { number in
            let isCounter = number % 2 == 0
            let jitter: Milliseconds = number < 2 ? 0 : 3000
            var columns = SampleColumns()
            var value = 100.0
            var pause = 0
            let phase = number < 2 ? 0 : Milliseconds.random(in: 5000..<50_000, using: &random)
            for index in 0..<Int(length / minute) {
                let time =
                    start + Milliseconds(index) * minute + phase + (jitter > 0 ? .random(in: 0..<jitter, using: &random) : 0)
                let change = Double(Int.random(in: 0..<1000, using: &random)) / 100
                value = isCounter ? value + change : value + change - 5
                if isCounter, Int.random(in: 0..<90, using: &random) == 0 { value = change }
                if number >= 4, pause == 0, Int.random(in: 0..<400, using: &random) == 0 {
                    pause = Int.random(in: 1..<200, using: &random)
                    columns.append(time, SampleBatch.staleMarker)
                    continue
                }
                pause = max(0, pause - 1)
                if pause == 0 { columns.append(time, value) }
            }
            return (["__name__": isCounter ? "c_total" : "g", "n": "\(number)"], columns)
        }
    }

    @Test("Where windows begin and end with buckets, condensed samples tell what samples do", arguments: Kept.allCases)
    func aligned(kept: Kept) async throws {
        let scene = try await Scene(kept, seed: 7)
        let regular = #"{n=~"[0-3]"}"#
        let queries = [
            "min_over_time(g[W])", "max_over_time(g[W])", "sum_over_time(g[W])", "avg_over_time(g[W])", "count_over_time(g[W])",
            "last_over_time(c_total[W])", "first_over_time(g[W])", "ts_of_last_over_time(g[W])", "present_over_time(c_total[W])",
            "increase(c_total\(regular)[W])", "rate(c_total\(regular)[W])", "delta(g\(regular)[W])", "g", "c_total",
            "sum(rate(c_total\(regular)[W]))", "timestamp(g)",
        ]
        let finest = scene.store.cardinality(top: 1).resolutions.map(\.span.lowerBound)
        // What is gone is gone: of the first day only what was condensed is left.
        #expect(finest.min() == Self.start && (kept == .everything || finest[0] > Self.start + 80 * Self.hour))
        for query in queries {
            for window in ["1h", "3h", "12h"] {
                let text = query.replacing("W", with: window)
                let (found, expected) = try scene.both(
                    text, from: Self.start + 12 * Self.hour, through: Self.start + 95 * Self.hour, step: Self.hour)
                #expect(!expected.isEmpty)
                #expect(found.keys.sorted() == expected.keys.sorted(), "\(text), seed 7")
                for (labels, columns) in expected {
                    let other = found[labels] ?? SampleColumns()
                    #expect(other.timestamps == columns.timestamps, "\(text) of \(labels), seed 7")
                    let worst = zip(other.values, columns.values).map { ($0 - $1).magnitude / max(1, $1.magnitude) }.max() ?? 0
                    #expect(worst < 1e-11, "\(text) of \(labels), seed 7")
                }
            }
        }
    }

    @Test("Elsewhere they lie between what the next shorter and the next longer window of whole buckets tell")
    func bounds() async throws {
        for (kept, bucket) in [(Kept.fiveMinutes, 5 * Self.minute), (.hours, Self.hour)] {
            let scene = try await Scene(kept, seed: 8)
            var random = SeededGenerator(seed: 9)
            for _ in 0..<40 {
                let window = Milliseconds.random(in: 3 * bucket...20 * bucket, using: &random)
                let end = Self.start + Milliseconds.random(in: 22 * Self.hour...94 * Self.hour, using: &random)
                func value(_ function: String, _ engine: PromQLEngine, _ from: Milliseconds, _ to: Milliseconds) throws -> Double
                {
                    let text = "\(function)(g{n=\"3\"}[\(to - from)ms])"
                    guard case .vector(let samples) = try engine.instant(text, at: to).value else { return .nan }
                    return samples.first?.value ?? .nan
                }
                let (low, high) = (end - window, end)
                func floor(_ time: Milliseconds) -> Milliseconds { time / bucket * bucket }
                let inner = (floor(low + bucket - 1), floor(high))
                let outer = (floor(low), floor(high + bucket - 1))
                for (function, sign) in [("count_over_time", 1.0), ("max_over_time", 1), ("min_over_time", -1)] {
                    let found = sign * (try value(function, scene.condensed, low, high))
                    let least = sign * (try value(function, scene.raw, inner.0, inner.1))
                    let most = sign * (try value(function, scene.raw, outer.0, outer.1))
                    #expect(least <= found && found <= most, "\(function) over \(low)..\(high), seed 9")
                }
            }
        }
    }

    @Test("Windows shorter than a bucket have no gaps, and a counter's rise is spread over its bucket")
    func shortWindows() async throws {
        let scene = try await Scene(.hours, seed: 10)
        for query in [#"c_total{n="2"}"#, #"rate(c_total{n="2"}[5m])"#, #"avg_over_time(g{n="3"}[5m])"#, #"g{n="3"}"#] {
            let (found, expected) = try scene.both(
                query, from: Self.start + 20 * Self.hour + 7000, through: Self.start + 60 * Self.hour, step: 4 * Self.minute)
            for (labels, columns) in expected { #expect(found[labels]?.timestamps == columns.timestamps, "\(query), seed 10") }
        }
        let (found, expected) = try scene.both(
            #"sum_over_time(rate(c_total{n="2"}[5m])[40h:5m])"#, from: Self.start + 60 * Self.hour,
            through: Self.start + 60 * Self.hour, step: Self.hour)
        let pair = (found.values.first?.values.first ?? .nan, expected.values.first?.values.first ?? .nan)
        #expect((pair.0 / pair.1 - 1).magnitude < 0.05, "\(pair), seed 10")
    }

    @Test("Samples that come in late are condensed again with the others")
    func late() async throws {
        let scene = try await Scene(.everything, seed: 11)
        let labels: Labels = ["__name__": "late", "n": "1"]
        var batch = SampleBatch()
        batch.append(labels, (1...600).map { Sample(Self.start + $0 * Self.minute, 1) })
        _ = try await scene.store.append(batch)
        func count() throws -> Double? {
            let result = try scene.condensed.instant("count_over_time(late[24h])", at: Self.start + 24 * Self.hour)
            guard case .vector(let samples) = result.value else { return nil }
            return samples.first?.value
        }
        for _ in 0..<12 {
            #expect(try count() == 600)
            try scene.store.maintain(now: Self.start + Self.length + 6 * Self.hour)
        }
        #expect(scene.store.cardinality(top: 1).resolutions.map(\.milliseconds) == [0, 5 * Self.minute, Self.hour])
    }
}
