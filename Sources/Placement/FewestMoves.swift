/// The second half of a placement: the cheapest moves that keep a worst utilisation.
struct FewestMoves {
    private let problem: PlacementProblem
    private let effort: SearchEffort
    private let lossLimitPercent: Int?
    private let limitPercent: Int

    /// The best assignment so far.
    private(set) var places: [Int] = []
    private var cost = Int.max
    /// Nothing cheaper exists.
    private(set) var isProven = false

    init(_ problem: PlacementProblem, _ effort: SearchEffort, _ lossLimitPercent: Int?, limitPercent: Int) {
        self.problem = problem
        self.effort = effort
        self.lossLimitPercent = lossLimitPercent
        self.limitPercent = limitPercent
    }

    /// Looks from where things are, and around what was found, of which the second must keep the limit.
    mutating func search(from kept: [Int], and found: [Int]) {
        var annealing = Annealing(seed: 2)
        var state = SearchState(problem, places: found, limitPercent: limitPercent, lossLimitPercent: lossLimitPercent)
        (places, cost) = (found, state.moveCost)
        // Small problems end here, most others at the end.
        prove(nodes: effort.exactNodes / 4)
        // A move weighs little against a point over the limit, or a search that starts from an overload would rather stay there; and the
        // temperature stays below a move's weight, or with many servers nearly everything would leave its own.
        let half = effort.proposalsForMoves / 2
        for (start, weight) in [(kept, Float(0.25)), (nil, 0.1)] where !isProven {
            state.reset(to: start ?? places)
            let schedule = Annealing.Schedule(
                proposals: half, startTemperature: weight * 0.4, endTemperature: weight * 0.1, moveWeight: weight,
                stopsWhenFeasible: false)
            guard let better = annealing.run(&state, schedule) else { continue }
            state.reset(to: better)
            if state.moveCost < cost { (places, cost) = (better, state.moveCost) }
        }
        prove(nodes: effort.exactNodes)
    }

    private mutating func prove(nodes: Int) {
        isProven = isProven || cost == 0
        while !isProven {
            let outcome = ExactSearch.run(
                problem, limitPercent: limitPercent, lossLimitPercent: lossLimitPercent, costBelow: cost, nodes: nodes)
            switch outcome {
            case .gaveUp: return
            case .none: isProven = true
            case .found(let better):
                places = better
                cost = SearchState(problem, places: better, limitPercent: limitPercent).moveCost
                isProven = cost == 0
            }
        }
    }
}
