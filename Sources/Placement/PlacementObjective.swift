/// What a placement is to reach, beside the rules that are never broken.
package struct PlacementObjective: Sendable, Equatable {
    /// What counts when a server is lost.
    package enum LossRule: Sendable, Equatable {
        /// The losses are reported, and nothing more.
        case reported
        /// An assignment that survives any loss is taken where one is found, whatever its utilisation; else the best without.
        case preferred
        /// No assignment is better than one that does not survive any loss.
        case required
    }

    package var lossRule = LossRule.reported
    /// The worst utilisation has to fall by so many points for a container to be moved; otherwise only new ones are placed. What is
    /// over its capacity, breaks a rule or would not survive a loss is mended whatever is gained.
    package var minimumGainPoints = 0
    /// So many points above the lowest worst utilisation are given for fewer moves.
    package var slackPoints = 0
    /// Proposals of the search; nil for what a problem of its size needs.
    package var effort: SearchEffort?

    package init() {}

    /// What an operator's stack is kept by: it survives a loss, and a move has to be worth it.
    package static var steady: PlacementObjective {
        var objective = PlacementObjective()
        objective.lossRule = .preferred
        objective.minimumGainPoints = 10
        objective.slackPoints = 5
        return objective
    }
}

/// How long a search goes on: counted in proposals and not in seconds, so that the answer does not hang on the machine.
package struct SearchEffort: Sendable, Equatable {
    /// For one attempt at one worst utilisation, and for all attempts together.
    package var proposalsAnAttempt: Int
    package var proposalsForUtilisation: Int
    /// For fewer moves.
    package var proposalsForMoves: Int
    /// Nodes of one exact search.
    package var exactNodes: Int

    package init(proposalsAnAttempt: Int, proposalsForUtilisation: Int, proposalsForMoves: Int, exactNodes: Int) {
        self.proposalsAnAttempt = proposalsAnAttempt
        self.proposalsForUtilisation = proposalsForUtilisation
        self.proposalsForMoves = proposalsForMoves
        self.exactNodes = exactNodes
    }

    /// Enough for a placement within a point of the best, in some 25 ms for 20 servers and a second for 200.
    package static func standard(for problem: PlacementProblem) -> SearchEffort {
        let count = problem.containers.count
        let attempt = min(max(60_000, count * 1_000), 600_000)
        return SearchEffort(
            proposalsAnAttempt: attempt, proposalsForUtilisation: 3 * attempt,
            proposalsForMoves: min(max(200_000, count * 4_000), 6_000_000),
            exactNodes: min(20_000, 160_000 / problem.servers.count))
    }

    /// A part of it, for proposals that cost as many times more: those that look after losses as well.
    func divided(by divisor: Int) -> SearchEffort {
        SearchEffort(
            proposalsAnAttempt: proposalsAnAttempt / divisor, proposalsForUtilisation: proposalsForUtilisation / divisor,
            proposalsForMoves: proposalsForMoves / divisor, exactNodes: exactNodes / divisor)
    }
}
