import Glibc

/// Simulated annealing over single moves and exchanges (Kirkpatrick, Gelatt and Vecchi 1983): what is over the limit, and what was moved,
/// is the energy; worse is accepted ever more rarely.
struct Annealing {
    /// How a run is cooled, and what it weighs.
    struct Schedule {
        var proposals: Int
        /// Energy in points over the limit; a temperature is as many points.
        var startTemperature: Float
        var endTemperature: Float
        /// Points that a moved container counts as.
        var moveWeight: Float
        /// Ends at the first feasible assignment.
        var stopsWhenFeasible: Bool
    }

    /// Exponentially distributed numbers at the middles of equally likely intervals: an uphill step of energy d is taken where d is below
    /// temperature times one of them, which is Metropolis' rule without a logarithm a step.
    private static let exponentials: [Float] = (0..<1024).map { -log((Float($0) + 0.5) / 1024) }

    private var generator: SplitMix64
    /// Of the last run.
    private(set) var proposalsMade = 0

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    /// Changes `state` and returns the cheapest feasible assignment that it passed through; nil where there was none.
    mutating func run(_ state: inout SearchState, _ schedule: Schedule) -> [Int]? {
        var best: [Int]?
        var bestCost = Int.max
        func note(_ state: borrowing SearchState) {
            if state.isFeasible, state.moveCost < bestCost {
                bestCost = state.moveCost
                best = state.place
            }
        }
        note(state)
        let exponentials = Annealing.exponentials
        let cooling = pow(schedule.endTemperature / schedule.startTemperature, 64 / Float(max(64, schedule.proposals)))
        var temperature = schedule.startTemperature
        proposalsMade = 0
        for proposal in 0..<schedule.proposals {
            proposalsMade = proposal + 1
            if best != nil, schedule.stopsWhenFeasible || bestCost == 0 { break }
            if proposal & 63 == 63 { temperature *= cooling }
            let bits = generator.next()
            let tolerance = temperature * exponentials[Int(truncatingIfNeeded: bits >> 54)]
            let changed =
                bits & (1 << 53) == 0
                ? proposeMove(&state, bits, tolerance, schedule.moveWeight)
                : proposeSwap(&state, bits, tolerance, schedule.moveWeight)
            if changed { note(state) }
        }
        return best
    }

    @inline(__always)
    private mutating func proposeMove(_ state: inout SearchState, _ bits: UInt64, _ tolerance: Float, _ moveWeight: Float) -> Bool
    {
        let container = SplitMix64.number(below: state.containerCount, from: bits)
        let more = generator.next()
        var server = SplitMix64.number(below: state.serverCount, from: more)
        // A container away from home goes back there every other time.
        let home = state.home[container]
        if home >= 0, home != state.place[container], more & (1 << 40) == 0 { server = home }
        guard server != state.place[container] else { return false }
        let paid = Float(state.costOf(container, on: server) &- state.costOf(container, on: state.place[container]))
        let change = state.excessChange(moving: container, to: server) + moveWeight * paid
        // At best a move takes away all that losses bring.
        let loss = state.lossExcess
        guard change - loss <= tolerance, state.mayMove(container, to: server) else { return false }
        let from = state.place[container]
        state.move(container, to: server)
        if change + state.lossExcess - loss <= tolerance { return true }
        state.move(container, to: from)
        return false
    }

    @inline(__always)
    private mutating func proposeSwap(_ state: inout SearchState, _ bits: UInt64, _ tolerance: Float, _ moveWeight: Float) -> Bool
    {
        let one = SplitMix64.number(below: state.containerCount, from: bits)
        let other = SplitMix64.number(below: state.containerCount, from: generator.next())
        let first = state.place[one]
        let second = state.place[other]
        guard first != second else { return false }
        let paid =
            state.costOf(one, on: second) &- state.costOf(one, on: first)
            &+ state.costOf(other, on: first) &- state.costOf(other, on: second)
        let change = state.excessChange(swapping: one, other) + moveWeight * Float(paid)
        let loss = state.lossExcess
        guard change - loss <= tolerance, state.mayMove(one, to: second, leaving: other),
            state.mayMove(other, to: first, leaving: one)
        else { return false }
        state.move(one, to: second)
        state.move(other, to: first)
        if change + state.lossExcess - loss <= tolerance { return true }
        state.move(one, to: first)
        state.move(other, to: second)
        return false
    }
}
