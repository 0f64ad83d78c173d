/// Measures of forecast error, as the M4 competition defines them.
package enum ForecastMetrics {
    /// Symmetric mean absolute percentage error, 0 to 200; a step where both are zero counts as right.
    package static func sMAPE(_ forecast: [Double], _ truth: [Double]) -> Double {
        mean(zip(forecast, truth).map { f, y in f == y ? 0 : 200 * abs(f - y) / (abs(f) + abs(y)) })
    }

    /// Mean absolute error in units of ``insampleError(_:season:)``; nil where that is 0.
    package static func mase(_ forecast: [Double], _ truth: [Double], insample: [Double], season: Int) -> Double? {
        insampleError(insample, season: season).map { unit in mean(zip(forecast, truth).map { abs($0 - $1) }) / unit }
    }

    /// Mean error of the seasonal naive forecast over the history (of the naive one where it is shorter than a season); nil where that never errs.
    package static func insampleError(_ values: [Double], season: Int) -> Double? {
        let lag = values.count > season ? max(1, season) : 1
        guard values.count > lag else { return nil }
        let error = mean((lag..<values.count).map { abs(values[$0] - values[$0 - lag]) })
        return error > 0 && error.isFinite ? error : nil
    }

    /// Share of the truth within the bounds.
    package static func coverage(_ low: [Double], _ high: [Double], _ truth: [Double]) -> Double {
        mean(truth.indices.map { truth[$0] >= low[$0] && truth[$0] <= high[$0] ? 1 : 0 })
    }

    /// Interval score (Gneiting and Raftery, 2007): width, and what lies outside, punished by the level.
    package static func intervalScore(_ low: [Double], _ high: [Double], _ truth: [Double], level: Double) -> Double {
        let penalty = 2 / (1 - level)
        return mean(
            truth.indices.map { index in
                let below = max(0, low[index] - truth[index])
                let above = max(0, truth[index] - high[index])
                return high[index] - low[index] + penalty * (below + above)
            })
    }

    /// Pinball loss of a quantile path.
    package static func pinball(_ path: [Double], _ truth: [Double], probability: Double) -> Double {
        mean(zip(path, truth).map { q, y in max(probability * (y - q), (probability - 1) * (y - q)) })
    }

    /// Overall weighted average against the benchmark's errors.
    package static func owa(sMAPE: Double, mase: Double, benchmarkSMAPE: Double, benchmarkMASE: Double) -> Double? {
        guard benchmarkSMAPE > 0, benchmarkMASE > 0 else { return nil }
        return (sMAPE / benchmarkSMAPE + mase / benchmarkMASE) / 2
    }

    /// The mean; 0 of nothing.
    package static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
