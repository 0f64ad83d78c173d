/// The first half of a placement: the lowest worst utilisation that can be reached.
struct LowestUtilisation {
    private let problem: PlacementProblem
    private let effort: SearchEffort
    private let lossLimitPercent: Int?
    private var annealing = Annealing(seed: 1)

    /// The best assignment so far, and its worst utilisation.
    private(set) var places: [Int] = []
    private(set) var percent = Int.max
    /// No assignment can be below this.
    private(set) var lowerBound: Int

    init(_ problem: PlacementProblem, _ effort: SearchEffort, _ lossLimitPercent: Int?) {
        self.problem = problem
        self.effort = effort
        self.lossLimitPercent = lossLimitPercent
        lowerBound = UtilisationBound.percent(problem)
    }

    /// - Throws: where losses count and no assignment was found that survives them all.
    mutating func search(from starts: [[Int]]) throws(PlacementError) {
        var state = SearchState(
            problem, places: starts[0], limitPercent: SearchState.unlimitedPercent, lossLimitPercent: lossLimitPercent)
        var budget = effort.proposalsForUtilisation
        for start in starts {
            state.reset(to: start)
            if state.isFeasible, state.worstPercent < percent { adopt(start, state.worstPercent) }
        }
        state.reset(to: places.isEmpty ? starts[0] : places)
        if places.isEmpty { try survive(&state, &budget) }
        while percent > lowerBound {
            state.setLimit(percent: percent - 1)
            guard let better = assignment(&state, &budget) else { break }
            state.reset(to: better)
            adopt(better, state.worstPercent)
        }
    }

    /// One attempt to find an assignment within the limit, then the exact search, which may prove that there is none; only then the rest
    /// of the budget.
    private mutating func assignment(_ state: inout SearchState, _ budget: inout Int) -> [Int]? {
        if let found = anneal(&state, &budget) { return found }
        switch ExactSearch.run(
            problem, limitPercent: state.limitPercent, lossLimitPercent: lossLimitPercent, nodes: effort.exactNodes)
        {
        case .found(let places): return places
        case .none: lowerBound = percent
        case .gaveUp:
            while budget > 0 {
                if let found = anneal(&state, &budget) { return found }
            }
        }
        return nil
    }

    private mutating func adopt(_ places: [Int], _ percent: Int) {
        self.places = places
        self.percent = percent
    }

    /// Any assignment that survives the losses, whatever it loads.
    private mutating func survive(_ state: inout SearchState, _ budget: inout Int) throws(PlacementError) {
        guard let found = assignment(&state, &budget) else {
            throw PlacementError(.infeasible, "no assignment was found that survives the loss of any one server")
        }
        state.reset(to: found)
        adopt(found, state.worstPercent)
    }

    private mutating func anneal(_ state: inout SearchState, _ budget: inout Int) -> [Int]? {
        let schedule = Annealing.Schedule(
            proposals: min(budget, effort.proposalsAnAttempt), startTemperature: 5, endTemperature: 0.2, moveWeight: 0,
            stopsWhenFeasible: true)
        defer { budget -= annealing.proposalsMade }
        return annealing.run(&state, schedule)
    }
}
