import AgentContract
import Planning
import StateStore
import Topology

@testable import Execution

/// A plan as the executor goes through it.
extension DatabaseStage {
    func run(_ plan: Plan, _ trouble: Trouble, at troubled: Int) throws {
        story.append { "\(plan.decision.summary) [\(trouble) \(troubled)]" }
        var progress = PlanProgress(plan: plan, journal: [], cancelled: false)
        var saved: [Int: Container?] = [:]
        var isBegun = false
        while true {
            if trouble == .cancel, progress.steps[troubled].before != nil { progress.cancelled = true }
            if faultsAreOn, isBegun, Int.random(in: 0..<40, using: &random) == 0 { try happen() }
            isBegun = true
            switch progress.next {
            case .perform(let index):
                let step = plan.steps[index]
                if case .putContainer(let container) = step.action { saved[index] = stack.container(container.name) }
                progress.append(JournalRecord(plan: plan.id, step: index, phase: .before, time: now))
                // A monitor killed here knows of no answer; it may be cancelled before it asks again.
                if trouble == .cancel, index == troubled, Bool.random(using: &random) {
                    _ = try? attempt(step.action)
                    progress.cancelled = true
                    try check("\(step.detail), unanswered")
                    continue
                }
                var outcome = step.mayFail ? "passed over" : "failed"
                var error: String?
                do {
                    // The inventory does not fail in the model.
                    if case .agent = step.action, trouble == .failure, index == troubled {
                        throw DatabaseWorld.Refused(why: "failed by the test")
                    }
                    outcome = try attempt(step.action) ? "done" : "unchanged"
                } catch let refused { error = "\(refused)" }
                progress.append(
                    JournalRecord(plan: plan.id, step: index, phase: .after, outcome: outcome, message: error ?? "", time: now))
                story.append { [outcome, error] in "  \(step.detail): \(outcome) \(error ?? "")" }
            case .undo(let index):
                let outcome = undo(plan.steps[index].action, saved[index] ?? nil)
                progress.append(JournalRecord(plan: plan.id, step: index, phase: .undoBefore, time: now))
                progress.append(
                    JournalRecord(
                        plan: plan.id, step: index, phase: .undoAfter, outcome: outcome, time: now))
                story.append { "  undo \(plan.steps[index].detail): \(outcome)" }
            case .finish(let state, let message):
                return finish(plan, state, message)
            }
            try check("a step of \(plan.id)")
            write()
            try check("writes")
        }
    }

    private func finish(_ plan: Plan, _ state: PlanRecord.State, _ message: String) {
        story.append { "  \(state) \(message)" }
        switch state {
        case .done where plan.purpose == .failover: tally.failovers += 1
        case .done where plan.purpose == .move: tally.switchovers += 1
        case .done where plan.purpose == .rebalance: tally.joined += 1
        case .undone: tally.undone += 1
        case .cancelled: tally.cancelled += 1
        case .failed: tally.cutShort += 1
        default: break
        }
        // The refusal says what to do, and an operator does it.
        for step in plan.steps where message.contains("ahead") {
            guard case .agent(_, .followPrimary(let database, let primary), _) = step.action else { continue }
            guard world.members[database.container]?.isReadOnly == true, world.isPrimary(primary.container) else { continue }
            world.seed(database.container, from: primary.container)
            tally.seeded += 1
        }
    }

    /// Whether it changed anything.
    private func attempt(_ action: PlannedStep.Action) throws -> Bool {
        switch action {
        case .agent(let server, let step, _): return try world.carryOut(step, on: server)
        case .putContainer(let container): put(container)
        default: break
        }
        return true
    }

    private func undo(_ action: PlannedStep.Action, _ saved: Container?) -> String {
        switch action {
        case .agent(let server, _, let undo?):
            return (try? attempt(.agent(server: server, step: undo, undo: nil))) == nil ? "failed" : "done"
        case .putContainer:
            if let saved { put(saved) }
            return "done"
        default: return "done"
        }
    }

    private func put(_ container: Container) {
        stack.containers.removeAll { $0.name == container.name }
        stack.containers.append(container)
        stack.containers.sort { $0.name < $1.name }
    }
}
