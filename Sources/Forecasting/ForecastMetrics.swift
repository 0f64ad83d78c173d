/// Measures of forecast error, as the M4 competition defines them.
package enum ForecastMetrics {
    /// Symmetric mean absolute percentage error, 0 to 200; a step where both are zero counts as right.
    package static func sMAPE(_ forecast: [Double], _ truth: [Double]) -> Double {
        mean(zip(forecast, truth).map { f, y in f == y ? 0 : 200 * abs(f - y) / (abs(f) + abs(y)) })
    }

    /// Mean absolute error in units of the in-sample error of the seasonal naive forecast; nil where that never errs.
    package static func mase(_ forecast: [Double], _ truth: [Double], insample: [Double], season: Int) -> Double? {
        let lag = insample.count > season ? max(1, season) : 1
        guard insample.count > lag else { return nil }
        let scale = mean((lag..<insample.count).map { abs(insample[$0] - insample[$0 - lag]) })
        guard scale > 0 else { return nil }
        return mean(zip(forecast, truth).map { abs($0 - $1) }) / scale
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
