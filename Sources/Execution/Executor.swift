package import AgentContract
import Foundation
import Logging
package import StateStore
package import Telemetry

/// Runs plans as steps on agents: journals before and after each, resumes after a crash, takes back what was done when a later
/// step fails. Knows no container and no socket itself.
///
/// Plans that touch the same role, lease or address run one after the other, failover first; others run side by side. Everything
/// that matters is in the journal before it is done, so ``resume()`` in a new process goes on where the old one was killed: a step
/// without an answer is sent again under the same id, which an agent does once.
package actor Executor {
    /// Most plans that wait or run.
    package static let maximumOpenPlans = 64
    /// Most plans that run at once.
    package static let maximumRunningPlans = 8
    /// Milliseconds after which a plan that nobody approved is dropped: what it rests on has changed by then.
    package static let proposalLifetime: Milliseconds = 900_000

    /// Called for everything that happens, in order.
    package typealias Observer = @Sendable (ExecutionEvent) -> Void

    let state: StateStore
    let runner: StepRunner
    let metrics: SelfMetrics
    let clock: ExecutorClock
    private let observer: Observer
    private let logger = Logger(label: "magewatch.execution")

    private var waiting: [Plan] = []
    private var running: [String: Plan] = [:]
    private var cancelRequested: Set<String> = []
    /// Set when an agent has said that another monitor commands: nothing is sent any more.
    private var isFenced = false
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []
    /// Those that follow a plan, by its id.
    private var followers: [String: [UUID: AsyncStream<Void>.Continuation]] = [:]

    /// Takes a new fencing token, so that agents refuse what an older monitor still sends.
    package init(
        state: StateStore, performer: any StepPerformer, pool: any ServerLeasing, metrics: SelfMetrics,
        retry: RetryPolicy = RetryPolicy(), clock: ExecutorClock = .system, observer: @escaping Observer = { _ in }
    ) throws(StateStoreError) {
        self.state = state
        self.metrics = metrics
        self.clock = clock
        self.observer = observer
        runner = StepRunner(
            state: state, performer: performer, pool: pool, retry: retry, fencingToken: try state.nextToken("executor"),
            clock: clock)
    }

    /// Keeps a plan and runs it when its turn comes.
    /// - Parameters:
    ///   - needsApproval: it waits as `proposed` until ``approve(_:by:)``, as does one that says whose approval it needs.
    ///   - actor: who had it made, for the audit log.
    ///   - order: the operator's order that it carries out.
    package func submit(
        _ plan: Plan, needsApproval: Bool = false, by actor: String = "scaler", order: OperatorOrder? = nil
    ) throws {
        guard waiting.count + running.count < Executor.maximumOpenPlans else {
            throw ExecutionError(
                .queueFull,
                "plan \(plan.id) is not taken: \(Executor.maximumOpenPlans) plans wait already; see `magewatch plan list`")
        }
        let needsApproval = needsApproval || plan.approval?.isComplete == false
        let record = PlanRecord(
            id: plan.id, purpose: plan.purpose.rawValue, state: needsApproval ? .proposed : .waiting,
            document: String(decoding: try JSONEncoder().encode(plan), as: UTF8.self), createdAt: plan.createdAt)
        let held = try order.flatMap { HeldOrder($0, carriedOutBy: plan) }.map { held in
            HeldOrderRecord(
                id: held.id, document: String(decoding: try JSONEncoder().encode(held), as: UTF8.self), until: held.until)
        }
        guard try state.addPlan(record, by: actor, order: order?.summary, held: held) else {
            throw ExecutionError(.duplicate, "plan \(plan.id) is not taken: a plan of that id is kept already")
        }
        if !needsApproval { enqueue(plan) }
    }

    /// Stops a plan: one that waits is dropped, one that runs is taken back after the step under way.
    package func cancel(_ id: String, by actor: String = "operator") throws {
        guard let record = try state.plan(id), !record.state.isFinal else {
            throw ExecutionError(
                .wrongState, "plan \(id) is over or unknown; there is nothing to cancel. See `magewatch plan list`")
        }
        if let plan = running[id] {
            // Kept at once: a monitor that is killed before the step under way is over must not go on with the plan.
            try state.setPlan(id, .undoing, at: clock.now(), message: "cancelled by \(actor)", by: actor)
            cancelRequested.insert(id)
            report(plan, .planCancelled, summary: plan.decision.summary)
            return
        }
        // One that was begun by an earlier process and waits for its turn has steps to take back.
        guard try state.journal(of: id).isEmpty else {
            return try state.setPlan(id, .undoing, at: clock.now(), message: "cancelled by \(actor)", by: actor)
        }
        let plan = waiting.first { $0.id == id }
        waiting.removeAll { $0.id == id }
        try state.setPlan(id, .cancelled, at: clock.now(), message: "cancelled by \(actor)", by: actor)
        if let plan { report(plan, .planFinished, summary: plan.decision.summary, outcome: "cancelled") }
    }

    /// Goes on with what an earlier process left open. Call once, before the first ``submit(_:needsApproval:)``.
    package func resume() throws {
        // A plan under way comes before any that waits, whatever its importance: it holds half a change.
        let open = try state.openPlans().filter { $0.state != .proposed }
        let underWay = open.filter { $0.state != .waiting }
        for record in underWay + open.filter({ $0.state == .waiting }) {
            do {
                enqueue(try Executor.decode(record), isUnderWay: record.state != .waiting)
            } catch let error as ExecutionError {
                logger.error("\(error)")
                try state.setPlan(record.id, .failed, at: clock.now(), message: error.message)
            }
        }
    }

    /// Plans that wait or run, so that the planner counts what is already under way.
    package func underWay() throws -> [Plan] {
        let known = Array(running.values) + waiting
        let ids = Set(known.map(\.id))
        // Proposed plans count, too, and one that stands still after a failed journal write.
        return try known + state.openPlans().filter { !ids.contains($0.id) }.compactMap { try? Executor.decode($0) }
    }

    /// Returns when nothing waits or runs.
    package func waitUntilIdle() async {
        if running.isEmpty && waiting.isEmpty { return }
        await withCheckedContinuation { idleWaiters.append($0) }
    }

    static func decode(_ record: PlanRecord) throws -> Plan {
        do {
            return try JSONDecoder().decode(Plan.self, from: Data(record.document.utf8))
        } catch {
            throw ExecutionError(
                .invalidPlan, "the document of plan \(record.id) does not read as a plan: \(error); cancel it by hand")
        }
    }

    func enqueue(_ plan: Plan, isUnderWay: Bool = false) {
        if isUnderWay {
            waiting.insert(plan, at: 0)
        } else {
            waiting.append(plan)
        }
        report(plan, .planWaiting, summary: plan.decision.summary)
        startNext(preferring: isUnderWay ? plan.id : nil)
    }

    /// Starts what is in nobody's way. A plan that must wait holds its place: nothing that touches the same overtakes it.
    private func startNext(preferring preferred: String? = nil) {
        guard !isFenced else { return }
        var held = running.values.map(PlanReach.init)
        let ranked = waiting.enumerated().map { index, plan in
            (rank: plan.id == preferred ? 0 : plan.purpose == .failover ? 1 : 2, index: index, plan: plan)
        }
        for (_, _, plan) in ranked.sorted(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) {
            let reach = PlanReach(plan)
            if running.count < Executor.maximumRunningPlans, !held.contains(where: reach.conflicts) {
                waiting.removeAll { $0.id == plan.id }
                running[plan.id] = plan
                // The task is bound to the plan's life; `waitUntilIdle` joins it.
                Task { await self.runToEnd(plan) }
            }
            held.append(reach)
        }
    }

    private func runToEnd(_ plan: Plan) async {
        do {
            try await run(plan)
        } catch {
            // What can't be journaled is not done. The plan stays open in the store and goes on with the next start.
            logger.error("plan \(plan.id) stands still: \(error)")
            metrics.add("magewatch_plan_stalls_total", ["purpose": plan.purpose.rawValue])
        }
        running[plan.id] = nil
        cancelRequested.remove(plan.id)
        startNext()
        if running.isEmpty && (waiting.isEmpty || isFenced) {
            for waiter in idleWaiters { waiter.resume() }
            idleWaiters = []
        }
    }

    private func run(_ plan: Plan) async throws {
        let began = clock.now()
        var progress = PlanProgress(
            plan: plan, journal: try state.journal(of: plan.id), cancelled: try state.plan(plan.id)?.state == .undoing)
        if !progress.cancelled { try state.setPlan(plan.id, .running, at: began) }
        report(plan, .planStarted, summary: plan.decision.summary)
        while true {
            if cancelRequested.contains(plan.id) { progress.cancelled = true }
            switch progress.next {
            case .perform(let index): try await perform(index, of: plan, &progress)
            case .undo(let index): try await undo(index, of: plan, &progress)
            case .finish(let outcome, let message):
                if outcome == .done { try recordBans(of: plan) }
                try state.setPlan(plan.id, outcome, at: clock.now(), message: message)
                metrics.add(
                    "magewatch_plans_total", ["purpose": plan.purpose.rawValue, "outcome": outcome.rawValue])
                report(
                    plan, .planFinished, summary: plan.decision.summary, outcome: outcome.rawValue, message: message,
                    duration: Double(clock.now() - began) / 1000)
                return
            }
        }
    }

    private func perform(_ index: Int, of plan: Plan, _ progress: inout PlanProgress) async throws {
        let step = plan.steps[index]
        if progress.steps[index].before == nil {
            try journal(
                JournalRecord(
                    plan: plan.id, step: index, phase: .before, saved: try runner.saved(for: step.action),
                    time: clock.now()), &progress)
        }
        report(plan, .stepStarted, step: index, summary: step.summary)
        let began = clock.now()
        let result = await runner.perform(
            step, plan: plan.id, index: index, saved: progress.steps[index].before?.saved)
        try checkFence(result, step)
        let outcome = result.succeeded ? result.outcome : step.mayFail ? "passed over" : "failed"
        try journal(
            JournalRecord(
                plan: plan.id, step: index, phase: .after, outcome: outcome, message: result.message, time: clock.now()),
            &progress)
        finished(.stepFinished, step, index, plan, outcome, result.message, since: began)
    }

    private func undo(_ index: Int, of plan: Plan, _ progress: inout PlanProgress) async throws {
        let step = plan.steps[index]
        if progress.steps[index].undoBefore == nil {
            try journal(JournalRecord(plan: plan.id, step: index, phase: .undoBefore, time: clock.now()), &progress)
        }
        report(plan, .undoStarted, step: index, summary: step.summary)
        let began = clock.now()
        let result = await runner.undo(
            step, plan: plan.id, index: index, saved: progress.steps[index].before?.saved)
        try checkFence(result, step)
        let outcome = result.succeeded ? result.outcome : step.mayFail ? "passed over" : "failed"
        try journal(
            JournalRecord(
                plan: plan.id, step: index, phase: .undoAfter, outcome: outcome, message: result.message,
                time: clock.now()), &progress)
        finished(.undoFinished, step, index, plan, outcome, result.message, since: began)
    }

    /// Bans are remembered so that they can be lifted in time, and a repetition be seen as one. Writing them twice is no harm.
    private func recordBans(of plan: Plan) throws {
        for step in plan.steps {
            switch step.action {
            case .agent(_, .ban(let address, let until, let reason), _):
                let past = try state.bans().first { $0.address == address }
                guard past?.until != until else { continue }
                try state.putBan(
                    BanRecord(
                        address: address, from: clock.now(), until: until, reason: reason,
                        repetition: (past?.repetition ?? 0) + 1))
            case .agent(_, .unban(let address), _):
                try state.endBan(of: address, at: clock.now())
            default: continue
            }
        }
    }

    private func journal(_ record: JournalRecord, _ progress: inout PlanProgress) throws {
        try state.appendJournal(record, summary: progress.plan.steps[record.step].summary)
        progress.append(record)
    }

    private func checkFence(_ result: StepRunner.Result, _ step: PlannedStep) throws {
        if result.isInterrupted {
            throw ExecutionError(.interrupted, "\(step.summary): \(result.message); the plan goes on with the next start")
        }
        guard result.isFenced else { return }
        isFenced = true
        throw ExecutionError(
            .fenced, "\(step.summary): another monitor commands the agents (\(result.message)); stop one of the two")
    }

    private func finished(
        _ kind: ExecutionEvent.Kind, _ step: PlannedStep, _ index: Int, _ plan: Plan, _ outcome: String, _ message: String,
        since began: Int64
    ) {
        let seconds = Double(clock.now() - began) / 1000
        let labels: Labels = ["step": step.metricName, "phase": kind == .undoFinished ? "undo" : "do"]
        metrics.add("magewatch_step_duration_seconds_sum", labels, by: seconds)
        metrics.add("magewatch_step_duration_seconds_count", labels)
        metrics.add("magewatch_steps_total", labels.setting("outcome", to: outcome))
        report(plan, kind, step: index, summary: step.summary, outcome: outcome, message: message, duration: seconds)
    }

    func report(
        _ plan: Plan, _ kind: ExecutionEvent.Kind, step: Int? = nil, summary: String, outcome: String = "",
        message: String = "", duration: Double? = nil
    ) {
        observer(
            ExecutionEvent(
                plan: plan.id, purpose: plan.purpose.rawValue, kind: kind, step: step, summary: summary, outcome: outcome,
                message: message, time: clock.now(), durationSeconds: duration))
        for follower in followers[plan.id, default: [:]].values { follower.yield() }
    }

    /// Something comes for every change of a plan; several that come close together may be one.
    func changes(of id: String) -> AsyncStream<Void> {
        let key = UUID()
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        followers[id, default: [:]][key] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { await self?.leave(id, key) }
        }
        return stream
    }

    private func leave(_ id: String, _ key: UUID) {
        followers[id]?[key] = nil
        if followers[id]?.isEmpty == true { followers[id] = nil }
    }
}
