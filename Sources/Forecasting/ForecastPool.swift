/// Many models, each trusted by how well it would have done lately.
///
/// For each lead the models are run from a number of earlier origins, and their errors give their weights (inverse square, the
/// later origins counting more). The errors of the weighted mean at those origins, signed, are what the intervals are made of
/// (split conformal prediction: Vovk, Gammerman, Shafer, 2005), so an interval is as wide as this signal's forecasts have been wrong.
package struct ForecastPool: Sendable {
    /// Origins a backtest goes back to at most.
    package static let maximumOrigins = 40
    /// Weight of an origin against the next later one.
    package static let originMemory = 0.93
    /// Errors below this share of the signal's range count as equal: no model wins by dust.
    package static let smallestError = 1e-6

    package let models: [any Forecaster]

    package init(models: [any Forecaster]) {
        self.models = models
    }

    /// What the pool foresees at one lead.
    package struct LeadForecast: Sendable {
        package var mean: Double
        /// Signed errors (truth minus forecast) of earlier forecasts, oldest first.
        package var residuals: [Double]
        /// Weight of each model, in the pool's order.
        package var weights: [Double]
        package var meanAbsoluteError: Double
    }

    /// Forecasts for each lead (steps ahead, ascending); nil where the history holds fewer than two numbers at its end.
    package func forecast(_ history: [Double], leads: [Int]) -> [LeadForecast]? {
        guard let end = history.lastIndex(where: \.isFinite), end == history.count - 1, history.count >= 2 else { return nil }
        let now = models.map { $0.forecast(history[...], leads: leads) }
        let origins = self.origins(count: history.count, longest: leads.last ?? 1)
        let past = origins.map { origin in
            history[origin - 1].isFinite ? models.map { $0.forecast(history[..<origin], leads: leads) } : models.map { _ in nil }
        }
        return leads.indices.map { index in
            combine(history, index: index, lead: leads[index], now: now, past: past, origins: origins)
        }
    }

    /// Ends of the histories the backtest runs on, ascending.
    private func origins(count: Int, longest: Int) -> [Int] {
        // The shortest lead has truth up to the very end; longer leads skip the origins whose truth is still to come.
        let first = max(2, count / 4)
        guard first < count else { return [] }
        let stride = max(1, min(count - first, 4 * max(longest, 8)) / ForecastPool.maximumOrigins)
        return Array(
            Swift.stride(from: count - 1, through: first, by: -stride).prefix(2 * ForecastPool.maximumOrigins).reversed())
    }

    private func combine(
        _ history: [Double], index: Int, lead: Int, now: [[Double]?], past: [[[Double]?]], origins: [Int]
    ) -> LeadForecast {
        var errors = [Double](repeating: 0, count: models.count)
        var sums = [Double](repeating: 0, count: models.count)
        var weight = 1.0
        var judged: [(truth: Double, values: [Double?])] = []
        for (origin, paths) in zip(origins, past).reversed() {
            let target = origin - 1 + lead
            guard target < history.count, history[target].isFinite, judged.count < ForecastPool.maximumOrigins else { continue }
            judged.append((history[target], paths.map { $0?[index] }))
            for model in models.indices {
                guard let value = paths[model]?[index], value.isFinite else { continue }
                errors[model] += weight * abs(history[target] - value)
                sums[model] += weight
            }
            weight *= ForecastPool.originMemory
        }
        var weights = models.indices.map { model -> Double in
            guard now[model] != nil, sums[model] > 0 else { return 0 }
            let error = errors[model] / sums[model] + ForecastPool.smallestError
            return 1 / (error * error)
        }
        // With nothing to judge by, the first model that can speak does.
        if weights.allSatisfy({ $0 == 0 }), let first = now.firstIndex(where: { $0 != nil }) { weights[first] = 1 }
        let total = weights.reduce(0, +)
        weights = weights.map { $0 / total }
        let mean = models.indices.reduce(0) { $0 + (weights[$1] > 0 ? weights[$1] * (now[$1]?[index] ?? 0) : 0) }
        let residuals = judged.reversed().compactMap { truth, values -> Double? in
            var sum = 0.0
            var covered = 0.0
            for model in models.indices {
                guard let value = values[model] else { continue }
                sum += weights[model] * value
                covered += weights[model]
            }
            return covered > 0.01 ? truth - sum / covered : nil
        }
        let absolute = residuals.reduce(0) { $0 + abs($1) } / Double(max(1, residuals.count))
        return LeadForecast(mean: mean, residuals: residuals, weights: weights, meanAbsoluteError: absolute)
    }
}
