/// The usual course of a season, and the present deviation from it, which dies away.
///
/// The profile is an exponentially weighted mean over earlier seasons for each step of a season, smoothed over its neighbours.
package struct ProfileForecaster: Forecaster {
    /// Steps of a season (a day, a week).
    package let season: Int
    /// Weight of a season against the one after it.
    package let memory: Double
    /// What is left of a deviation after one step.
    package let damping: Double
    package var name: String { "profile \(season)" }

    package init(season: Int, memory: Double = 0.8, damping: Double = 0.98) {
        self.season = season
        self.memory = memory
        self.damping = damping
    }

    package func forecast(_ history: ArraySlice<Double>, leads: [Int]) -> [Double]? {
        guard history.count >= season + season / 2 else { return nil }
        let profile = self.profile(history)
        let end = history.endIndex - 1
        var deviation = 0.0
        var weight = 0.0
        for back in 0..<min(6, history.count) {
            let value = history[end - back]
            let usual = profile[position(end - back, in: history)]
            guard value.isFinite, usual.isFinite else { continue }
            deviation += value - usual
            weight += 1
        }
        deviation = weight > 0 ? deviation / weight : 0
        var left = 1.0
        var step = 0
        return leads.map { lead in
            while step < lead {
                left *= damping
                step += 1
            }
            let usual = profile[position(end + lead, in: history)]
            return (usual.isFinite ? usual : history[end]) + deviation * left
        }
    }

    private func position(_ index: Int, in history: ArraySlice<Double>) -> Int {
        // Counted back from the end, so that the same step of the season has the same place whatever the history's length.
        let back = (history.endIndex - 1 - index) % season
        return back >= 0 ? (season - back) % season : -back % season
    }

    private func profile(_ history: ArraySlice<Double>) -> [Double] {
        var sums = [Double](repeating: 0, count: season)
        var weights = [Double](repeating: 0, count: season)
        for index in history.indices where history[index].isFinite {
            let seasonsBack = (history.endIndex - 1 - index) / season
            var weight = 1.0
            for _ in 0..<min(seasonsBack, 30) { weight *= memory }
            let place = position(index, in: history)
            sums[place] += history[index] * weight
            weights[place] += weight
        }
        let raw = zip(sums, weights).map { $1 > 0 ? $0 / $1 : Double.nan }
        return raw.indices.map { place in
            let near = [raw[(place + season - 1) % season], raw[place], raw[place], raw[(place + 1) % season]].filter(\.isFinite)
            return near.isEmpty ? .nan : near.reduce(0, +) / Double(near.count)
        }
    }
}
