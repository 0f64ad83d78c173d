/// Places containers: the lowest worst utilisation over forecast use, then the cheapest moves from where things are.
///
/// Worst utilisation is lowered a whole per cent at a time: at each limit an annealing (see ``Annealing``) looks for any assignment that
/// keeps it. At the lowest limit reached, it then looks for the one nearest to where things are. Small problems are searched exactly as
/// well, which finds what is left, or proves that there is nothing. The same problem gives the same answer every time.
package struct PlacementSolver: Sendable {
    private let problem: PlacementProblem
    private let objective: PlacementObjective
    private let effort: SearchEffort
    private let lossLimitPercent: Int?

    /// Solves a problem.
    /// - Throws: `PlacementError` of code `infeasible` where no assignment keeps the rules: counterparts apart, allowed servers, and
    ///   survival of any loss where that is required. Capacity is no such rule: where demand is too high, the least overload is the answer.
    package static func solve(
        _ problem: PlacementProblem, _ objective: PlacementObjective = PlacementObjective()
    ) throws(PlacementError) -> PlacementSolution {
        guard objective.lossRule != .reported else { return try PlacementSolver(problem, objective, survives: false).solve() }
        if let found = try? PlacementSolver(problem, objective, survives: true).solve(), found.losses.allSatisfy(\.isSurvived) {
            return found
        }
        if objective.lossRule == .required {
            throw PlacementError(.infeasible, "no assignment was found that survives the loss of any one server")
        }
        return try PlacementSolver(problem, objective, survives: false).solve()
    }

    private init(_ problem: PlacementProblem, _ objective: PlacementObjective, survives: Bool) {
        self.problem = problem
        self.objective = objective
        lossLimitPercent = survives ? 100 : nil
        let standard = SearchEffort.standard(for: problem)
        effort = objective.effort ?? (survives ? standard.divided(by: 4) : standard)
    }

    private func solve() throws(PlacementError) -> PlacementSolution {
        guard let start = InitialPlacement.make(problem, keepsCurrent: false),
            let kept = InitialPlacement.make(problem, keepsCurrent: true)
        else {
            throw PlacementError(.infeasible, "no assignment keeps counterparts on different servers that are open to them")
        }
        var lowest = LowestUtilisation(problem, effort, lossLimitPercent)
        try lowest.search(from: [start, kept])
        if objective.minimumGainPoints > 0, let steady = steady(kept, lowest) { return steady }
        let limit = lowest.percent + objective.slackPoints
        var fewest = FewestMoves(problem, effort, lossLimitPercent, limitPercent: limit)
        fewest.search(from: kept, and: lowest.places)
        return solution(fewest.places, lowest, isMoveCostProven: fewest.isProven)
    }

    /// The assignment that leaves all that runs where it is, unless it breaks a rule or the gain of another is worth its moves.
    private func steady(_ kept: [Int], _ lowest: LowestUtilisation) -> PlacementSolution? {
        let isPinned = problem.containers.indices.allSatisfy { index in
            problem.containers[index].current.map { $0 == kept[index] } ?? true
        }
        guard isPinned, let pinned = try? problem.pinned() else { return nil }
        var best = LowestUtilisation(pinned, effort, lossLimitPercent)
        guard (try? best.search(from: [kept])) != nil else { return nil }
        guard best.percent <= 100, best.percent - lowest.percent < objective.minimumGainPoints else { return nil }
        return solution(best.places, lowest, isMoveCostProven: true)
    }

    private func solution(_ places: [Int], _ lowest: LowestUtilisation, isMoveCostProven: Bool) -> PlacementSolution {
        let state = SearchState(problem, places: places, limitPercent: 100)
        let moves = problem.containers.indices.count { index in
            problem.containers[index].current.map { $0 != places[index] } ?? false
        }
        return PlacementSolution(
            places: places, worstPercent: state.worstPercent, moves: moves, moveCost: state.moveCost,
            worstPercentLowerBound: min(lowest.lowerBound, state.worstPercent), isMoveCostProven: isMoveCostProven,
            losses: ServerLoss.all(of: problem, places: places))
    }
}
