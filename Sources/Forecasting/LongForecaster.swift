internal import Glibc

/// Forecasts from half an hour to two weeks ahead: a pool of seasonal models, weighed by rolling backtests on the series itself.
///
/// Each model forecasts the last ``Options/origins`` horizons as if it did not know them. The best ``Options/members`` by their error, later
/// origins counting more, are averaged with weights falling with the error: combining beats selecting (Makridakis et al., "The
/// M4 Competition", 2020). The errors of the average at these origins make the intervals. Nothing is fitted across series, and no
/// parameter is set per series.
package struct LongForecaster: Sendable {
    package struct Options: Sendable {
        /// Horizons that the backtest replays, and how far apart they begin, as a share of the season.
        package var origins = 6
        package var stride = 1.0
        /// Models that are averaged at most.
        package var members = 20
        /// A model's weight is its error to minus this power.
        package var sharpness = 3.0
        /// Weight of an origin against the next later one.
        package var memory = 0.7
        /// Values of history that are looked at, at most; older ones are left out.
        package var maximumHistory = 40_000

        package init() {}
    }

    /// Steps of the season, for instance 24 for hours; the sevenfold is used as well once there is enough history.
    package let season: Int
    package let options: Options

    package init(season: Int, options: Options = Options()) {
        self.season = max(1, season)
        self.options = options
    }

    /// The forecast of the `horizon` steps after `values` (an even grid; numbers that are not finite are gaps); nil where there is not a
    /// single number to go by.
    package func forecast(_ values: [Double], horizon: Int) -> LongForecast? {
        guard horizon > 0, let clean = CleanSeries(values.suffix(options.maximumHistory), season: season) else { return nil }
        guard clean.values.count >= 4, !clean.isConstant else {
            return LongForecast.constant(clean.values.last ?? 0, clean.scale, horizon)
        }
        let origins = self.origins(clean.values.count, horizon)
        var candidates: [Candidate] = []
        let models = LongPool.models(season: season, count: clean.values.count)
        run(models, clean, origins, horizon, isLogarithmic: false, into: &candidates)
        if clean.isPositive { run(models, clean, origins, horizon, isLogarithmic: true, into: &candidates) }
        weigh(&candidates, clean, origins, horizon)
        return LongForecast(candidates, clean, origins, horizon)
    }

    /// One model in one form, with its path at each origin (the last is the forecast) and what it earned.
    struct Candidate {
        var name: String
        var paths: [[Double]]
        var weight = 0.0
    }

    /// The ends of the histories, the whole one last. The shortest backtest still has two seasons behind it.
    private func origins(_ count: Int, _ horizon: Int) -> [Int] {
        let step = max(1, Int(Double(season) * options.stride))
        let least = max(4, min(2 * season, count / 2))
        let back = (0..<options.origins).map { count - min(horizon, max(1, count / 4)) - step * $0 }
        return back.filter { $0 >= least }.reversed() + [count]
    }

    private func run(
        _ models: [any SeasonalModel], _ clean: CleanSeries, _ origins: [Int], _ horizon: Int, isLogarithmic: Bool,
        into candidates: inout [Candidate]
    ) {
        let values = isLogarithmic ? clean.values.map { log($0) } : clean.values
        for model in models {
            var paths = model.paths(values, origins: origins, horizon: horizon)
            guard let last = paths.last, !last.isEmpty else { continue }
            if isLogarithmic {
                for index in paths.indices { paths[index] = paths[index].map { exp(min(50, $0)) } }
            }
            // A path that runs away says that the model is unstable here.
            guard paths.allSatisfy({ $0.allSatisfy(clean.isPlausible) }) else { continue }
            candidates.append(Candidate(name: isLogarithmic ? "log \(model.name)" : model.name, paths: paths))
        }
    }

    private func weigh(_ candidates: inout [Candidate], _ clean: CleanSeries, _ origins: [Int], _ horizon: Int) {
        var errors = candidates.map { error($0, clean, origins) }
        if errors.allSatisfy(\.isInfinite) { errors = errors.map { _ in 1 } }
        let ranked = errors.indices.filter { errors[$0].isFinite }.sorted { (errors[$0], $0) < (errors[$1], $1) }
        var total = 0.0
        for index in ranked.prefix(options.members) {
            candidates[index].weight = pow(1 / (errors[index] + 1e-9), options.sharpness)
            total += candidates[index].weight
        }
        for index in candidates.indices { candidates[index].weight /= total }
        candidates.removeAll { $0.weight <= 0 }
    }

    /// Relative error for positive series, absolute otherwise; infinite where no backtest could be made.
    private func error(_ candidate: Candidate, _ clean: CleanSeries, _ origins: [Int]) -> Double {
        var sum = 0.0
        var total = 0.0
        var weight = 1.0
        for (origin, path) in zip(origins, candidate.paths).dropLast().reversed() where !path.isEmpty {
            var error = 0.0
            let steps = min(path.count, clean.values.count - origin)
            for step in 0..<steps {
                let truth = clean.values[origin + step]
                let miss = abs(path[step] - truth)
                error += clean.isPositive ? miss / (abs(path[step]) + truth) : miss
            }
            sum += weight * error / Double(max(1, steps))
            total += weight
            weight *= options.memory
        }
        return total > 0 ? sum / total : .infinity
    }
}
