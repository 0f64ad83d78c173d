import Placement
import Testing

@Suite struct ServerLossTests {
    /// Two actives whose backups stand crosswise on three servers.
    private func pairs() -> [PlacementProblem.Container] {
        (0..<3).flatMap { (group: Int) -> [PlacementProblem.Container] in
            [
                Instances.container("a\(group)", cpu: 400, ram: 200, group: group),
                Instances.container("b\(group)", cpu: 100, ram: 200, group: group, isBackup: true),
            ]
        }
    }

    @Test("A backup rises to its active's demand when that one's server is lost")
    func takeOver() throws {
        let problem = try PlacementProblem(servers: (0..<3).map { Instances.server("s\($0)") }, containers: pairs())
        // a0 and b2 on s0, a1 and b0 on s1, a2 and b1 on s2: each loss puts 800 on one server.
        let losses = ServerLoss.all(of: problem, places: [0, 1, 1, 2, 2, 0])
        #expect(losses.map(\.worstPercent) == [80, 80, 80])
        #expect(losses.map(\.worstServer) == [1, 2, 0])
        #expect(losses.allSatisfy { $0.isSurvived })
    }

    @Test("Those of a pool share the work of a lost one, and keep their memory")
    func pool() throws {
        let servers = (0..<3).map { Instances.server("s\($0)") }
        let containers = (0..<3).map { Instances.container("w\($0)", cpu: 500, ram: 900, pool: 0) }
        let losses = ServerLoss.all(of: try PlacementProblem(servers: servers, containers: containers), places: [0, 1, 2])
        #expect(losses.map(\.worstPercent) == [90, 90, 90])
        #expect(losses.allSatisfy { $0.isSurvived })
    }

    @Test("What nobody stands in for is started where there is room, or has none")
    func orphans() throws {
        let servers = [Instances.server("s0"), Instances.server("s1")]
        let containers = [
            Instances.container("a", cpu: 700), Instances.container("b", cpu: 500), Instances.container("c", cpu: 200),
        ]
        let losses = ServerLoss.all(of: try PlacementProblem(servers: servers, containers: containers), places: [0, 1, 1])
        #expect(losses[0].homeless == [0])
        #expect(losses[1].homeless == [1], "c finds room beside a, b does not")
        #expect(losses[1].worstPercent == 90)
    }

    @Test("The last server's loss leaves nowhere to go")
    func lastServer() throws {
        let problem = try PlacementProblem(servers: [Instances.server("s0")], containers: [Instances.container("a")])
        let losses = ServerLoss.all(of: problem, places: [0])
        #expect(losses.map(\.homeless) == [[0]])
        #expect(losses[0].worstServer == nil)
    }

    @Test(
        "Where survival is required, it is kept, and what it costs in utilisation is the least",
        arguments: 1...12 as ClosedRange<UInt64>)
    func required(seed: UInt64) throws {
        let problem = try Instances.random(seed: seed, servers: 3, groups: 4, largest: 700)
        let surviving = Instances.allAssignments(of: problem).filter { places in
            ServerLoss.all(of: problem, places: places).allSatisfy(\.isSurvived)
        }
        var objective = PlacementObjective()
        objective.lossRule = .required
        guard let lowest = surviving.map({ Instances.worstPercent(problem, $0) }).min() else {
            #expect(throws: PlacementError.self, "seed \(seed)") { try PlacementSolver.solve(problem, objective) }
            return
        }
        let solution = try PlacementSolver.solve(problem, objective)
        #expect(solution.losses.allSatisfy { $0.isSurvived }, "seed \(seed)")
        #expect(solution.worstPercent == lowest, "seed \(seed)")
        #expect(
            solution.moves
                == surviving.filter { Instances.worstPercent(problem, $0) == lowest }.map { Instances.moves(problem, $0) }.min(),
            "seed \(seed)")
    }

    @Test("Where survival is preferred and can't be had, the best without it is the answer")
    func preferred() throws {
        let servers = [Instances.server("s0"), Instances.server("s1")]
        let containers = (0..<2).map { Instances.container("c\($0)", cpu: 800) }
        var objective = PlacementObjective()
        objective.lossRule = .preferred
        let solution = try PlacementSolver.solve(try PlacementProblem(servers: servers, containers: containers), objective)
        #expect(solution.worstPercent == 80)
        #expect(!solution.survivesAnyLoss)
    }
}
