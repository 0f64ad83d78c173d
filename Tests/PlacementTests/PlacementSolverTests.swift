import Placement
import TestKit
import Testing

@Suite(.ownThread) struct PlacementSolverTests {
    @Test("Small problems come out as a search through every assignment has them", arguments: 1...24 as ClosedRange<UInt64>)
    func againstEveryAssignment(seed: UInt64) throws {
        let problem = try Instances.random(seed: seed, servers: seed % 2 == 0 ? 2 : 3, groups: 4)
        let all = Instances.allAssignments(of: problem)
        let lowest = try #require(all.map { Instances.worstPercent(problem, $0) }.min())
        let fewest = all.filter { Instances.worstPercent(problem, $0) == lowest }.map { Instances.moves(problem, $0) }.min()
        let solution = try PlacementSolver.solve(problem)
        #expect(solution.worstPercent == lowest, "seed \(seed)")
        #expect(solution.moves == fewest, "seed \(seed)")
        #expect(solution.isWorstPercentProven && solution.isMoveCostProven, "seed \(seed)")
    }

    @Test("An assignment keeps counterparts apart and is what it says it is", arguments: [(5, 10), (12, 18), (20, 24), (30, 60)])
    func consistency(servers: Int, groups: Int) throws {
        var brief = PlacementObjective()
        brief.effort = SearchEffort(
            proposalsAnAttempt: 5_000, proposalsForUtilisation: 10_000, proposalsForMoves: 20_000, exactNodes: 1_000)
        for seed in 1...3 as ClosedRange<UInt64> {
            let problem = try Instances.random(seed: seed, servers: servers, groups: groups)
            let solution = try PlacementSolver.solve(problem, brief)
            for group in 0..<groups {
                #expect(solution.places[2 * group] != solution.places[2 * group + 1], "seed \(seed), group \(group)")
            }
            #expect(solution.worstPercent == Instances.worstPercent(problem, solution.places), "seed \(seed)")
            #expect(solution.moves == Instances.moves(problem, solution.places), "seed \(seed)")
            #expect(solution.worstPercentLowerBound <= solution.worstPercent, "seed \(seed)")
            let again = try PlacementSolver.solve(problem, brief)
            #expect(again == solution, "the same problem has the same answer, seed \(seed)")
        }
    }

    @Test("Allowed and closed servers are never broken, and what can't stay leaves")
    func rules() throws {
        let servers = [Instances.server("s0"), Instances.server("s1", isClosed: true), Instances.server("s2")]
        let containers = [
            Instances.container("a", on: 1), Instances.container("b", on: 0, allowed: [2]),
            Instances.container("c", group: 0, on: 0, allowed: [0]), Instances.container("d", group: 0, on: 0),
        ]
        let solution = try PlacementSolver.solve(try PlacementProblem(servers: servers, containers: containers))
        #expect(solution.places[0] != 1)
        #expect(solution.places[1...] == [2, 0, 2])
        #expect(solution.moves == 3)
    }

    @Test("A start that locks a container out is tried again with that one first")
    func squeakyWheel() throws {
        // The largest would take s0 or s1, and only one order of three leaves each its place.
        let servers = (0..<3).map { Instances.server("s\($0)") }
        let containers = [
            Instances.container("large", cpu: 500, group: 0, allowed: [0, 1]),
            Instances.container("middle", cpu: 300, group: 0, allowed: [0, 1]),
            Instances.container("small", cpu: 10, group: 0, allowed: [0, 1, 2]),
        ]
        let solution = try PlacementSolver.solve(try PlacementProblem(servers: servers, containers: containers))
        #expect(solution.places[2] == 2)
    }

    @Test("What no assignment can keep is told")
    func infeasible() throws {
        let pair = [Instances.container("a", group: 0), Instances.container("b", group: 0, isBackup: true)]
        let problem = try PlacementProblem(servers: [Instances.server("s0")], containers: pair)
        #expect { try PlacementSolver.solve(problem) } throws: { ($0 as? PlacementError)?.code == .infeasible }
        let closed = try PlacementProblem(
            servers: [Instances.server("s0", isClosed: true)], containers: [Instances.container("a")])
        #expect { try PlacementSolver.solve(closed) } throws: { ($0 as? PlacementError)?.code == .infeasible }
    }

    @Test("Too much demand is placed with the least overload, and not called survivable")
    func overload() throws {
        let servers = [Instances.server("s0"), Instances.server("s1")]
        let containers = (0..<4).map { Instances.container("c\($0)", cpu: 600) }
        let solution = try PlacementSolver.solve(try PlacementProblem(servers: servers, containers: containers))
        #expect(solution.worstPercent == 120)
        #expect(!solution.survivesAnyLoss)
    }

    @Test("Nothing to place, and nothing asked for, are answers too")
    func empty() throws {
        let nothing = try PlacementSolver.solve(try PlacementProblem(servers: [Instances.server("s0")], containers: []))
        #expect(nothing.places.isEmpty && nothing.worstPercent == 0 && nothing.survivesAnyLoss)
        let idle = Instances.container("a", cpu: 0, ram: 0, net: 0, on: 0)
        let stays = try PlacementSolver.solve(
            try PlacementProblem(servers: [Instances.server("s0"), Instances.server("s1")], containers: [idle]))
        #expect(stays.places == [0] && stays.moves == 0)
    }

    @Test("A dear container stays where a cheap one can go in its place")
    func moveCost() throws {
        var database = Instances.container("db", cpu: 400, on: 0)
        database.moveCost = 20
        let containers = [database, Instances.container("web", cpu: 400, on: 0)]
        let problem = try PlacementProblem(servers: [Instances.server("s0"), Instances.server("s1")], containers: containers)
        let solution = try PlacementSolver.solve(problem)
        #expect(solution.places == [0, 1])
        #expect(solution.moveCost == 1)
    }
}
