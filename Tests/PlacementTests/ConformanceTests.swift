import Foundation
import Placement
import TestKit
import Testing

/// Instances with the optima that a constraint solver found.
@Suite(.enabled(if: SharedMaterial.isPresent, "needs ../shared"), .ownThread) struct ConformanceTests {
    private struct Optimum: Decodable {
        struct Values: Decodable {
            var max_util_pct: Int
            var min_moves: Int
        }
        var optimum: Values
    }

    @Test(
        "Worst utilisation is within a point of the optimum, and half of the instances have the fewest moves there are, or one more"
    )
    func optima() throws {
        let folder = try SharedMaterial.url("data/placement")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
        try #require(!files.isEmpty)
        var moveGaps: [Int] = []
        for file in files.sorted(by: { $0.path < $1.path }) {
            let data = try Data(contentsOf: file)
            let optimum = try JSONDecoder().decode(Optimum.self, from: data).optimum
            let problem = try JSONDecoder().decode(PlacementInstance.self, from: data).problem()
            let solution = try PlacementSolver.solve(problem)
            #expect(solution.worstPercent <= optimum.max_util_pct + 1, "\(file.lastPathComponent)")
            #expect(solution.worstPercent == Instances.worstPercent(problem, solution.places), "\(file.lastPathComponent)")
            #expect(solution.worstPercentLowerBound <= optimum.max_util_pct, "\(file.lastPathComponent)")
            if solution.isMoveCostProven, solution.worstPercent == optimum.max_util_pct {
                #expect(solution.moves <= optimum.min_moves, "\(file.lastPathComponent)")
            }
            if solution.worstPercent == optimum.max_util_pct { moveGaps.append(solution.moves - optimum.min_moves) }
        }
        moveGaps.sort()
        #expect(moveGaps.count * 10 >= files.count * 9)
        #expect(moveGaps[moveGaps.count / 2] <= 1)
    }
}
