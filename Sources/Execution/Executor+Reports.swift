package import AgentContract
import StateStore

extension Executor {
    /// The latest plans and how far each has come, newest first.
    package func reports(limit: Int = 100) throws -> [PlanReport] {
        try state.plans(limit: limit).compactMap { record in
            // A document that does not read is reported when the plan is resumed; it can't be shown.
            guard let plan = try? Executor.decode(record) else { return nil }
            let progress = PlanProgress(plan: plan, journal: try state.journal(of: record.id), cancelled: false)
            let steps = zip(plan.steps.indices, plan.steps).map { index, step in
                let lines = progress.steps[index]
                let isOver = record.state.isFinal || record.state == .proposed || record.state == .waiting
                let outcome =
                    lines.undoAfter.map { $0.outcome == "failed" ? "failed" : "undone" } ?? lines.after?.outcome
                    ?? (lines.before == nil || isOver ? "waiting" : "running")
                return PlanReport.StepReport(
                    index: index, summary: step.summary, outcome: outcome,
                    message: lines.undoAfter?.message ?? lines.after?.message ?? "", startedAt: lines.before?.time,
                    finishedAt: lines.undoAfter?.time ?? lines.after?.time)
            }
            return PlanReport(
                plan: plan, state: record.state == .undoing ? "running" : record.state.rawValue,
                startedAt: record.startedAt, finishedAt: record.finishedAt, steps: steps)
        }
    }
}

extension PlannedStep {
    /// The step's name in metrics.
    var metricName: String {
        switch action {
        case .agent(_, let step, _): step.name
        case .attach: "attach"
        case .detach: "detach"
        case .putContainer: "put_container"
        case .dropContainer: "drop_container"
        }
    }
}
