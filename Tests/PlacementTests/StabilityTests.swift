import Placement
import Testing

@Suite struct StabilityTests {
    /// 50 % and 30 % on the first, nothing on the second: evening out gains 30 points.
    private func uneven() throws -> PlacementProblem {
        try PlacementProblem(
            servers: [Instances.server("s0"), Instances.server("s1")],
            containers: [
                Instances.container("a", cpu: 500, on: 0), Instances.container("b", cpu: 300, on: 0),
                Instances.container("new", cpu: 100),
            ])
    }

    @Test("What runs is moved only for a gain of the threshold", arguments: [(0, 1), (30, 1), (31, 0), (100, 0)])
    func threshold(points: Int, moves: Int) throws {
        var objective = PlacementObjective()
        objective.minimumGainPoints = points
        let solution = try PlacementSolver.solve(try uneven(), objective)
        #expect(solution.moves == moves)
        #expect(solution.places[2] == 1, "a new container goes to the emptier server in any case")
    }

    @Test("A threshold keeps nothing on a server that is closed or over its capacity")
    func mends() throws {
        var objective = PlacementObjective()
        objective.minimumGainPoints = 100
        let servers = [Instances.server("s0", isClosed: true), Instances.server("s1")]
        let leaves = try PlacementProblem(servers: servers, containers: [Instances.container("a", on: 0)])
        let left = try PlacementSolver.solve(leaves, objective)
        #expect(left.places == [1])
        let hot = try PlacementProblem(
            servers: [Instances.server("s0"), Instances.server("s1")],
            containers: [Instances.container("a", cpu: 700, on: 0), Instances.container("b", cpu: 400, on: 0)])
        let cooled = try PlacementSolver.solve(hot, objective)
        #expect(cooled.worstPercent == 70)
    }

    @Test("Slack above the lowest utilisation is given for fewer moves")
    func slack() throws {
        let problem = try PlacementProblem(
            servers: [Instances.server("s0"), Instances.server("s1")],
            containers: [
                Instances.container("a", cpu: 400, on: 0), Instances.container("b", cpu: 100, on: 0),
                Instances.container("c", cpu: 320, on: 1), Instances.container("d", cpu: 60, on: 1),
            ])
        let best = try PlacementSolver.solve(problem)
        #expect(best.moves > 0)
        var objective = PlacementObjective()
        objective.slackPoints = 5
        let solution = try PlacementSolver.solve(problem, objective)
        #expect(solution.moves == 0 && solution.worstPercent == 50)
    }
}
