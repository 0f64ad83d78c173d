import AgentContract
import Execution
import Planning
import StateStore
import Synchronization
import Telemetry
import TestKit
import Testing
import Topology

/// Every kind of plan that an alert or the end of a lease orders, made by the planner, against a monitor that is killed at every
/// instant of it. Orders of operators and databases have suites of their own.
@Suite struct AlertResumeTests {
    /// What orders the plan.
    enum Cause: String, CaseIterable, Sendable {
        case attach, failoverToBackup, failoverElsewhere, rebalance, ban, unban, release
    }

    static let now: Int64 = 1_000_000

    static func server(_ name: String, _ kind: Server.Kind = .member, _ health: Server.Health = .up) -> Server {
        Server(
            name: name, kind: kind, address: "10.0.0.\(name.suffix(1))", agentURL: "http://\(name):7102",
            capacity: Resources(cores: 8, memoryBytes: 8 << 30), health: health)
    }

    static func servers(_ cause: Cause) -> [Server] {
        let isDown = cause == .failoverToBackup || cause == .failoverElsewhere
        return [server("s1"), server("s2", .member, isDown ? .down : .up), server("s3"), server("o1", .overflow)]
    }

    static func containers(_ cause: Cause) -> [Container] {
        let make = OrderResumeTests.container
        var containers = [make("web1", .web, "s1", 1, .running, nil), make("web2", .web, "s3", 2, .running, nil)]
        switch cause {
        case .failoverToBackup:
            containers += [make("mail1", .mail, "s2", 4, .running, nil), make("mail1b", .mail, "s3", 4, .stopped, "mail1")]
        case .failoverElsewhere: containers.append(make("web4", .web, "s2", 5, .running, nil))
        case .release: containers.append(make("web9", .web, "o1", 9, .running, nil))
        case .attach, .rebalance, .ban, .unban: break
        }
        return containers.sorted { $0.name < $1.name }
    }

    static func policy() -> PlanningPolicy {
        var policy = PlanningPolicy()
        policy.roles[.web] = RolePolicy(
            image: "web", limits: Resources(cores: 1, memoryBytes: 1 << 28), port: 80, addresses: ["10.0.2.1/24"],
            sharedFiles: SharedFiles(source: "/a", target: "/b"), loadBalancers: [.init(server: "s1", pool: "web")], maximum: 6)
        policy.roles[.mail] = RolePolicy(
            image: "mail", limits: Resources(cores: 1, memoryBytes: 1 << 28), port: 25, addresses: [], maximum: 2)
        policy.banServers = ["s1", "s3"]
        return policy
    }

    static func fill(_ state: StateStore, _ cause: Cause) throws {
        try state.setServers(servers(cause))
        for container in containers(cause) { try state.putContainer(container) }
        if cause == .release { _ = try state.beginLease(of: "o1", at: now, periodSeconds: 3600, plan: "earlier") }
    }

    static func plan(_ cause: Cause, _ state: StateStore) throws -> Plan {
        var input = PlanningInput(now: now + 5000, stack: try state.stack(named: "x"), policy: policy())
        func alert(_ action: String, _ labels: [String: String]) -> Alert {
            let names = labels.merging(["alertname": "Test", "action": action]) { $1 }
            return Alert(labels: Labels(names.map { Label($0.key, $0.value) }), state: .firing, value: 1, activeAt: now)
        }
        let outcomes: [PlanningOutcome]
        switch cause {
        case .attach:
            input.utilisation[.web] = 0.98
            // The members are full, so that a server of the pool is taken.
            for name in ["s1", "s2", "s3"] { input.serverUtilisation[name] = 0.99 }
            outcomes = Planner.plans(for: alert("scale", ["role": "web"]), input)
        case .failoverToBackup, .failoverElsewhere: outcomes = Planner.plans(for: alert("failover", ["server": "s2"]), input)
        case .rebalance:
            input.running["web1"] = ["s1", "s3"]
            outcomes = Planner.plans(for: alert("rebalance", ["server": "s3", "container": "web1"]), input)
        case .ban: outcomes = Planner.plans(for: alert("ban", ["address": "203.0.113.7"]), input)
        case .unban: outcomes = Planner.plans(for: alert("unban", ["address": "203.0.113.7"]), input)
        case .release:
            input.now = now + 3_590_000
            input.utilisation[.web] = 0.1
            outcomes = [Planner.release("o1", input)]
        }
        return try #require(outcomes.compactMap(\.plan).first, "\(cause): \(outcomes)")
    }

    /// The state as a monitor killed at each event, and after each step done, would find it.
    static func moments(
        _ cause: Cause, failing: Int? = nil, in directory: TemporaryDirectory
    ) async throws -> (plan: Plan, moments: [OrderResumeTests.Moment], end: StateStore) {
        let state = try StateStore()
        try fill(state, cause)
        let plan = try plan(cause, state)
        let agents = FakeAgents { request, _ in request.id == "\(plan.id)/\(failing ?? -1)" ? .fail : .answer }
        let taken = Mutex<[OrderResumeTests.Moment]>([])
        let look: @Sendable () -> Void = {
            taken.withLock { taken in
                let path = "\(directory.path)/\(taken.count).sqlite"
                guard (try? state.snapshot(to: path)) != nil else { return }
                taken.append(.init(path: path, answers: agents.state.withLock { $0.answers }))
            }
        }
        let executor = try Sample.executor(state, WatchedAgents(agents: agents, look: look)) { event in
            if event.kind != .stepStarted, event.kind != .undoStarted { look() }
        }
        try await executor.submit(plan)
        await executor.waitUntilIdle()
        return (plan, taken.withLock { $0 }, state)
    }

    @Test("Killed at any instant, a plan of an alert goes on to the same end, every step done once", arguments: Cause.allCases)
    func resuming(cause: Cause) async throws {
        let directory = try TemporaryDirectory("alerts")
        let (plan, moments, end) = try await Self.moments(cause, in: directory)
        #expect(try end.plan(plan.id)?.state == .done)
        #expect(moments.count >= plan.steps.count)
        let wanted = try end.stack(named: "x")
        #expect(wanted.leases.map(\.server) == (cause == .attach ? ["o1"] : []))
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
            let stack = try state.stack(named: "x")
            #expect(stack.containers == wanted.containers && stack.servers == wanted.servers, "\(moment.path)")
            #expect(stack.leases.map(\.server) == wanted.leases.map(\.server), "\(moment.path)")
            #expect(agents.done.values.allSatisfy { $0 == 1 }, "\(moment.path)")
            #expect(try state.verifyAudit().problem == nil, "\(moment.path)")
        }
    }

    @Test(
        "Killed at any instant, a plan of an alert that fails and may not fail leaves all as it was", arguments: Cause.allCases)
    func undoing(cause: Cause) async throws {
        let directory = try TemporaryDirectory("alerts")
        let state = try StateStore()
        try Self.fill(state, cause)
        let plan = try Self.plan(cause, state)
        let last = plan.steps.lastIndex { step in if case .agent = step.action { !step.mayFail } else { false } }
        // Where every step may fail there is nothing to take back.
        guard let last else { return }
        let (_, moments, end) = try await Self.moments(cause, failing: last, in: directory)
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
            #expect(stack.containers == Self.containers(cause), "\(moment.path)")
            #expect(stack.leases.map(\.server) == (cause == .release ? ["o1"] : []), "\(moment.path)")
        }
    }
}
