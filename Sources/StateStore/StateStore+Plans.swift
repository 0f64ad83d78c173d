import GRDB

/// A plan as it is kept: its document is JSON that the executor reads.
package struct PlanRecord: Sendable, Equatable {
    /// How far a plan has come.
    package enum State: String, Sendable {
        /// Waits for an operator's approval.
        case proposed
        case waiting
        case running
        /// A step failed; the completed ones are being taken back.
        case undoing
        case done
        /// A step failed and what was done has been taken back.
        case undone
        /// A step failed and so did an undo: an operator has to look.
        case failed
        case cancelled

        /// True if nothing will happen to it any more.
        package var isFinal: Bool {
            switch self {
            case .done, .undone, .failed, .cancelled: true
            case .proposed, .waiting, .running, .undoing: false
            }
        }
    }

    package var id: String
    package var purpose: String
    package var state: State
    package var document: String
    /// Milliseconds since 1970.
    package var createdAt: Int64
    package var startedAt: Int64?
    package var finishedAt: Int64?
    package var message: String

    package init(
        id: String, purpose: String, state: State, document: String, createdAt: Int64, startedAt: Int64? = nil,
        finishedAt: Int64? = nil, message: String = ""
    ) {
        self.id = id
        self.purpose = purpose
        self.state = state
        self.document = document
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.message = message
    }
}

/// One line of the journal.
package struct JournalRecord: Sendable, Equatable {
    package enum Phase: String, Sendable {
        /// The step is about to be done.
        case before
        /// It was answered.
        case after
        /// It is about to be taken back.
        case undoBefore
        case undoAfter
    }

    package var plan: String
    package var step: Int
    package var phase: Phase
    /// `done`, `unchanged`, `failed`, `passed over`; nil before the step.
    package var outcome: String?
    package var message: String
    /// JSON of what the step replaced, for its undo.
    package var saved: String?
    /// Milliseconds since 1970.
    package var time: Int64

    package init(
        plan: String, step: Int, phase: Phase, outcome: String? = nil, message: String = "", saved: String? = nil,
        time: Int64
    ) {
        self.plan = plan
        self.step = step
        self.phase = phase
        self.outcome = outcome
        self.message = message
        self.saved = saved
        self.time = time
    }
}

extension StateStore {
    /// Adds a plan; false where one of that id is kept already.
    /// - Parameters:
    ///   - order: the operator's order that it carries out.
    ///   - held: what the order holds, kept with the plan or not at all.
    @discardableResult
    package func addPlan(
        _ plan: PlanRecord, by actor: String = "scaler", order: String? = nil, held: HeldOrderRecord? = nil
    ) throws(StateStoreError) -> Bool {
        try write("writing plan \(plan.id)") { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO plan VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    plan.id, plan.purpose, plan.state.rawValue, plan.document, plan.createdAt, plan.startedAt,
                    plan.finishedAt, plan.message,
                ])
            let added = database.changesCount > 0
            if added { try StateStore.tell(of: plan, database, by: actor, order: order, held: held) }
            try database.execute(
                sql: """
                    DELETE FROM plan WHERE id IN (
                        SELECT id FROM plan WHERE state IN ('done', 'undone', 'failed', 'cancelled')
                        ORDER BY created_at DESC LIMIT -1 OFFSET ?)
                    """,
                arguments: [StateStore.maximumPlans])
            return added
        }
    }

    private static func tell(
        of plan: PlanRecord, _ database: Database, by actor: String, order: String?, held: HeldOrderRecord?
    ) throws {
        if let order { try audit(database, at: plan.createdAt, by: actor, "order", order, "plan \(plan.id)") }
        try audit(database, at: plan.createdAt, by: actor, "plan", plan.id, "\(plan.purpose), \(plan.state.rawValue)")
        guard let held else { return }
        try database.execute(
            sql: "INSERT OR REPLACE INTO held_order VALUES (?, ?, ?)", arguments: [held.id, held.document, held.until])
        try audit(database, at: plan.createdAt, by: actor, "hold", held.id, "until \(held.until)")
    }

    /// Moves a plan on.
    package func setPlan(
        _ id: String, _ state: PlanRecord.State, at now: Int64, message: String = "", by actor: String = "executor"
    ) throws(StateStoreError) {
        try write("writing the state of plan \(id)") { database in
            try StateStore.audit(
                database, at: now, by: actor, "state", id, state.rawValue + (message.isEmpty ? "" : ": \(message)"))
            try database.execute(
                sql: """
                    UPDATE plan SET state = ?, message = CASE WHEN ? = '' THEN message ELSE ? END,
                        started_at = CASE WHEN ? THEN coalesce(started_at, ?) ELSE started_at END,
                        finished_at = CASE WHEN ? THEN ? ELSE finished_at END
                    WHERE id = ?
                    """,
                arguments: [state.rawValue, message, message, state == .running, now, state.isFinal, now, id])
        }
    }

    /// Notes one more approval of a plan that is proposed.
    /// - Parameter document: the plan with the approval in it.
    package func approvePlan(
        _ id: String, document: String, at now: Int64, by actor: String
    ) throws(StateStoreError) {
        try write("writing an approval of plan \(id)") { database in
            try database.execute(
                sql: "UPDATE plan SET document = ? WHERE id = ? AND state = 'proposed'", arguments: [document, id])
            guard database.changesCount > 0 else { return }
            try StateStore.audit(database, at: now, by: actor, "approval", id, "one of those it needs")
        }
    }

    /// One plan, or nil.
    package func plan(_ id: String) throws(StateStoreError) -> PlanRecord? {
        try read("reading plan \(id)") { try StateStore.plans($0, "WHERE id = ?", [id]).first }
    }

    /// The latest plans, newest first.
    package func plans(limit: Int = 100) throws(StateStoreError) -> [PlanRecord] {
        try read("reading plans") { try StateStore.plans($0, "ORDER BY created_at DESC, rowid DESC LIMIT ?", [limit]) }
    }

    /// Plans that are not over, oldest first.
    package func openPlans() throws(StateStoreError) -> [PlanRecord] {
        try read("reading open plans") { database in
            try StateStore.plans(
                database, "WHERE state NOT IN ('done', 'undone', 'failed', 'cancelled') ORDER BY created_at, rowid")
        }
    }

    /// Adds a line to the journal; durable when this returns.
    /// - Parameter summary: the step, for the audit log.
    package func appendJournal(_ record: JournalRecord, summary: String = "") throws(StateStoreError) {
        try write("writing the journal of plan \(record.plan)") { database in
            try database.execute(
                sql: "INSERT INTO journal (plan, step, phase, outcome, message, saved, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    record.plan, record.step, record.phase.rawValue, record.outcome, record.message, record.saved,
                    record.time,
                ])
            let result = record.outcome.map { ": \($0)" + (record.message.isEmpty ? "" : ", \(record.message)") } ?? ""
            try StateStore.audit(
                database, at: record.time, by: "executor", "step", record.plan,
                "\(record.step + 1) \(summary) \(record.phase.rawValue)\(result)")
        }
    }

    /// The journal of a plan, in the order it was written.
    package func journal(of plan: String) throws(StateStoreError) -> [JournalRecord] {
        try read("reading the journal of plan \(plan)") { database in
            try Row.fetchAll(database, sql: "SELECT * FROM journal WHERE plan = ? ORDER BY sequence", arguments: [plan])
                .map { row in
                    guard let phase = JournalRecord.Phase(rawValue: row["phase"]) else {
                        throw StateStoreError(.invalidRecord, "the journal of plan \(plan) has an unknown phase")
                    }
                    return JournalRecord(
                        plan: plan, step: row["step"], phase: phase, outcome: row["outcome"], message: row["message"],
                        saved: row["saved"], time: row["time"])
                }
        }
    }

    private static func plans(
        _ database: Database, _ condition: String, _ arguments: StatementArguments = []
    ) throws -> [PlanRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM plan \(condition)", arguments: arguments).map { row in
            let id: String = row["id"]
            guard let state = PlanRecord.State(rawValue: row["state"]) else {
                throw StateStoreError(.invalidRecord, "plan \(id) has an unknown state")
            }
            return PlanRecord(
                id: id, purpose: row["purpose"], state: state, document: row["document"], createdAt: row["created_at"],
                startedAt: row["started_at"], finishedAt: row["finished_at"], message: row["message"])
        }
    }
}
