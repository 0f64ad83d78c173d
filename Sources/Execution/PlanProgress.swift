import AgentContract
import StateStore

/// How far a plan has come, read from nothing but its journal: what a monitor that crashed knows of itself.
///
/// A pure value. The executor asks it what to do next after every line it has written, so that a run without a crash and a
/// resumed one go through the same decisions.
struct PlanProgress {
    /// What is to be done next.
    enum Next: Equatable {
        case perform(Int)
        case undo(Int)
        case finish(PlanRecord.State, String)
    }

    /// The latest lines of one step.
    struct StepProgress {
        var before: JournalRecord?
        var after: JournalRecord?
        var undoBefore: JournalRecord?
        var undoAfter: JournalRecord?
    }

    let plan: Plan
    private(set) var steps: [StepProgress]
    /// Set where an operator cancelled the plan: what was done is taken back.
    var cancelled: Bool

    init(plan: Plan, journal: [JournalRecord], cancelled: Bool) {
        self.plan = plan
        self.cancelled = cancelled
        steps = Array(repeating: StepProgress(), count: plan.steps.count)
        for record in journal { append(record) }
    }

    mutating func append(_ record: JournalRecord) {
        guard steps.indices.contains(record.step) else { return }
        switch record.phase {
        case .before: steps[record.step].before = record
        case .after: steps[record.step].after = record
        case .undoBefore: steps[record.step].undoBefore = record
        case .undoAfter: steps[record.step].undoAfter = record
        }
    }

    /// The first step whose failure was not to be passed over.
    private var failedStep: Int? { steps.firstIndex { $0.after?.outcome == "failed" } }

    /// What can't be taken back has been done: a new primary may have acknowledged what the old one never saw.
    private var isCommitted: Bool {
        zip(plan.steps, steps).contains { planned, step in
            planned.isPointOfNoReturn && (step.after?.outcome == "done" || step.after?.outcome == "unchanged")
        }
    }

    var next: Next {
        if isCommitted, !steps.contains(where: { $0.undoBefore != nil }) { return nextForward }
        guard failedStep != nil || cancelled else {
            if let waiting = steps.firstIndex(where: { $0.after == nil }) { return .perform(waiting) }
            return .finish(.done, "")
        }
        // A step that was begun and not answered may have been done, so it is taken back as well; one that was so already isn't.
        let toUndo = steps.indices.last { index in
            let step = steps[index]
            guard step.before != nil, step.undoAfter == nil, plan.steps[index].hasUndo else { return false }
            return step.after.map { $0.outcome == "done" || $0.outcome == "failed" } ?? true
        }
        if let toUndo { return .undo(toUndo) }
        let stuck = steps.indices.filter { steps[$0].undoAfter?.outcome == "failed" }
        guard stuck.isEmpty else {
            let list = stuck.map { "\($0): \(plan.steps[$0].summary)" }.joined(separator: "; ")
            return .finish(.failed, "could not be taken back, look at it by hand: \(list)")
        }
        if let failedStep {
            let why = steps[failedStep].after?.message ?? ""
            return .finish(.undone, "step \(failedStep) (\(plan.steps[failedStep].summary)) failed: \(why)")
        }
        return .finish(.cancelled, "cancelled by an operator")
    }

    /// Beyond the point of no return: to the end, or to the first step that fails.
    private var nextForward: Next {
        if let failedStep {
            let why = steps[failedStep].after?.message ?? ""
            return .finish(
                .failed,
                "step \(failedStep) (\(plan.steps[failedStep].summary)) failed, and what was done before it stands: \(why)")
        }
        if let waiting = steps.firstIndex(where: { $0.after == nil }) { return .perform(waiting) }
        return .finish(.done, cancelled ? "cancelled too late to be taken back" : "")
    }
}

extension PlannedStep {
    /// Whether the step can be taken back.
    var hasUndo: Bool {
        switch action {
        case .agent(_, _, let undo): undo != nil
        case .attach, .putContainer, .dropContainer, .setDrained: true
        case .detach: false
        }
    }
}
