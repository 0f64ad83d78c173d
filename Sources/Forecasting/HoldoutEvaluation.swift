/// How the long layer forecasts series whose end it was not shown, with the measures of the M4 competition.
package struct HoldoutEvaluation: Sendable {
    /// The measures of one series, or their means over many.
    package struct Score: Sendable, Equatable, Codable {
        package var series: Int
        package var sMAPE: Double
        package var mase: Double
        package var benchmarkSMAPE: Double
        package var benchmarkMASE: Double
        /// Mean of twice the pinball loss over ``quantiles``, in units of the in-sample seasonal error (close to the CRPS).
        package var pinball: Double
        /// Share of the truth inside the 95 % intervals, and their mean scaled interval score.
        package var coverage: Double
        package var msis: Double

        /// Both measures against Naive2's; nil where that is without error.
        package var owa: Double? {
            ForecastMetrics.owa(
                sMAPE: sMAPE, mase: mase, benchmarkSMAPE: benchmarkSMAPE, benchmarkMASE: benchmarkMASE)
        }

        /// The mean of many, each series counting once; nil of none.
        package static func mean(_ scores: [Score]) -> Score? {
            guard !scores.isEmpty else { return nil }
            func mean(_ key: (Score) -> Double) -> Double { ForecastMetrics.mean(scores.map(key)) }
            return Score(
                series: scores.count, sMAPE: mean(\.sMAPE), mase: mean(\.mase), benchmarkSMAPE: mean(\.benchmarkSMAPE),
                benchmarkMASE: mean(\.benchmarkMASE), pinball: mean(\.pinball), coverage: mean(\.coverage), msis: mean(\.msis))
        }
    }

    package static let quantiles = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]

    package let season: Int
    private let forecaster: LongForecaster

    package init(season: Int) {
        self.season = max(1, season)
        forecaster = LongForecaster(season: season)
    }

    /// The score of forecasting `truth` from `history`; nil where there is nothing to compare or no scale to compare by.
    package func score(history: [Double], truth: [Double]) -> Score? {
        guard !truth.isEmpty, let forecast = forecaster.forecast(history, horizon: truth.count) else { return nil }
        let known = truth.indices.filter { truth[$0].isFinite }
        guard !known.isEmpty else { return nil }
        func pick(_ path: [Double]) -> [Double] { known.map { path[$0] } }
        let filled = HoldoutEvaluation.filled(history)
        let expected = pick(truth)
        let naive = pick(Naive2.forecast(filled, season: season, horizon: truth.count))
        guard let mase = ForecastMetrics.mase(pick(forecast.mean), expected, insample: filled, season: season),
            let naiveMASE = ForecastMetrics.mase(naive, expected, insample: filled, season: season),
            let unit = ForecastMetrics.insampleError(filled, season: season)
        else { return nil }
        let losses = HoldoutEvaluation.quantiles.map {
            2 * ForecastMetrics.pinball(pick(forecast.path($0)), expected, probability: $0)
        }
        let low = pick(forecast.path(0.025))
        let high = pick(forecast.path(0.975))
        return Score(
            series: 1, sMAPE: ForecastMetrics.sMAPE(pick(forecast.mean), expected), mase: mase,
            benchmarkSMAPE: ForecastMetrics.sMAPE(naive, expected), benchmarkMASE: naiveMASE,
            pinball: ForecastMetrics.mean(losses) / unit, coverage: ForecastMetrics.coverage(low, high, expected),
            msis: ForecastMetrics.intervalScore(low, high, expected, level: 0.95) / unit)
    }

    /// Gaps filled by the last value, for the measures that know none.
    static func filled(_ values: [Double]) -> [Double] {
        var last = values.first(where: \.isFinite) ?? 0
        return values.map { value in
            if value.isFinite { last = value }
            return last
        }
    }
}
