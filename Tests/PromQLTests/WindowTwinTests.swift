import PromQL
import Telemetry
import TestKit
import Testing

/// Window functions written down plainly: all samples of one window at a time, no sliding, no compensation.
private enum Twin {
    typealias Samples = [(time: Double, value: Double)]

    static let functions: [String: @Sendable (Samples, Double, Double) -> Double?] = [
        "rate(x_total[37s])": { rate($0, $1, $2).map { $0 / 37 } },
        "increase(x_total[37s])": rate,
        "sum_over_time(x_total[37s])": { samples, _, _ in samples.map(\.value).reduce(0, +) },
        "avg_over_time(x_total[37s])": { samples, _, _ in samples.map(\.value).reduce(0, +) / Double(samples.count) },
        "min_over_time(x_total[37s])": { samples, _, _ in samples.map(\.value).min() },
        "max_over_time(x_total[37s])": { samples, _, _ in samples.map(\.value).max() },
        "count_over_time(x_total[37s])": { samples, _, _ in Double(samples.count) },
        "last_over_time(x_total[37s])": { samples, _, _ in samples.last?.value },
        "resets(x_total[37s])": { samples, _, _ in
            Double(zip(samples, samples.dropFirst()).count { $1.value < $0.value })
        },
        "quantile_over_time(0.5, x_total[37s])": { samples, _, _ in
            let sorted = samples.map(\.value).sorted()
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        },
        "stdvar_over_time(x_total[37s])": { samples, _, _ in
            let mean = samples.map(\.value).reduce(0, +) / Double(samples.count)
            return samples.map { ($0.value - mean) * ($0.value - mean) }.reduce(0, +) / Double(samples.count)
        },
        "irate(x_total[37s])": { samples, _, _ in
            guard samples.count > 1 else { return nil }
            let (last, previous) = (samples[samples.count - 1], samples[samples.count - 2])
            let gained = last.value < previous.value ? last.value : last.value - previous.value
            return gained / (last.time - previous.time)
        },
    ]

    /// Prometheus' extrapolated increase.
    @Sendable static func rate(_ samples: Samples, _ start: Double, _ end: Double) -> Double? {
        guard samples.count > 1, let first = samples.first, let last = samples.last else { return nil }
        var gained = 0.0
        for (a, b) in zip(samples, samples.dropFirst()) { gained += b.value < a.value ? b.value : b.value - a.value }
        let covered = last.time - first.time
        let interval = covered / Double(samples.count - 1)
        func reach(_ gap: Double) -> Double { gap < interval * 1.1 ? gap : interval / 2 }
        var before = reach(first.time - start)
        if gained > 0, first.value >= 0 { before = min(before, covered * first.value / gained) }
        return gained * (covered + before + reach(end - last.time)) / covered
    }
}

@Suite struct WindowTwinTests {
    private static func randomSeries(_ random: inout SeededGenerator) -> SampleColumns {
        var columns = SampleColumns()
        var (time, value): (Milliseconds, Double) = (0, 0)
        for _ in 0..<200 {
            time += Milliseconds([1000, 1000, 1000, 997, 1, 60_000].randomElement(using: &random) ?? 1000)
            value = Double.random(in: 0..<1, using: &random) < 0.05 ? 0 : value + Double(Int.random(in: 0..<100, using: &random))
            columns.append(time, Double.random(in: 0..<1, using: &random) < 0.03 ? SampleBatch.staleMarker : value)
        }
        return columns
    }

    @Test("Sliding windows agree with computing each window anew", arguments: 0..<4)
    func windowsAgree(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let columns = Self.randomSeries(&random)
        let source = MemorySource([(["__name__": "x_total"], columns)])
        let engine = PromQLEngine(source: source)
        let step = Milliseconds.random(in: 500...20_000, using: &random)
        let through = step * 100
        for (query, twin) in Twin.functions {
            guard case .matrix(let matrix) = try engine.range(query, from: 0, through: through, step: step).value else {
                continue
            }
            let got = Dictionary(
                uniqueKeysWithValues: matrix.first.map { Array(zip($0.columns.timestamps, $0.columns.values)) } ?? [])
            for time in stride(from: 0, through: through, by: Int(step)) {
                let window = zip(columns.timestamps, columns.values)
                    .filter { $0 > time - 37_000 && $0 <= time && $1.bitPattern != SampleBatch.staleMarker.bitPattern }
                    .map { (time: Double($0) / 1000, value: $1) }
                let expected = window.isEmpty ? nil : twin(window, Double(time - 37_000) / 1000, Double(time) / 1000)
                let value = got[time]
                let isClose =
                    expected == nil
                    ? value == nil
                    : value.map { ($0 - expected!).magnitude <= 1e-9 * max(1, expected!.magnitude) } ?? false
                #expect(isClose, "seed \(seed), \(query) at \(time): \(value as Any), expected \(expected as Any)")
            }
        }
    }

    @Test("An instant query gives what a range query gives at that time", arguments: 0..<2)
    func instantAgreesWithRange(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let series = (0..<6).map { index in
            (
                Labels([Label("__name__", "x_total"), Label("a", "\(index)"), Label("b", "\(index % 2)")]),
                Self.randomSeries(&random)
            )
        }
        let engine = PromQLEngine(source: MemorySource(series))
        let queries = [
            "x_total", "sum by (b) (rate(x_total[1m]))", "avg(x_total) by (b)", "x_total > 500", "topk(2, x_total)",
            "x_total / on (b) group_left sum by (b) (x_total)", "max_over_time(rate(x_total[30s])[2m:7s])", "stddev(x_total)",
            "x_total and on (a) (x_total % 2 == 0)", "x_total offset 20s or x_total", "quantile(0.3, x_total)",
            "x_total unless x_total > 900", "absent(x_total)", "timestamp(x_total)", "x_total @ 100",
            "count_values(\"v\", x_total > 3)",
            "label_replace(x_total, \"c\", \"$1\", \"a\", \"(.*)\") - 1", "predict_linear(x_total[1m], 60)", "deriv(x_total[1m])",
        ]
        for query in queries {
            guard case .matrix(let matrix) = try engine.range(query, from: 0, through: 300_000, step: 9000).value else {
                continue
            }
            for time in stride(from: Milliseconds(0), through: 300_000, by: 9000) {
                guard case .vector(let vector) = try engine.instant(query, at: time).value else { continue }
                let one = Dictionary(uniqueKeysWithValues: vector.map { ($0.labels, $0.value.bitPattern) })
                var other: [Labels: UInt64] = [:]
                for series in matrix {
                    if let index = series.columns.timestamps.firstIndex(of: time) {
                        other[series.labels] = series.columns.values[index].bitPattern
                    }
                }
                #expect(one == other, "seed \(seed), \(query) at \(time)")
            }
        }
    }
}
