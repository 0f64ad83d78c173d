/// A path with its uncertainty, and who made it.
package struct LongForecast: Sendable {
    /// The expected value of each step.
    package let mean: [Double]
    /// Share of each model that had any, the largest first.
    package let weights: [(model: String, weight: Double)]
    /// Mean absolute error of the backtests, in the series' unit.
    package let backtestError: Double
    /// Size of the errors at each step, and the sorted errors in units of it.
    private let sizes: [Double]
    private let standardised: [Double]

    /// Backtests know the weights that were chosen on them; fresh errors are larger by about this factor.
    private static let optimism = 1.6
    /// Steps to either side whose errors are averaged for a step's size.
    private static let neighbours = 6

    init(_ candidates: [LongForecaster.Candidate], _ clean: CleanSeries, _ origins: [Int], _ horizon: Int) {
        let paths = origins.indices.map { LongForecast.average(candidates, at: $0, horizon) }
        var errors: [[Double]] = []
        for (origin, path) in zip(origins, paths).dropLast() {
            errors.append(zip(path, clean.values[origin...]).map { $1 - $0 })
        }
        sizes = LongForecast.sizes(errors, clean, horizon).map { $0 * clean.scale }
        var standardised: [Double] = []
        for series in errors {
            for (step, error) in series.enumerated() where sizes[step] > 0 {
                standardised.append(error * clean.scale / sizes[step] * LongForecast.optimism)
            }
        }
        standardised.sort()
        self.standardised = standardised
        let all = errors.joined()
        backtestError = all.isEmpty ? 0 : all.reduce(0) { $0 + abs($1) } / Double(all.count) * clean.scale
        mean = paths[paths.count - 1].map { LongForecast.finite($0 * clean.scale) }
        var shares: [String: Double] = [:]
        for candidate in candidates { shares[candidate.name, default: 0] += candidate.weight }
        weights = shares.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    private init(mean: [Double]) {
        self.mean = mean
        weights = [("constant", 1)]
        backtestError = 0
        sizes = mean.map { _ in 0 }
        standardised = []
    }

    static func constant(_ value: Double, _ scale: Double, _ horizon: Int) -> LongForecast {
        LongForecast(mean: [Double](repeating: finite(value * scale), count: horizon))
    }

    /// The path that the truth stays under with the given probability, step by step.
    package func path(_ probability: Double) -> [Double] {
        guard !standardised.isEmpty else { return mean }
        let quantile = LongForecast.quantile(standardised, probability)
        return zip(mean, sizes).map { LongForecast.finite($0 + quantile * $1) }
    }

    private static func average(_ candidates: [LongForecaster.Candidate], at index: Int, _ horizon: Int) -> [Double] {
        var path = [Double](repeating: 0, count: horizon)
        var total = 0.0
        for candidate in candidates where !candidate.paths[index].isEmpty {
            total += candidate.weight
            for step in 0..<horizon { path[step] += candidate.weight * candidate.paths[index][step] }
        }
        return total > 0 ? path.map { $0 / total } : []
    }

    /// Mean absolute errors by step, smoothed over neighbours; steps without truth take the last known size, growing with the root of time.
    private static func sizes(_ errors: [[Double]], _ clean: CleanSeries, _ horizon: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: horizon)
        var counts = [Double](repeating: 0, count: horizon)
        for series in errors {
            for (step, error) in series.enumerated() {
                sums[step] += abs(error)
                counts[step] += 1
            }
        }
        var sizes = [Double](repeating: 0, count: horizon)
        let known = counts.firstIndex(of: 0) ?? horizon
        let window = neighbours + horizon / 16
        for step in 0..<horizon {
            guard step < known else {
                sizes[step] = known > 0 ? sizes[known - 1] * (Double(step + 1) / Double(known)).squareRoot() : 0
                continue
            }
            let near = max(0, step - window)..<min(known, step + window + 1)
            let count = counts[near].reduce(0, +)
            sizes[step] = count > 0 ? sums[near].reduce(0, +) / count : 0
        }
        return sizes
    }

    private static func quantile(_ sorted: [Double], _ probability: Double) -> Double {
        let place = max(0, min(1, probability)) * Double(sorted.count - 1)
        let low = Int(place)
        let high = min(sorted.count - 1, low + 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }

    private static func finite(_ value: Double) -> Double {
        value.isFinite ? value : (value < 0 ? -Double.greatestFiniteMagnitude : Double.greatestFiniteMagnitude)
    }
}
