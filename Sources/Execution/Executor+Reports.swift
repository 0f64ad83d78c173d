package import AgentContract
import StateStore

extension Executor {
    /// The latest plans and how far each has come, newest first.
    package func reports(limit: Int = 100) throws -> [PlanReport] {
        try state.plans(limit: limit).compactMap(report)
    }

    /// One plan and how far it has come; nil where there is none.
    package func report(of id: String) throws -> PlanReport? { try state.plan(id).flatMap(report) }

    /// A plan's report now, and again whenever something has happened to it, until it is over.
    package func follow(_ id: String) throws -> AsyncThrowingStream<PlanReport, any Error> {
        // Listened to before it is looked at, so that nothing falls in between.
        let changes = changes(of: id)
        guard let first = try report(of: id) else {
            throw ExecutionError(.wrongState, "there is no plan \"\(id)\"; `magewatch plan list` shows those there are")
        }
        return AsyncThrowingStream { continuation in
            let task = Task {
                var latest = first
                continuation.yield(first)
                // Nothing more comes of one that is over.
                if Executor.isOver(first) { return continuation.finish() }
                for await _ in changes {
                    do {
                        guard let report = try self.report(of: id) else { break }
                        if report != latest { continuation.yield(report) }
                        latest = report
                    } catch {
                        return continuation.finish(throwing: error)
                    }
                    if Executor.isOver(latest) { break }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private static func isOver(_ report: PlanReport) -> Bool {
        PlanRecord.State(rawValue: report.state)?.isFinal == true
    }

    private func report(_ record: PlanRecord) throws -> PlanReport? {
        // A document that does not read is reported when the plan is resumed; it can't be shown.
        guard let plan = try? Executor.decode(record) else { return nil }
        let progress = PlanProgress(plan: plan, journal: try state.journal(of: record.id), cancelled: false)
        let isOver = record.state.isFinal || record.state == .proposed || record.state == .waiting
        let steps = zip(plan.steps.indices, plan.steps).map { index, step in
            let lines = progress.steps[index]
            let outcome =
                lines.undoAfter.map { $0.outcome == "failed" ? "failed" : "undone" } ?? lines.after?.outcome
                ?? (lines.before == nil || isOver ? "waiting" : "running")
            return PlanReport.StepReport(
                index: index, summary: step.summary, outcome: outcome,
                message: lines.undoAfter?.message ?? lines.after?.message ?? "", startedAt: lines.before?.time,
                finishedAt: lines.undoAfter?.time ?? lines.after?.time)
        }
        return PlanReport(
            plan: plan, state: record.state == .undoing ? "running" : record.state.rawValue, startedAt: record.startedAt,
            finishedAt: record.finishedAt, steps: steps)
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
        case .setDrained: "set_drained"
        }
    }
}
