/// A virtual fleet for every sizing expert, driven by the real demand with the real attach time and billing.
///
/// What each would have been billed and how many minutes it would have been short is known without trying it on customers. One row of
/// numbers for each quantity, experts side by side, so that a tick costs nanoseconds an expert.
///
/// A minute counts as short by degrees, from ``marginShare`` under the capacity to as much above it. A few minutes a week are short, and
/// which expert was lucky in them says little; near misses say as much and are many more.
struct ShadowFleets {
    let rules: FleetRules
    /// What each expert wants now, as it says it; servers wanted now; and the highest want of the last ``holdTicks`` ticks, below which
    /// nothing is given back.
    private(set) var wishes: [Float]
    private(set) var needs: [Float]
    private(set) var held: [Float]
    /// Periods started and minutes saturated (by degrees) during the last tick.
    private(set) var startedPeriods: [Float]
    private(set) var saturatedMinutes: [Float]

    /// Ticks whose highest need keeps a server.
    static let holdTicks = 40
    /// Ticks before the end of a paid period in which a server may be given back.
    static let releaseTicks = 2
    /// Demand over capacity, away from 1, at which a minute is not short at all or wholly.
    static let marginShare: Float = 0.04

    private let count = SizingExpert.grid.count
    private var total: [Float]
    private var ready: [Float]
    /// Servers by the tick of the period in which they were requested; servers by the tick at which they begin to serve.
    private var phases: [[Float]]
    private var coming: [[Float]]
    private var minute = -1
    private var worstOfMinute: [Float]
    // Sliding maximum in two halves: the running maximum of this block, the suffix maxima of the last (van Herk, 1992).
    private var blockNeeds: [[Float]]
    private var suffixes: [[Float]]
    private var running: [Float]

    init(rules: FleetRules) {
        self.rules = rules
        let zeros = [Float](repeating: 0, count: count)
        let owned = [Float](repeating: Float(rules.ownedServers), count: count)
        wishes = owned
        needs = owned
        held = owned
        startedPeriods = zeros
        saturatedMinutes = zeros
        total = owned
        ready = owned
        phases = [[Float]](repeating: zeros, count: rules.periodTicks)
        coming = [[Float]](repeating: zeros, count: rules.attachTicks + 1)
        worstOfMinute = zeros
        blockNeeds = [[Float]](repeating: zeros, count: ShadowFleets.holdTicks)
        suffixes = blockNeeds
        running = zeros
    }

    /// What the experts want at `tick`, from what was seen before it.
    mutating func size(_ moment: SizingMoment, at tick: Int) {
        let place = tick % ShadowFleets.holdTicks
        if place == 0 { closeBlock() }
        moment.fill(&wishes)
        let owned = Float(rules.ownedServers)
        for index in 0..<count {
            // Rounds up without a library call: half of the next integer, rounded to the nearest. Exact below four million.
            let rounded = (wishes[index] + 0.4999) + 12_582_912 - 12_582_912
            let need = max(owned, rounded)
            needs[index] = need
            running[index] = max(running[index], need)
            held[index] = max(running[index], suffixes[place][index])
        }
        blockNeeds[place] = needs
    }

    private mutating func closeBlock() {
        var suffix = [Float](repeating: 0, count: count)
        for place in stride(from: ShadowFleets.holdTicks - 1, through: 0, by: -1) {
            // The value at the same place is one block old and out of the window.
            suffixes[place] = suffix
            for index in 0..<count { suffix[index] = max(suffix[index], blockNeeds[place][index]) }
        }
        for index in 0..<count { running[index] = 0 }
    }

    /// Lets every fleet act at `tick` and meet its demand; the counts of the tick are in ``startedPeriods`` and ``saturatedMinutes``.
    mutating func play(demand: Float, at tick: Int) {
        let arriving = tick % coming.count
        let leavingSlot = (tick + rules.attachTicks) % coming.count
        let phase = tick % rules.periodTicks
        meet(demand, minute: tick / rules.ticksPerMinute, arriving: arriving)
        for index in 0..<count {
            let launched = max(0, needs[index] - total[index])
            phases[phase][index] += launched
            startedPeriods[index] = phases[phase][index]
            total[index] += launched
            coming[leavingSlot][index] = launched
        }
        for distance in 1...min(ShadowFleets.releaseTicks, max(1, rules.periodTicks - 1)) {
            release(from: (tick + distance) % rules.periodTicks)
        }
    }

    private mutating func meet(_ demand: Float, minute present: Int, arriving: Int) {
        if present != minute {
            minute = present
            for index in 0..<count { worstOfMinute[index] = 0 }
        }
        let steepness = 1 / (2 * ShadowFleets.marginShare)
        for index in 0..<count {
            ready[index] += coming[arriving][index]
            coming[arriving][index] = 0
            let shortage = min(1, max(0, (demand / ready[index] - 1 + ShadowFleets.marginShare) * steepness))
            let worst = max(worstOfMinute[index], shortage)
            saturatedMinutes[index] = worst - worstOfMinute[index]
            worstOfMinute[index] = worst
        }
    }

    private mutating func release(from phase: Int) {
        for index in 0..<count {
            let released = min(max(0, total[index] - held[index]), phases[phase][index])
            phases[phase][index] -= released
            total[index] -= released
            ready[index] -= released
        }
    }
}
