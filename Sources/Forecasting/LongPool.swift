/// The models of the long layer for a season and its sevenfold (day and week).
///
/// One set for every series: what suits which series is for the backtests to say.
enum LongPool {
    /// Every model is run on the values, and on their logarithms where all are positive (multiplicative season and error).
    static func models(season: Int, count: Int) -> [any SeasonalModel] {
        var models: [any SeasonalModel] = [
            SeasonalSmoothing(season: 1, levelGain: 0.9), SeasonalSmoothing(season: 1, levelGain: 0.2),
            SeasonalSmoothing(season: 1, levelGain: 0.5, trendGain: 0.1, damping: 0.98),
        ]
        guard season > 1, count >= 2 * season else {
            return models + [LagRegression(lags: [1, 2, 3], prior: [1, 0, 0], penalty: 1e-3)]
        }
        let week = count >= 14 * season ? 7 * season : 0
        models += [
            SeasonalRepetition(season: season, count: 1), SeasonalRepetition(season: season, count: 3),
            SeasonalRepetition(season: season, count: 7),
            SeasonalSmoothing(season: season, levelGain: 0.1, seasonGain: 0.5),
            SeasonalSmoothing(season: season, levelGain: 0.3, trendGain: 0.01, seasonGain: 0.2, damping: 0.95),
        ]
        for damping in [0, 0.9, 0.98] {
            for share in week > 0 ? [0, 0.5, 1] : [0.0] {
                models.append(
                    ProfileModel(shortSeason: season, longSeason: week, gain: 0.2, longShare: share, damping: damping))
            }
        }
        if week > 0 {
            models += [
                SeasonalRepetition(season: week, count: 1), SeasonalRepetition(season: week, count: 1, levelWindow: season),
                SeasonalRepetition(season: week, count: 3),
            ]
        }
        return models + regressions(season: season, week: week, count: count)
    }

    private static func regressions(season s: Int, week w: Int, count: Int) -> [any SeasonalModel] {
        // Older rows fade with a half-life of two weeks; once not at all.
        let memories = [1, 1 - 1 / Double(21 * s)]
        var shapes: [(lags: [Int], prior: [Double])] = [
            ([1, 2, s, s + 1, 2 * s], [0, 0, 0.6, 0, 0.4]), ([s, 2 * s, 3 * s], [0.5, 0.3, 0.2]),
        ]
        if w > 0 {
            shapes = [
                ([1, 2, s, s + 1, 2 * s, w, w + 1], [0, 0, 0.3, 0, 0.2, 0.5, 0]),
                ([s, 2 * s, 3 * s, 4 * s, 5 * s, 6 * s, w, 2 * w], [0.2, 0, 0, 0, 0, 0, 0.5, 0.3]),
                ([1, 2, 3, s, s + 1, 2 * s, w, w + 1, 2 * w, 2 * w + 1], [0, 0, 0, 0.2, 0, 0, 0.5, 0, 0.3, 0]),
            ]
        }
        return memories.flatMap { memory in
            shapes.filter { ($0.lags.max() ?? 0) + 2 * s < count }.map {
                LagRegression(lags: $0.lags, prior: $0.prior, penalty: 1e-4, memory: memory)
            }
        }
    }
}
