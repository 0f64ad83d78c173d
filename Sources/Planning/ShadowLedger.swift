internal import Glibc

/// What each expert's virtual fleet has cost and missed lately, by the time of day, and whom to follow.
struct ShadowLedger {
    /// Parts of a day that are kept apart.
    static let blockCount = 4
    /// After so many days a count weighs half.
    static let halfLifeDays = 8.0
    /// Minutes of an expert's overall figures that are mixed into a block's.
    static let priorMinutes: Float = 1440

    private let count = SizingExpert.grid.count
    private var periods: [[Float]]
    private var saturated: [[Float]]
    private var minutes = [Float](repeating: 0, count: blockCount)
    private let fadePerHour = Float(exp2(-1 / (24 * halfLifeDays)))

    init() {
        let zeros = [Float](repeating: 0, count: count)
        periods = [[Float]](repeating: zeros, count: ShadowLedger.blockCount)
        saturated = periods
    }

    /// Minutes on record, faded.
    var recordedMinutes: Float { minutes.reduce(0, +) }

    mutating func record(_ fleets: ShadowFleets, block: Int, minutes passed: Float) {
        for index in 0..<count {
            periods[block][index] += fleets.startedPeriods[index]
            saturated[block][index] += fleets.saturatedMinutes[index]
        }
        minutes[block] += passed
    }

    /// Called once an hour.
    mutating func fade() {
        for block in 0..<ShadowLedger.blockCount {
            minutes[block] *= fadePerHour
            for index in 0..<count {
                periods[block][index] *= fadePerHour
                saturated[block][index] *= fadePerHour
            }
        }
    }

    /// The choice of an hour.
    struct Choice: Equatable {
        var expert: Int
        /// Periods that one saturated minute less may cost.
        var price: Float
        /// Share of saturated minutes that the choice is expected to have over the day.
        var expectedShare: Float
    }

    /// The cheapest experts, one a block of the day, whose saturation together stays under the target; the one of the present block is
    /// returned. The price of a saturated minute rises until the target is met.
    func choose(block: Int, target: Float) -> Choice {
        let costs = (0..<ShadowLedger.blockCount).map { rates(periods, block: $0) }
        let shares = (0..<ShadowLedger.blockCount).map { rates(saturated, block: $0) }
        let total = max(1e-6, recordedMinutes)
        var price: Float = 0.02
        var choice = Choice(expert: 0, price: price, expectedShare: 0)
        while true {
            var expected: Float = 0
            var present = 0
            for part in 0..<ShadowLedger.blockCount {
                let best = cheapest(costs[part], shares[part], price)
                expected += minutes[part] / total * shares[part][best]
                if part == block { present = best }
            }
            choice = Choice(expert: present, price: price, expectedShare: expected)
            if expected <= target || price >= 50 { return choice }
            price *= 1.25
        }
    }

    private func cheapest(_ costs: [Float], _ shares: [Float], _ price: Float) -> Int {
        var best = 0
        var lowest = Float.infinity
        for index in 0..<count {
            let cost = costs[index] + price * shares[index]
            if cost < lowest {
                lowest = cost
                best = index
            }
        }
        return best
    }

    /// Counts a minute of a block, drawn towards the whole day's.
    private func rates(_ counts: [[Float]], block: Int) -> [Float] {
        let total = max(1, recordedMinutes)
        return (0..<count).map { index in
            var all: Float = 0
            for part in 0..<ShadowLedger.blockCount { all += counts[part][index] }
            return (counts[block][index] + ShadowLedger.priorMinutes * all / total) / (minutes[block] + ShadowLedger.priorMinutes)
        }
    }
}
