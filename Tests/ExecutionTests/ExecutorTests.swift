import AgentContract
import Execution
import StateStore
import Synchronization
import Telemetry
import TestKit
import Testing
import Topology

@Suite struct ExecutorTests {
    @Test("A plan's steps are done once, in order, and journaled before and after")
    func order() async throws {
        let state = try StateStore()
        let agents = FakeAgents()
        let metrics = SelfMetrics()
        let events = Mutex<[ExecutionEvent]>([])
        let executor = try Sample.executor(state, agents, metrics: metrics) { event in
            events.withLock { $0.append(event) }
        }
        try await executor.submit(Sample.scaleOut())
        await executor.waitUntilIdle()
        #expect(agents.order == ["p1/1", "p1/2", "p1/4"])
        let phases = try state.journal(of: "p1").map { "\($0.step) \($0.phase.rawValue)" }
        #expect(phases == (0..<5).flatMap { ["\($0) before", "\($0) after"] })
        #expect(try state.plan("p1")?.state == .done)
        #expect(try state.stack(named: "x").containers == [Sample.container("web3")])
        #expect(try state.stack(named: "x").leases.map(\.server) == ["o1"])
        #expect(metrics.value("magewatch_plans_total", ["purpose": "scale-out", "outcome": "done"]) == 1)
        #expect(
            metrics.value("magewatch_step_duration_seconds_count", ["step": "start_container", "phase": "do"]) == 1)
        #expect(events.withLock { $0.map(\.kind).filter { $0 == .stepFinished }.count } == 5)
        #expect(events.withLock { $0.last?.kind } == .planFinished)
        let report = try #require(try await executor.reports().first)
        #expect(report.state == "done" && report.steps.allSatisfy { $0.outcome == "done" })
        await #expect(throws: ExecutionError.self) { try await executor.submit(Sample.scaleOut()) }
    }

    @Test("A step that fails takes back all that was done, in reverse", arguments: [1, 2, 4])
    func undoing(failing: Int) async throws {
        let state = try StateStore()
        let agents = FakeAgents { request, _ in request.id == "p1/\(failing)" ? .fail : .answer }
        let executor = try Sample.executor(state, agents)
        try await executor.submit(Sample.scaleOut())
        await executor.waitUntilIdle()
        let plan = try #require(try state.plan("p1"))
        #expect(plan.state == .undone)
        #expect(plan.message.contains("no room on"))
        #expect(try state.stack(named: "x").containers.isEmpty)
        #expect(try state.stack(named: "x").leases.isEmpty)
        #expect(try state.ledger().map(\.periods) == [1])
        let undone = try state.journal(of: "p1").filter { $0.phase == .undoAfter }.map(\.step)
        #expect(undone == [4, 3, 1, 0].filter { $0 <= failing })
        #expect(agents.done.values.allSatisfy { $0 == 1 })
    }

    @Test("What a put replaced is restored")
    func restoring() async throws {
        let state = try StateStore()
        let old = Sample.container("web3", on: "s1")
        try state.putContainer(old)
        let agents = FakeAgents { request, _ in request.id == "p1/4" ? .fail : .answer }
        let executor = try Sample.executor(state, agents)
        try await executor.submit(Sample.scaleOut())
        await executor.waitUntilIdle()
        #expect(try state.container("web3") == old)
    }

    @Test("A step on a server that may be dead is passed over")
    func passedOver() async throws {
        let state = try StateStore()
        let agents = FakeAgents { request, _ in request.id == "p1/1" ? .lose : .answer }
        var plan = Sample.scaleOut()
        plan.steps[1].mayFail = true
        let executor = try Sample.executor(state, agents)
        try await executor.submit(plan)
        await executor.waitUntilIdle()
        #expect(try state.plan("p1")?.state == .done)
        #expect(try state.journal(of: "p1").contains { $0.step == 1 && $0.outcome == "passed over" })
    }

    @Test("A lost answer is asked for again under the same id, and the step is done once")
    func lostAnswers() async throws {
        let state = try StateStore()
        let agents = FakeAgents { _, count in count % 3 == 1 ? .loseAnswer : count % 3 == 2 ? .lose : .answer }
        let executor = try Sample.executor(state, agents)
        try await executor.submit(Sample.scaleOut())
        await executor.waitUntilIdle()
        #expect(try state.plan("p1")?.state == .done)
        #expect(agents.done == ["p1/1": 1, "p1/2": 1, "p1/4": 1])
    }

    @Test("An undo that fails leaves the plan failed, and says which step to look at")
    func failedUndo() async throws {
        let state = try StateStore()
        let agents = FakeAgents { request, _ in request.id == "p1/4" || request.id == "p1/1/undo" ? .fail : .answer }
        let executor = try Sample.executor(state, agents)
        try await executor.submit(Sample.scaleOut())
        await executor.waitUntilIdle()
        let plan = try #require(try state.plan("p1"))
        #expect(plan.state == .failed)
        #expect(plan.message.contains("1: o1: start_container"))
        #expect(try state.stack(named: "x").leases.isEmpty)
    }

    @Test("An older monitor that wakes up is fenced and sends nothing more")
    func fencing() async throws {
        let state = try StateStore()
        let agents = FakeAgents()
        let old = try Sample.executor(state, agents)
        let new = try Sample.executor(state, agents)
        try await new.submit(Sample.ban("b1"))
        await new.waitUntilIdle()
        try await old.submit(Sample.ban("b2"))
        await old.waitUntilIdle()
        try await old.submit(Sample.ban("b3"))
        #expect(agents.order == ["b1/0"])
        #expect(try state.plan("b2")?.state == .running)
    }

    @Test("A proposed plan waits for approval; a cancelled one that waits never runs")
    func approval() async throws {
        let state = try StateStore()
        let agents = FakeAgents()
        let executor = try Sample.executor(state, agents)
        try await executor.submit(Sample.scaleOut(), needsApproval: true)
        try await executor.submit(Sample.scaleOut("p2", container: "web4"), needsApproval: true)
        await executor.waitUntilIdle()
        #expect(agents.order.isEmpty)
        try await executor.cancel("p2")
        try await executor.approve("p1")
        await executor.waitUntilIdle()
        #expect(try state.plan("p1")?.state == .done)
        #expect(try state.plan("p2")?.state == .cancelled)
        await #expect(throws: ExecutionError.self) { try await executor.approve("p2") }
        await #expect(throws: ExecutionError.self) { try await executor.cancel("p1") }
    }

    @Test(
        "A plan that two must approve runs at the second word, never at that of whoever ordered it; a rejected one says who and why"
    )
    func twoPeople() async throws {
        let state = try StateStore()
        let agents = FakeAgents()
        let executor = try Sample.executor(state, agents)
        var plan = Sample.scaleOut()
        plan.approval = PlanApproval(needed: 2, orderedBy: "ann")
        try await executor.submit(plan)
        await #expect(throws: ExecutionError.self) { try await executor.approve("p1", by: "ann") }
        try await executor.approve("p1", by: "bob")
        await #expect(throws: ExecutionError.self) { try await executor.approve("p1", by: "bob") }
        #expect(try state.plan("p1")?.state == .proposed)
        #expect(try await executor.report(of: "p1")?.plan.approval?.given == ["bob"])
        try await executor.approve("p1", by: "eve")
        await executor.waitUntilIdle()
        #expect(try state.plan("p1")?.state == .done)
        #expect(try state.auditRecords(limit: 100).filter { $0.kind == "approval" }.map(\.actor) == ["eve", "bob"])
        try await executor.submit(Sample.scaleOut("p2", container: "web4"), needsApproval: true)
        try await executor.reject("p2", by: "ann", because: "called off")
        #expect(try state.plan("p2")?.message == "rejected by ann: called off")
        await #expect(throws: ExecutionError.self) { try await executor.approve("p2", by: "bob") }
        await #expect(throws: ExecutionError.self) { try await executor.reject("p1", because: "") }
    }

    @Test("Plans for different roles run side by side; those that touch the same wait for each other, failover first")
    func sideBySide() async throws {
        let state = try StateStore()
        let gate = Gate()
        let executor = try Sample.executor(state, gate)
        var web = Sample.failover("web")
        web.role = .web
        try await executor.submit(Sample.failover("db"))
        try await executor.submit(web)
        try await executor.submit(Sample.scaleOut())
        try await executor.submit(Sample.failover("db-again"))
        await gate.waitFor(["db/0", "web/0"])
        await gate.open("db/0")
        await gate.waitFor(["db/0", "web/0", "db-again/0"])
        await gate.open("db-again/0")
        // The scale-out touches the role that the second plan works on.
        #expect(try state.plan("p1")?.state == .waiting)
        await gate.open("web/0")
        for id in ["p1/1", "p1/2", "p1/4"] { await gate.open(id) }
        await executor.waitUntilIdle()
        #expect(try state.plan("p1")?.state == .done)
    }

    @Test(
        "Failovers of containers of one role run side by side; one of the same container, and what gives the role another, wait")
    func failoversOfOneRole() async throws {
        let state = try StateStore()
        let gate = Gate()
        let executor = try Sample.executor(state, gate)
        func failover(_ id: String, of name: String) -> Plan {
            let container = Container(
                name: name, role: .web, kind: .active, server: "s2", address: "10.0.1.\(name.count)/24", port: 80, limits: .zero,
                image: "web", state: .running)
            var plan = Sample.failover(id)
            plan.role = .web
            plan.steps.append(PlannedStep(.putContainer(container)))
            return plan
        }
        try await executor.submit(failover("one", of: "web1"))
        try await executor.submit(failover("other", of: "web22"))
        try await executor.submit(failover("again", of: "web1"))
        var grown = Sample.scaleOut()
        grown.role = .web
        try await executor.submit(grown)
        await gate.waitFor(["one/0", "other/0"])
        #expect(try state.plan("again")?.state == .waiting)
        #expect(try state.plan("p1")?.state == .waiting)
        await gate.open("one/0")
        await gate.waitFor(["one/0", "other/0", "again/0"])
        for id in ["other/0", "again/0", "p1/1", "p1/2", "p1/4"] { await gate.open(id) }
        await executor.waitUntilIdle()
        #expect(try state.plan("p1")?.state == .done)
    }

    @Test("A server that is worked on is not given back meanwhile")
    func detachWaits() async throws {
        let state = try StateStore()
        let gate = Gate()
        let executor = try Sample.executor(state, gate)
        var search = Sample.scaleOut("search")
        search.role = .search
        search.steps.removeFirst()
        try await executor.submit(search)
        let detach = Plan(
            id: "detach", purpose: .release, role: nil, createdAt: 1, steps: [PlannedStep(.detach(server: "o1"))],
            decision: Decision(summary: "give o1 back"))
        try await executor.submit(detach)
        await gate.waitFor(["search/0"])
        #expect(try state.plan("detach")?.state == .waiting)
        for id in ["search/0", "search/1", "search/3"] { await gate.open(id) }
        await executor.waitUntilIdle()
        #expect(try state.plan("detach")?.state == .done)
    }

    @Test("A proposal that nobody approves is dropped after a while")
    func proposals() async throws {
        let state = try StateStore()
        let clock = Mutex<Int64>(1000)
        let executor = try Executor(
            state: state, performer: FakeAgents(), pool: LedgerServerPool(servers: [], billedPeriodSeconds: 60, state: state),
            metrics: SelfMetrics(), clock: ExecutorClock(now: { clock.withLock { $0 } }, sleep: { _ in }))
        try await executor.submit(Sample.ban("b1"), needsApproval: true)
        try await executor.expireProposals()
        #expect(try state.plan("b1")?.state == .proposed)
        clock.withLock { $0 += Executor.proposalLifetime + 1 }
        try await executor.expireProposals()
        #expect(try state.plan("b1")?.state == .cancelled)
        await #expect(throws: ExecutionError.self) { try await executor.approve("b1") }
    }

    @Test("The queue has an end")
    func bounded() async throws {
        let state = try StateStore()
        let executor = try Sample.executor(state, Stuck())
        var refused = 0
        for index in 0..<Executor.maximumOpenPlans + 3 {
            do {
                try await executor.submit(Sample.scaleOut("p\(index)"))
            } catch let error as ExecutionError where error.code == .queueFull {
                refused += 1
            }
        }
        #expect(refused == 3)
    }
}

/// An agent that never answers while the test runs.
private struct Stuck: StepPerformer {
    func perform(_ request: StepRequest, on server: String) async throws -> StepAnswer {
        try await Task.sleep(for: .seconds(86_400))
        throw FakeAgents.Unreachable()
    }
}

/// Agents whose answers wait until the test lets them go.
private actor Gate: StepPerformer {
    private var asked: Set<String> = []
    private var opened: Set<String> = []
    private var callers: [String: CheckedContinuation<Void, Never>] = [:]
    private var watchers: [(ids: Set<String>, continuation: CheckedContinuation<Void, Never>)] = []

    func perform(_ request: StepRequest, on server: String) async throws -> StepAnswer {
        asked.insert(request.id)
        for watcher in watchers where watcher.ids.isSubset(of: asked) { watcher.continuation.resume() }
        watchers.removeAll { $0.ids.isSubset(of: asked) }
        if !opened.contains(request.id) { await withCheckedContinuation { callers[request.id] = $0 } }
        return StepAnswer(id: request.id, outcome: .done, message: "", durationSeconds: 0)
    }

    func open(_ id: String) {
        opened.insert(id)
        callers.removeValue(forKey: id)?.resume()
    }

    func waitFor(_ ids: Set<String>) async {
        if ids.isSubset(of: asked) { return }
        await withCheckedContinuation { watchers.append((ids, $0)) }
    }
}
