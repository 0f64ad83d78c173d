/// How the short layer does on a series as it would have run: updated value by value, judged at origins over the last part.
///
/// The error of a lead is the error at that step alone, in units of the in-sample error of the daily seasonal naive forecast over the
/// part that is not judged.
package struct RollingEvaluation: Sendable {
    /// The measures of one lead.
    package struct LeadScore: Sendable, Equatable, Codable {
        package var lead: Int
        package var origins: Int
        package var mase: Double
        package var naiveMASE: Double
        /// Mean of twice the pinball loss over ``HoldoutEvaluation/quantiles``, in the same unit.
        package var pinball: Double
        /// Share of the truth inside the 95 % interval.
        package var coverage: Double
    }

    package let leads: [Int]
    package let stepsPerDay: Int
    /// Steps between origins.
    package let stride: Int
    /// Share of the series that is only learned from.
    package static let learnedShare = 0.6

    package init(leads: [Int], stepsPerDay: Int, stride: Int = 6) {
        self.leads = leads
        self.stepsPerDay = max(2, stepsPerDay)
        self.stride = max(1, stride)
    }

    /// One score a lead; nil where the series is shorter than two days or constant in its learned part.
    package func scores(_ values: [Double]) -> [LeadScore]? {
        let start = Int(Double(values.count) * RollingEvaluation.learnedShare)
        guard start > stepsPerDay else { return nil }
        let filled = HoldoutEvaluation.filled(values)
        guard let unit = ForecastMetrics.insampleError(Array(filled[..<start]), season: stepsPerDay) else { return nil }
        var forecaster = OnlineForecaster(leads: leads, stepsPerDay: stepsPerDay)
        var sums = leads.map { LeadScore(lead: $0, origins: 0, mase: 0, naiveMASE: 0, pinball: 0, coverage: 0) }
        for (time, value) in values.enumerated() {
            forecaster.observe(value)
            guard time >= start, (time - start).isMultiple(of: stride) else { continue }
            let forecast = forecaster.forecast
            let quantiles = HoldoutEvaluation.quantiles.map { forecaster.quantile($0) }
            for index in leads.indices where time + leads[index] < values.count {
                let truth = values[time + leads[index]]
                guard truth.isFinite else { continue }
                sums[index].origins += 1
                sums[index].mase += abs(truth - forecast[index])
                sums[index].naiveMASE += abs(truth - filled[time])
                for (probability, path) in zip(HoldoutEvaluation.quantiles, quantiles) {
                    sums[index].pinball += 2 * ForecastMetrics.pinball([path[index]], [truth], probability: probability)
                }
                let isInside = truth >= quantiles[0][index] && truth <= quantiles[quantiles.count - 1][index]
                sums[index].coverage += isInside ? 1 : 0
            }
        }
        return sums.map { scaled($0, unit) }
    }

    private func scaled(_ score: LeadScore, _ unit: Double) -> LeadScore {
        let count = Double(max(1, score.origins))
        return LeadScore(
            lead: score.lead, origins: score.origins, mase: score.mase / count / unit, naiveMASE: score.naiveMASE / count / unit,
            pinball: score.pinball / count / Double(HoldoutEvaluation.quantiles.count) / unit, coverage: score.coverage / count)
    }
}
