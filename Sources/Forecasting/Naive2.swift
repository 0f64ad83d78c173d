/// The M4 competition's benchmark: the last value of the seasonally adjusted series, with the season put back.
///
/// A season is taken out (classical multiplicative decomposition) only where the autocorrelation at its lag is significant at 90 %, as in
/// the competition's own code.
package enum Naive2 {
    package static func forecast(_ values: [Double], season: Int, horizon: Int) -> [Double] {
        guard let last = values.last else { return [] }
        guard season > 1, isSeasonal(values, season), let indices = seasonalIndices(values, season) else {
            return [Double](repeating: last, count: horizon)
        }
        let end = values.count
        let adjusted = last / indices[(end - 1) % season]
        return (0..<horizon).map { adjusted * indices[(end + $0) % season] }
    }

    private static func isSeasonal(_ values: [Double], _ season: Int) -> Bool {
        guard values.count >= 3 * season else { return false }
        let correlations = autocorrelations(values, upTo: season)
        let sum = correlations.dropLast().reduce(0) { $0 + $1 * $1 }
        return abs(correlations[season - 1]) > 1.645 * ((1 + 2 * sum) / Double(values.count)).squareRoot()
    }

    private static func autocorrelations(_ values: [Double], upTo lags: Int) -> [Double] {
        let mean = ForecastMetrics.mean(values)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard variance > 0, variance.isFinite else { return [Double](repeating: 0, count: lags) }
        return (1...lags).map { lag in
            (lag..<values.count).reduce(0) { $0 + (values[$1] - mean) * (values[$1 - lag] - mean) } / variance
        }
    }

    /// Mean ratio to the centred moving average, by place in the season, with a mean of 1; nil where a ratio can't be formed.
    private static func seasonalIndices(_ values: [Double], _ season: Int) -> [Double]? {
        var sums = [Double](repeating: 0, count: season)
        var counts = [Double](repeating: 0, count: season)
        let half = season / 2
        for time in half..<(values.count - half) {
            var average = 0.0
            if season.isMultiple(of: 2) {
                average = (values[time - half] + values[time + half]) / 2
                for near in (time - half + 1)..<(time + half) { average += values[near] }
            } else {
                for near in (time - half)...(time + half) { average += values[near] }
            }
            average /= Double(season)
            guard average != 0 else { return nil }
            sums[time % season] += values[time] / average
            counts[time % season] += 1
        }
        let means = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 1 }
        let mean = ForecastMetrics.mean(means)
        guard mean != 0, mean.isFinite, means.allSatisfy({ $0 != 0 }) else { return nil }
        return means.map { $0 / mean }
    }
}
