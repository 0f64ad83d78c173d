/// The usual course of a day and of a week at the present level, and the present deviation, which dies away.
///
/// Profiles are exponentially weighted means over earlier seasons of each step's deviation from the running level (the mean over the
/// last short season).
package struct ProfileModel: SeasonalModel {
    package let shortSeason: Int
    package let longSeason: Int
    /// Gain of a visit.
    package let gain: Double
    /// Share of the long profile in the blend.
    package let longShare: Double
    /// What is left of the deviation of the last steps after one step; 0 for none.
    package let damping: Double
    package var name: String { "profile \(shortSeason)/\(longSeason)" }

    /// Steps whose mean deviation is carried on.
    static let deviationSteps = 6

    package init(shortSeason: Int, longSeason: Int, gain: Double, longShare: Double, damping: Double) {
        self.shortSeason = shortSeason
        self.longSeason = longSeason
        self.gain = gain
        self.longShare = longShare
        self.damping = damping
    }

    package func paths(_ values: [Double], origins: [Int], horizon: Int) -> [[Double]] {
        var short = SeasonalProfile(season: shortSeason, gain: gain)
        var long = SeasonalProfile(season: max(1, longSeason), gain: gain)
        var recent = [Double](repeating: 0, count: ProfileModel.deviationSteps)
        var sum = 0.0
        var result: [[Double]] = []
        var next = 0
        for time in 0...values.count {
            let level = sum / Double(max(1, min(time, shortSeason)))
            while next < origins.count, origins[next] == time {
                result.append(
                    time < 2 * shortSeason || (longShare > 0 && time < 2 * longSeason)
                        ? [] : path(level, short, long, recent.reduce(0, +) / Double(recent.count), time, horizon))
                next += 1
            }
            guard time < values.count, next < origins.count else { break }
            sum += values[time]
            if time >= shortSeason { sum -= values[time - shortSeason] }
            let base = sum / Double(min(time + 1, shortSeason))
            let deviation = values[time] - base
            recent[time % recent.count] = deviation - blend(short.values[time % shortSeason], long.values[time % long.season])
            short.update(time, deviation)
            long.update(time, deviation)
        }
        return result
    }

    private func blend(_ day: Double, _ week: Double) -> Double { day + longShare * (week - day) }

    private func path(
        _ level: Double, _ short: SeasonalProfile, _ long: SeasonalProfile, _ deviation: Double, _ time: Int, _ horizon: Int
    ) -> [Double] {
        var left = deviation
        return (0..<horizon).map { step in
            left *= damping
            let place = time + step
            return level + blend(short.values[place % shortSeason], long.values[place % long.season]) + left
        }
    }
}

/// Means by the step of a season, the later visits counting more.
struct SeasonalProfile {
    let season: Int
    let gain: Double
    private(set) var values: [Double]

    init(season: Int, gain: Double) {
        self.season = season
        self.gain = gain
        values = [Double](repeating: 0, count: season)
    }

    mutating func update(_ time: Int, _ value: Double) {
        let place = time % season
        values[place] += max(gain, 1 / Double(time / season + 1)) * (value - values[place])
    }
}
