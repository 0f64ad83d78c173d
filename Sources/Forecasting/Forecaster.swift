/// One model of the pool. Pure: the same history gives the same path.
package protocol Forecaster: Sendable {
    /// Short name, for explanations.
    var name: String { get }
    /// Values so many steps after the end of `history` for each of the ascending `leads`; nil where the history is too short for
    /// the model. `history` ends with a number; earlier values may be NaN.
    func forecast(_ history: ArraySlice<Double>, leads: [Int]) -> [Double]?
}

/// The last value stays. Always in the pool: whatever is better must prove it.
package struct NaiveForecaster: Forecaster {
    package let name = "naive"

    package init() {}

    package func forecast(_ history: ArraySlice<Double>, leads: [Int]) -> [Double]? {
        guard let last = history.last else { return nil }
        return leads.map { _ in last }
    }
}

/// The mean of the last `window` steps stays.
package struct LevelForecaster: Forecaster {
    package let window: Int
    package var name: String { "level \(window)" }

    package init(window: Int) {
        self.window = window
    }

    package func forecast(_ history: ArraySlice<Double>, leads: [Int]) -> [Double]? {
        guard history.count >= window else { return nil }
        let recent = history.suffix(window).filter(\.isFinite)
        guard !recent.isEmpty else { return nil }
        let mean = recent.reduce(0, +) / Double(recent.count)
        return leads.map { _ in mean }
    }
}

/// What was one season ago, moved to today's level by half the difference.
package struct SeasonalNaiveForecaster: Forecaster {
    /// Steps of a season.
    package let season: Int
    package var name: String { "seasonal \(season)" }

    package init(season: Int) {
        self.season = season
    }

    package func forecast(_ history: ArraySlice<Double>, leads: [Int]) -> [Double]? {
        guard history.count > season, let last = history.last else { return nil }
        let then = history[history.endIndex - 1 - season]
        let shift = then.isFinite ? (last - then) / 2 : 0
        var path: [Double] = []
        for lead in leads {
            let back = season - 1 - (lead - 1) % season
            let index = history.endIndex - 1 - back
            let value = history[index]
            path.append(value.isFinite ? value + shift : last)
        }
        return path
    }
}
