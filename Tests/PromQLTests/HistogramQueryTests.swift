import PromQL
import Telemetry
import TestKit
import Testing

/// Queries over series of histograms, of floats, and of both.
@Suite(.ownThread) struct HistogramQueryTests {
    private static func series(_ random: inout SeededGenerator, mixed: Bool) -> SampleColumns {
        var columns = SampleColumns()
        var histogram = NativeHistogram(schema: Int8.random(in: -1...3, using: &random))
        for index in 0..<80 {
            let time = Milliseconds(index) * 7000 + Milliseconds.random(in: 0..<3000, using: &random)
            if Int.random(in: 0..<15, using: &random) == 0 { histogram = NativeHistogram(schema: histogram.schema) }
            let added = HistogramBuckets(
                startingAt: Int32.random(in: -3...3, using: &random),
                (0..<3).map { _ in Double(Int.random(in: 0...4, using: &random)) })
            histogram.positive = histogram.positive.merged(with: added, +)
            histogram.count += added.counts.reduce(0, +)
            histogram.sum += added.counts.reduce(0, +) * 1.5
            switch Int.random(in: 0..<20, using: &random) {
            case 0: columns.append(time, SampleBatch.staleMarker)
            case 1..<6 where mixed: columns.append(time, Double(index))
            default: columns.append(time, histogram)
            }
        }
        return columns
    }

    private static let queries = [
        "x", "sum by (b) (rate(x[1m]))", "avg(x)", "x - x offset 20s", "histogram_quantile(0.9, x)", "x * 2 == x + x",
        "sum_over_time(x[50s])", "rate(x[30s])", "histogram_count(increase(x[2m:7s]))", "irate(x[1m])", "-x", "x </ 2",
        "limitk(2, x)", "count_values(\"v\", x)", "x and on (a) (histogram_count(x) > 20)", "x or x offset 1m", "x @ 100",
        "last_over_time(x[1m])", "changes(x[1m])", "resets(x[1m])", "timestamp(x)", "count(x) by (b)", "max(x)", "sort(x)",
        "histogram_fraction(0, 2, x)", "increase(x[1m] anchored)", "rate(x[1m] smoothed)", "x smoothed", "absent(x)",
        "label_replace(x, \"c\", \"$1\", \"a\", \"(.*)\")", "x / on (a) group_left histogram_count(x)", "histogram_stddev(x)",
        "min_over_time(x[1m])", "avg_over_time(x[1m])", "delta(x[1m])", "first_over_time(x[1m])", "idelta(x[1m])",
    ]

    @Test("An instant query gives what a range query gives at that time", arguments: 0..<3, [false, true])
    func instantAgreesWithRange(seed: UInt64, mixed: Bool) throws {
        var random = SeededGenerator(seed: seed)
        let series = (0..<5).map { index in
            (
                Labels([Label("__name__", "x"), Label("a", "\(index)"), Label("b", "\(index % 2)")]),
                Self.series(&random, mixed: mixed)
            )
        }
        let engine = PromQLEngine(source: MemorySource(series))
        for query in Self.queries {
            guard case .matrix(let matrix) = try engine.range(query, from: 0, through: 400_000, step: 9000).value else {
                continue
            }
            for time in stride(from: Milliseconds(0), through: 400_000, by: 9000) {
                guard case .vector(let vector) = try engine.instant(query, at: time).value else { continue }
                let one = Dictionary(
                    uniqueKeysWithValues: vector.map { ($0.labels, $0.histogram.map { "\($0)" } ?? "\($0.value)") })
                var other: [Labels: String] = [:]
                for series in matrix {
                    guard let index = series.columns.timestamps.firstIndex(of: time) else { continue }
                    let histogram = series.columns.hasHistograms ? series.columns.histograms[index] : nil
                    other[series.labels] = histogram.map { "\($0)" } ?? "\(series.columns.values[index])"
                }
                #expect(one == other, "seed \(seed), \(query) at \(time)")
            }
        }
    }

    @Test("Increase of a histogram's count is the count of its increase", arguments: 0..<5)
    func countOfRate(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let histograms = Self.series(&random, mixed: false)
        var counts = SampleColumns()
        for index in histograms.timestamps.indices {
            counts.append(histograms.timestamps[index], histograms.histograms[index]?.count ?? SampleBatch.staleMarker)
        }
        let engine = PromQLEngine(
            source: MemorySource([(["__name__": "h"], histograms), (["__name__": "c_total"], counts)]))
        // Where a counter of histograms is reset, its count may not show it; without resets both must agree.
        let query = "(histogram_count(increase(h[1m])) - increase(c_total[1m])) and on () resets(h[1m]) == 0"
        guard case .matrix(let matrix) = try engine.range(query, from: 60_000, through: 400_000, step: 5000).value else { return }
        let differences = matrix.flatMap(\.columns.values)
        #expect(differences.count > 5)
        #expect(differences.allSatisfy { $0.magnitude < 1e-6 }, "seed \(seed): \(differences)")
    }

    @Test(
        "What can't be computed with histograms is told",
        arguments: [
            ("h + 1", "PromQL info: incompatible sample types encountered for binary operator \"+\": histogram + float (1:1)"),
            ("1 / h", "PromQL info: incompatible sample types encountered for binary operator \"/\": float / histogram (1:1)"),
            (
                "h > h",
                "PromQL info: incompatible sample types encountered for binary operator \">\": histogram > histogram (1:1)"
            ),
            ("h + n", "PromQL warning: incompatible bucket layout encountered for binary operator \"+\" (1:1)"),
            ("f </ 1", "PromQL info: incompatible sample types encountered for binary operator \"</\": float </ float (1:1)"),
            ("max({__name__=~\"h|f\"})", "PromQL info: ignored histogram in max aggregation (1:5)"),
            ("sort({__name__=~\"h|f\"})", "PromQL info: ignored histograms in a sort (1:6)"),
            ("sum({__name__=~\"h|f\"})", "PromQL warning: encountered a mix of histograms and floats for aggregation (1:5)"),
        ])
    func notes(query: String, note: String) throws {
        var columns = (h: SampleColumns(), n: SampleColumns())
        columns.h.append(0, NativeHistogram(count: 1))
        columns.n.append(0, NativeHistogram(schema: NativeHistogram.customSchema, count: 1))
        let engine = PromQLEngine(
            source: MemorySource([
                (["__name__": "h"], columns.h), (["__name__": "n"], columns.n),
                (["__name__": "f"], SampleColumns(timestamps: [0], values: [1])),
            ]))
        let result = try engine.instant(query, at: 0)
        #expect(result.warnings + result.infos == [note])
    }

    @Test("Histograms that make no sense are answered, never fatal", arguments: 0..<20)
    func nonsense(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func number() -> Double {
            [0, 1, -1, 1e308, -1e308, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, 0.3].randomElement(using: &random) ?? 0
        }
        func buckets() -> HistogramBuckets {
            let first = [Int32.min, -3, 0, 2, 1000, .max].randomElement(using: &random) ?? 0
            return HistogramBuckets(startingAt: first, (0..<Int.random(in: 0...4, using: &random)).map { _ in number() })
        }
        var columns = SampleColumns()
        for time in 0..<20 as Range<Milliseconds> {
            let isCustom = Bool.random(using: &random)
            var histogram = NativeHistogram(
                schema: isCustom ? NativeHistogram.customSchema : Int8.random(in: -4...8, using: &random), count: number(),
                sum: number(), positive: buckets(), negative: buckets(), customBounds: isCustom ? [-1, 0.5, 7] : [])
            histogram.zeroThreshold = number().magnitude
            histogram.zeroCount = number()
            histogram.resetHint = NativeHistogram.ResetHint.allCases.randomElement(using: &random) ?? .unknown
            if Bool.random(using: &random) {
                columns.append(time * 7000, histogram)
            } else {
                columns.append(time * 7000, number())
            }
        }
        let engine = PromQLEngine(source: MemorySource([(["__name__": "x", "a": "1", "b": "2"], columns)]))
        for query in Self.queries {
            do { _ = try engine.range(query, from: 0, through: 140_000, step: 5000) } catch { #expect(!error.message.isEmpty) }
        }
    }
}
