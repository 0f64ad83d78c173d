import AgentContract
import Execution
import Planning
import StateStore
import Synchronization
import Telemetry
import TestKit
import Testing
import Topology

/// Every kind of order against a monitor that is killed at every instant of its plan.
@Suite struct OrderResumeTests {
    static let orders: [OperatorOrder.Action] = [
        .restart(container: "web1"), .stop(container: "web2"), .move(container: "web1", server: "s3"),
        .move(container: "db1", server: nil), .drain(container: "web2"), .scale(role: .web, by: 1, forSeconds: 3600),
        .scale(role: .web, by: -1, forSeconds: nil), .rollout(role: .web, image: "web-2"), .drainServer("s2"),
        .evacuateServer("s2"), .start(container: "web3"), .returnServer("s4"),
    ]

    static func container(
        _ name: String, _ role: Role, on server: String, _ address: Int, _ state: Container.State = .running,
        of active: String? = nil
    ) -> Container {
        Container(
            name: name, role: role, kind: active == nil ? .active : .backup, server: server, address: "10.0.1.\(address)/24",
            port: 80,
            limits: Resources(cores: 1, memoryBytes: 1 << 28), image: role.rawValue, state: state, backupOf: active)
    }

    static let containers = [
        container("web1", .web, on: "s1", 1), container("web2", .web, on: "s2", 2),
        container("web3", .web, on: "s3", 3, .stopped),
        container("db1", .db, on: "s1", 4), container("db1b", .db, on: "s2", 4, .stopped, of: "db1"),
        container("mail1", .mail, on: "s2", 5),
    ].sorted { $0.name < $1.name }

    static let servers = (1...4).map { number in
        Server(
            name: "s\(number)", kind: .member, address: "10.0.0.\(number)", agentURL: "http://s\(number):7102",
            capacity: Resources(cores: 8, memoryBytes: 8 << 30), health: .up, isDrained: number == 4)
    }

    static func plan(_ action: OperatorOrder.Action) throws -> (Plan, OperatorOrder) {
        var policy = PlanningPolicy()
        policy.roles[.web] = RolePolicy(
            image: "web", limits: Resources(cores: 1, memoryBytes: 1 << 28), port: 80, addresses: ["10.0.2.1/24"],
            sharedFiles: SharedFiles(source: "/a", target: "/b"), loadBalancers: [.init(server: "s1", pool: "web")], maximum: 6)
        let stack = Stack(name: "x", servers: servers, containers: containers)
        let order = OperatorOrder(action, by: "ann")
        let outcome = Planner.plan(for: order, PlanningInput(now: 1000, stack: stack, policy: policy))
        return (try #require(outcome.plan, "\(outcome)"), order)
    }

    /// A state with the stack in it.
    static func fill(_ state: StateStore) throws {
        try state.setServers(servers)
        for container in containers { try state.putContainer(container) }
    }

    struct Moment {
        var path: String
        var answers: [String: StepAnswer]
    }

    /// Runs the plan; at every event and after every step done, keeps what a monitor killed there would find.
    static func moments(
        _ action: OperatorOrder.Action, failing: Int? = nil, in directory: TemporaryDirectory
    ) async throws -> (plan: Plan, moments: [Moment], end: StateStore, order: [String]) {
        let (plan, order) = try plan(action)
        let state = try StateStore()
        try fill(state)
        let agents = FakeAgents { request, _ in request.id == "\(plan.id)/\(failing ?? -1)" ? .fail : .answer }
        let taken = Mutex<[Moment]>([])
        let look: @Sendable () -> Void = {
            taken.withLock { taken in
                let path = "\(directory.path)/\(taken.count).sqlite"
                guard (try? state.snapshot(to: path)) != nil else { return }
                taken.append(Moment(path: path, answers: agents.state.withLock { $0.answers }))
            }
        }
        let executor = try Sample.executor(state, WatchedAgents(agents: agents, look: look)) { event in
            // What is journaled before a step is in what is kept once it is done and not yet answered for.
            if event.kind != .stepStarted, event.kind != .undoStarted { look() }
        }
        try await executor.submit(plan, by: "ann", order: order)
        await executor.waitUntilIdle()
        return (plan, taken.withLock { $0 }, state, agents.order)
    }

    @Test("Killed at any instant, an order's plan goes on to the same end, every step done once", arguments: orders)
    func resuming(action: OperatorOrder.Action) async throws {
        let directory = try TemporaryDirectory("orders")
        let (plan, moments, end, _) = try await Self.moments(action, in: directory)
        #expect(try end.plan(plan.id)?.state == .done)
        #expect(moments.count >= plan.steps.count)
        let wanted = try end.stack(named: "x")
        for moment in moments {
            let state = try StateStore(path: moment.path)
            let agents = FakeAgents()
            agents.state.withLock { fake in
                fake.answers = moment.answers
                fake.done = moment.answers.mapValues { _ in 1 }
            }
            let executor = try Sample.executor(state, agents)
            try await executor.resume()
            await executor.waitUntilIdle()
            #expect(try state.plan(plan.id)?.state == .done, "\(moment.path)")
            #expect(try state.stack(named: "x") == wanted, "\(moment.path)")
            #expect(agents.done.values.allSatisfy { $0 == 1 }, "\(moment.path)")
            #expect(try state.verifyAudit().problem == nil, "\(moment.path)")
        }
    }

    @Test("Killed at any instant, an order's plan whose last step fails leaves all as it was", arguments: orders)
    func undoing(action: OperatorOrder.Action) async throws {
        let directory = try TemporaryDirectory("orders")
        let (plan, _) = try Self.plan(action)
        let last = plan.steps.lastIndex { if case .agent = $0.action { true } else { false } }
        // An order that is for the inventory alone asks no agent who could fail.
        guard let last else { return }
        let (_, moments, end, _) = try await Self.moments(action, failing: last, in: directory)
        #expect(try end.plan(plan.id)?.state == .undone)
        for moment in moments {
            let state = try StateStore(path: moment.path)
            let agents = FakeAgents { request, _ in request.id == "\(plan.id)/\(last)" ? .fail : .answer }
            agents.state.withLock { $0.answers = moment.answers }
            let executor = try Sample.executor(state, agents)
            try await executor.resume()
            await executor.waitUntilIdle()
            #expect(try state.plan(plan.id)?.state == .undone, "\(moment.path)")
            let stack = try state.stack(named: "x")
            #expect(stack.containers == Self.containers && stack.servers == Self.servers, "\(moment.path)")
        }
    }

    @Test(
        "Cancelled after any step, an order's plan is taken back, also by the monitor that comes after a kill", arguments: orders)
    func cancelling(action: OperatorOrder.Action) async throws {
        let directory = try TemporaryDirectory("orders")
        let (plan, moments, _, _) = try await Self.moments(action, in: directory)
        for moment in moments {
            let state = try StateStore(path: moment.path)
            guard try state.plan(plan.id)?.state.isFinal == false else { continue }
            let agents = FakeAgents()
            agents.state.withLock { $0.answers = moment.answers }
            let executor = try Sample.executor(state, agents)
            // Not resumed yet: as for a plan that waits for its turn after a start.
            try await executor.cancel(plan.id, by: "bob")
            try await executor.resume()
            await executor.waitUntilIdle()
            #expect(try state.plan(plan.id)?.state == .cancelled, "\(moment.path)")
            let stack = try state.stack(named: "x")
            #expect(stack.containers == Self.containers && stack.servers == Self.servers, "\(moment.path)")
        }
    }

    @Test("Who follows a plan sees every step and its end; one that is over is told once")
    func following() async throws {
        let (plan, order) = try Self.plan(.restart(container: "web1"))
        let state = try StateStore()
        try Self.fill(state)
        let executor = try Sample.executor(state, FakeAgents())
        await #expect(throws: ExecutionError.self) { _ = try await executor.follow("none") }
        try await executor.submit(plan, needsApproval: true, by: "ann", order: order)
        let stream = try await executor.follow(plan.id)
        try await executor.approve(plan.id, by: "bob")
        var states: [String] = []
        var last: PlanReport?
        for try await report in stream {
            if states.last != report.state { states.append(report.state) }
            last = report
        }
        #expect(states.first == "proposed" && states.last == "done")
        #expect(last?.steps.allSatisfy { $0.outcome == "done" } == true)
        var again = 0
        for try await report in try await executor.follow(plan.id) {
            again += 1
            #expect(report == last)
        }
        #expect(again == 1)
        #expect(try state.auditRecords(limit: 100).contains { $0.actor == "ann" && $0.kind == "order" })
        #expect(try state.auditRecords(limit: 100).contains { $0.actor == "bob" && $0.detail.hasPrefix("waiting: approved") })
    }
}

/// Looks at the world after each step has been done and before the executor hears of it.
struct WatchedAgents: StepPerformer {
    let agents: FakeAgents
    let look: @Sendable () -> Void

    func perform(_ request: StepRequest, on server: String) async throws -> StepAnswer {
        let answer = try await agents.perform(request, on: server)
        look()
        return answer
    }
}
