internal import Glibc

/// What the sizing experts look at, kept up to date tick by tick: a few short-term predictors, volatility and the seasonal rise.
///
/// Demand is in units of what one server can serve. Only values that have been observed are used.
struct DemandSignals {
    /// Number of predictors, of volatilities and of jumps.
    static let predictorCount = 4
    static let volatilityCount = 2
    static let jumpCount = 2
    /// Ticks of history that are kept: seven days, and the ticks around them that the seasonal rise looks at.
    private let capacity: Int
    private let day: Int
    private var ring: [Float]
    private(set) var count = 0
    private(set) var volatility: [Float] = [0, 0]
    /// The largest rises lately, each fading in its own time: where load comes in bursts, the next is about as high as the last ones.
    private(set) var jumps: [Float] = [0, 0]
    private var sums = RunningSums()

    /// Days back whose course says how demand rises from here, with their weights.
    private static let seasons: [(days: Int, weight: Float)] = [(1, 1), (2, 1), (3, 1), (7, 2)]
    /// Ticks over which the seasonal rise is measured.
    private static let riseTicks = 20
    /// Time constants of the two volatilities, in ticks.
    private static let memories: [Float] = [120, 960]
    /// What is left of a jump after a tick: time constants of six hours and two days of 15-second ticks.
    private static let fades: [Float] = [1440, 11520].map { expf(-1 / $0) }

    init(ticksPerDay: Int) {
        day = ticksPerDay
        capacity = 7 * ticksPerDay + 64
        ring = [Float](repeating: 0, count: capacity)
    }

    /// Takes the demand of the next tick; what is no finite number counts as unchanged, negative demand as none.
    mutating func observe(_ demand: Double) {
        let last = count > 0 ? self[1] : 0
        let value = demand.isFinite ? Float(min(max(0, demand), Double(FleetRules.maximumServers))) : last
        if count >= 16 {
            let before = mean(from: 12, through: 15)
            let rise = max(0, value - before)
            for index in volatility.indices { volatility[index] += (rise - volatility[index]) / DemandSignals.memories[index] }
            for index in jumps.indices { jumps[index] = max(rise, jumps[index] * DemandSignals.fades[index]) }
        }
        ring[count % capacity] = value
        count += 1
        sums.add(value, self)
    }

    /// The value so many ticks ago; 1 is the last one.
    subscript(_ back: Int) -> Float {
        let clamped = min(max(1, back), min(count, capacity))
        return ring[(count - clamped) % capacity]
    }

    /// The four predictors of what is needed next.
    func predictors() -> [Float] {
        let recent = highest(12)
        let level = sums.mean(.last20, count)
        return [
            level, recent, (recent + sums.mean(.last60, count)) / 2, (mean(from: 1, through: 4) + sums.mean(.last40, count)) / 2,
        ]
    }

    /// How much more than now demand became in the next minutes on the days before, in servers; 0 where nothing is known.
    func seasonalRise() -> Float {
        var sum: Float = 0
        var total: Float = 0
        for season in DemandSignals.seasons {
            let back = season.days * day
            guard count > back + 16 else { continue }
            // Around the same moment then: the last eight ticks before it, and the ticks to come.
            let before = mean(from: back + 1, through: back + 8)
            let after = mean(from: back - DemandSignals.riseTicks - 4, through: back - DemandSignals.riseTicks + 4)
            guard before > 0 else { continue }
            sum += season.weight * min(1, max(-0.5, after / before - 1))
            total += season.weight
        }
        return total > 0 ? max(0, sum / total) * mean(from: 1, through: 4) : 0
    }

    private func mean(from first: Int, through last: Int) -> Float {
        var sum: Float = 0
        for back in first...last { sum += self[back] }
        return sum / Float(last - first + 1)
    }

    private func highest(_ ticks: Int) -> Float {
        var highest: Float = 0
        for back in 1...ticks { highest = max(highest, self[back]) }
        return highest
    }
}

/// Sums over the last 20, 40 and 60 ticks.
private struct RunningSums {
    enum Window: Int { case last20, last40, last60 }

    private static let lengths = [20, 40, 60]
    private var sums = [Double](repeating: 0, count: 3)

    mutating func add(_ value: Float, _ signals: DemandSignals) {
        for (index, length) in RunningSums.lengths.enumerated() {
            sums[index] += Double(value)
            if signals.count > length { sums[index] -= Double(signals[length + 1]) }
        }
    }

    func mean(_ window: Window, _ count: Int) -> Float {
        Float(max(0, sums[window.rawValue]) / Double(max(1, min(count, RunningSums.lengths[window.rawValue]))))
    }
}
