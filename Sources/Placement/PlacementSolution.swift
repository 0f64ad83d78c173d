/// Where everything goes, and how good that is.
package struct PlacementSolution: Sendable, Equatable {
    /// For each container of the problem, the index of its server.
    package var places: [Int]
    /// The scarcest resource of the worst server, in whole per cent of its capacity, rounded up.
    package var worstPercent: Int
    /// Containers that leave the server they are on.
    package var moves: Int
    /// What those moves cost together.
    package var moveCost: Int
    /// No assignment has a worst utilisation below this.
    package var worstPercentLowerBound: Int
    /// No assignment with as low a worst utilisation has cheaper moves.
    package var isMoveCostProven: Bool
    /// What the loss of each server would do, one a server.
    package var losses: [ServerLoss]

    /// Whether the worst utilisation is known to be the lowest there is.
    package var isWorstPercentProven: Bool { worstPercent == worstPercentLowerBound }
    /// Whether nothing is over its capacity, now and with any one server lost.
    package var survivesAnyLoss: Bool { worstPercent <= 100 && losses.allSatisfy(\.isSurvived) }
}
