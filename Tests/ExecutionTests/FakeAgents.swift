import AgentContract
import Execution
import StateStore
import Synchronization
import Telemetry
import Topology

/// Agents that do a step of one id once and remember the answer, as real ones do, and that can be told to misbehave.
final class FakeAgents: StepPerformer {
    struct Unreachable: Error {}

    struct State {
        var done: [String: Int] = [:]
        var answers: [String: StepAnswer] = [:]
        var order: [String] = []
        var highestToken: Int64 = 0
        var sent = 0
    }

    /// What to do with a request, by the number of requests so far.
    enum Behaviour {
        case answer
        /// Nothing is done.
        case lose
        /// It is done, but the answer is lost.
        case loseAnswer
        case fail
    }

    let state = Mutex(State())
    let behaviour: @Sendable (StepRequest, Int) -> Behaviour

    init(_ behaviour: @escaping @Sendable (StepRequest, Int) -> Behaviour = { _, _ in .answer }) {
        self.behaviour = behaviour
    }

    func perform(_ request: StepRequest, on server: String) async throws -> StepAnswer {
        try state.withLock { state in
            state.sent += 1
            let behaviour = self.behaviour(request, state.sent)
            if behaviour == .lose { throw Unreachable() }
            guard request.fencingToken >= state.highestToken else {
                return StepAnswer(id: request.id, outcome: .fenced, message: "older", durationSeconds: 0)
            }
            state.highestToken = request.fencingToken
            if behaviour == .fail {
                return StepAnswer(id: request.id, outcome: .failed, message: "no room on \(server)", durationSeconds: 0)
            }
            if let known = state.answers[request.id] { return known }
            state.done[request.id, default: 0] += 1
            state.order.append(request.id)
            let answer = StepAnswer(id: request.id, outcome: .done, message: "", durationSeconds: 0)
            state.answers[request.id] = answer
            if behaviour == .loseAnswer { throw Unreachable() }
            return answer
        }
    }

    var done: [String: Int] { state.withLock { $0.done } }
    var order: [String] { state.withLock { $0.order } }
}

enum Sample {
    static let overflow = Server(
        name: "o1", kind: .overflow, address: "10.0.0.9", agentURL: "http://10.0.0.9:7102",
        capacity: Resources(cores: 4, memoryBytes: 1 << 32))

    static func container(_ name: String, on server: String = "o1") -> Container {
        Container(
            name: name, role: .web, server: server, address: "10.0.0.31/24", port: 80,
            limits: Resources(cores: 1, memoryBytes: 1 << 28), image: "web")
    }

    /// A scale-out as the planner makes it.
    static func scaleOut(_ id: String = "p1", container name: String = "web3") -> Plan {
        let container = container(name)
        let backend = Backend(pool: "web", name: name, host: "10.0.0.31", port: 80)
        let specification = ContainerSpecification(
            name: name, role: .web, image: "web", address: container.address, limits: container.limits)
        return Plan(
            id: id, purpose: .scaleOut, role: .web, createdAt: 1,
            steps: [
                PlannedStep(.attach(server: "o1")),
                PlannedStep(
                    .agent(
                        server: "o1", step: .startContainer(specification),
                        undo: .stopContainer(name: name, graceSeconds: 1))),
                PlannedStep(
                    .agent(
                        server: "o1", step: .waitUntilHealthy(HealthProbe(url: "http://10.0.0.31:80/", timeoutSeconds: 5)),
                        undo: nil)),
                PlannedStep(.putContainer(container)),
                PlannedStep(.agent(server: "s1", step: .addBackend(backend), undo: .removeBackend(backend))),
            ],
            decision: Decision(summary: "one more web"))
    }

    /// A failover of the database that is one step.
    static func failover(_ id: String) -> Plan {
        Plan(
            id: id, purpose: .failover, role: .db, createdAt: 1,
            steps: [
                PlannedStep(
                    .agent(
                        server: "s2", step: .waitUntilHealthy(HealthProbe(url: "tcp://10.0.0.9:1", timeoutSeconds: 5)), undo: nil)
                )
            ],
            decision: Decision(summary: "bring it back"))
    }

    static func ban(_ id: String) -> Plan {
        Plan(
            id: id, purpose: .ban, role: nil, createdAt: 1,
            steps: [
                PlannedStep(
                    .agent(
                        server: "s1", step: .ban(address: "192.0.2.1", until: 9, reason: "scan"),
                        undo: .unban(address: "192.0.2.1")))
            ],
            decision: Decision(summary: "ban 192.0.2.1"))
    }

    static func executor(
        _ state: StateStore, _ agents: any StepPerformer, metrics: SelfMetrics = SelfMetrics(),
        observer: @escaping Executor.Observer = { _ in }
    ) throws -> Executor {
        let box = TickBox()
        return try Executor(
            state: state, performer: agents,
            pool: LedgerServerPool(servers: [overflow], billedPeriodSeconds: 3600, state: state), metrics: metrics,
            clock: ExecutorClock(now: { box.next() }, sleep: { _ in }), observer: observer)
    }
}

/// A clock that moves a millisecond whenever it is read.
final class TickBox: Sendable {
    private let ticks = Mutex<Int64>(1000)

    func next() -> Int64 {
        ticks.withLock {
            $0 += 1
            return $0
        }
    }
}
