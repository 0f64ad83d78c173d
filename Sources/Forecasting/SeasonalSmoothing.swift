/// Exponential smoothing with a damped trend and one season, additive.
///
/// Holt-Winters' method with Gardner and McKenzie's damped trend, in error-correction form. Gains start at one over the number of
/// visits and settle at the parameters, so no initial values have to be guessed. A season of 1 is Holt's method without a season.
package struct SeasonalSmoothing: SeasonalModel {
    /// Steps of a season; 1 for none.
    package let season: Int
    /// Gains of the level and the trend (a step) and of the season (a visit).
    package let levelGain: Double
    package let trendGain: Double
    package let seasonGain: Double
    /// What is left of the trend after one step.
    package let damping: Double
    package var name: String { season > 1 ? "smoothing \(season)" : "trend" }

    package init(season: Int, levelGain: Double, trendGain: Double = 0, seasonGain: Double = 0, damping: Double = 1) {
        self.season = max(1, season)
        self.levelGain = levelGain
        self.trendGain = trendGain
        self.seasonGain = seasonGain
        self.damping = damping
    }

    package func paths(_ values: [Double], origins: [Int], horizon: Int) -> [[Double]] {
        var state = State(profile: [Double](repeating: 0, count: season))
        var result: [[Double]] = []
        var next = 0
        for time in 0...values.count {
            while next < origins.count, origins[next] == time {
                result.append(time < (season > 1 ? 2 * season : 2) ? [] : path(state, time, horizon))
                next += 1
            }
            guard time < values.count, next < origins.count else { break }
            step(&state, time, values[time])
        }
        return result
    }

    private struct State {
        var level = 0.0
        var trend = 0.0
        var profile: [Double]
    }

    private func step(_ state: inout State, _ time: Int, _ value: Double) {
        let place = time % season
        let error = value - (state.level + damping * state.trend + state.profile[place])
        state.level += damping * state.trend + max(levelGain, 1 / Double(time + 1)) * error
        state.trend = damping * state.trend + (time >= 2 * season ? trendGain * error : 0)
        if season > 1 { state.profile[place] += max(seasonGain, 1 / Double(time / season + 2)) * error }
    }

    private func path(_ state: State, _ time: Int, _ horizon: Int) -> [Double] {
        var trend = state.trend
        var level = state.level
        return (0..<horizon).map { step in
            trend *= damping
            level += trend
            return level + state.profile[(time + step) % season]
        }
    }
}
