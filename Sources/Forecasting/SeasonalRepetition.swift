/// The mean of the same step over the last seasons, optionally moved to the last short season's level.
package struct SeasonalRepetition: SeasonalModel {
    /// Steps of the repeated season, and how many of them are averaged.
    package let season: Int
    package let count: Int
    /// Steps of the window whose mean gives the present level; nil where the level is left alone.
    package let levelWindow: Int?
    package var name: String { "season \(season)x\(count)" + (levelWindow.map { ", level of \($0)" } ?? "") }

    package init(season: Int, count: Int, levelWindow: Int? = nil) {
        self.season = season
        self.count = count
        self.levelWindow = levelWindow
    }

    package func paths(_ values: [Double], origins: [Int], horizon: Int) -> [[Double]] {
        origins.map { origin in
            guard origin >= season * count, origin >= levelWindow ?? 0 else { return [] }
            var shift = 0.0
            if let window = levelWindow {
                for step in (origin - window)..<origin where step - season >= 0 { shift += values[step] - values[step - season] }
                shift /= Double(window)
            }
            return (0..<horizon).map { step in
                let place = origin + step % season
                var sum = 0.0
                for back in 1...count { sum += values[place - back * season] }
                return sum / Double(count) + shift
            }
        }
    }
}
