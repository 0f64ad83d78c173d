internal import Glibc

/// What each expert's virtual fleet has cost and missed lately, by the time of day, and whom to follow.
struct ShadowLedger {
    /// Parts of a day that are kept apart.
    static let blockCount = 4
    /// After so many days a count weighs half.
    static let halfLifeDays = 8.0
    /// Minutes of an expert's overall figures that are mixed into a block's.
    static let priorMinutes: Float = 1440
    /// Experts whose mean is followed.
    static let committeeSize = 20

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
        /// The cheapest experts of the present block; their mean is followed.
        var experts: [Int]
        /// Periods that one saturated minute less may cost.
        var price: Float
        /// Share of saturated minutes that the choice is expected to have over the day.
        var expectedShare: Float
    }

    /// The price of a saturated minute at which the cheapest experts, one a block of the day, are expected to keep the target: it rises
    /// until they do. Of the present block the best ``committeeSize`` at that price are returned: which of them is the very best is mostly
    /// luck, and the mean of good ones is steadier than any.
    func choose(block: Int, target: Float) -> Choice {
        let costs = (0..<ShadowLedger.blockCount).map { rates(periods, block: $0) }
        let shares = (0..<ShadowLedger.blockCount).map { rates(saturated, block: $0) }
        let total = max(1e-6, recordedMinutes)
        var price: Float = 0.02
        while true {
            var expected: Float = 0
            for part in 0..<ShadowLedger.blockCount {
                expected += minutes[part] / total * shares[part][cheapest(costs[part], shares[part], price)]
            }
            if expected <= target || price >= 50 {
                return Choice(experts: committee(costs[block], shares[block], price), price: price, expectedShare: expected)
            }
            price *= 1.25
        }
    }

    private func committee(_ costs: [Float], _ shares: [Float], _ price: Float) -> [Int] {
        let order = (0..<count).map { (cost: costs[$0] + price * shares[$0], expert: $0) }
            .sorted { ($0.cost, $0.expert) < ($1.cost, $1.expert) }
        return order.prefix(ShadowLedger.committeeSize).map(\.expert)
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
