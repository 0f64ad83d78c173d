import AgentContract
import Planning
import StateStore
import Telemetry
import TestKit
import Testing
import Topology

@testable import Execution

/// Plans of the real planner, gone through as the executor does, in a modelled world in which anything may fail at any step.
@Suite("A replicated database has one primary, whatever happens", .ownThread)
struct DatabaseFailoverTests {
    @Test(
        "Faults at any step: never do two acknowledge, nothing acknowledged is lost, and in the end all serve again",
        arguments: [2, 3])
    func anything(count: Int) throws {
        let first = UInt64.random(in: 0...UInt64.max)
        var tally = DatabaseStage.Tally()
        for run in 0..<400 {
            let stage = try DatabaseStage(members: count, seed: first &+ UInt64(run))
            try stage.play(rounds: 12)
            try stage.recover()
            tally.add(stage.tally)
        }
        // What is never reached is not tested either.
        #expect(tally.failovers > 50 && tally.switchovers > 50 && tally.joined > 50 && tally.undone > 20, "\(tally)")
        #expect(tally.cutShort > 10 && tally.cancelled > 20 && tally.writes > 10_000, "\(tally)")
    }

    @Test(
        "A failover ended after each of its steps, by a failure or by an operator, leaves one primary at most", arguments: [2, 3])
    func eachStep(count: Int) throws {
        for trouble in [DatabaseStage.Trouble.failure, .cancel] {
            var step = 0
            while true {
                let stage = try DatabaseStage(members: count, seed: 7)
                stage.world.cutOff = ["s1"]
                let plan = try #require(stage.plan(for: stage.alerts().first))
                guard step < plan.steps.count else { break }
                try stage.run(plan, trouble, at: step)
                stage.world.cutOff = []
                try stage.check("healed after step \(step)")
                try stage.recover()
                step += 1
            }
            // Fence, demotion, address, severance, promotion, inventory, address at least.
            #expect(step >= 8)
        }
    }
}
