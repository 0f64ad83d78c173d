import AgentContract
import Drivers
import Foundation
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Agent

@Suite("Steps")
struct StepDeskTests {
    let directory: TemporaryDirectory
    let drivers = FakeDrivers()
    let metrics = SelfMetrics()

    init() throws { directory = try TemporaryDirectory("desk") }

    func desk() throws -> StepDesk {
        try StepDesk(
            hands: Hands(containers: drivers, loadBalancer: nil, sharedFiles: drivers, addresses: drivers),
            dataDirectory: directory.path, metrics: metrics)
    }

    @Test("The same id is done once, also over a restart, and answered as before")
    func once() async throws {
        let first = await (try desk()).perform(Scene.start("web1", id: "p/0"))
        #expect(first.outcome == .done)
        drivers.state.withLock { $0.containers = [:] }
        let again = await (try desk()).perform(Scene.start("web1", id: "p/0"))
        #expect(again == first)
        #expect(drivers.starts == 1)
        #expect(await (try desk()).perform(Scene.start("web1", id: "p/1")).outcome == .done)
        #expect(await (try desk()).perform(Scene.start("web1", id: "p/2")).outcome == .unchanged)
    }

    @Test("Many callers with one id get one answer")
    func concurrent() async throws {
        let desk = try desk()
        let answers = await withTaskGroup(of: StepAnswer.self) { group in
            for _ in 0..<20 { group.addTask { await desk.perform(Scene.start("web1", id: "p/0")) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers.map(\.durationSeconds)).count == 1)
        #expect(drivers.starts == 1)
    }

    @Test("Steps on one object never run at the same time")
    func oneAtATime() async throws {
        let desk = try desk()
        let outcomes = await withTaskGroup(of: StepAnswer.Outcome.self) { group in
            for index in 0..<20 { group.addTask { await desk.perform(Scene.start("web1", id: "p/\(index)")).outcome } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .done }.count == 1)
        #expect(outcomes.filter { $0 == .unchanged }.count == 19)
    }

    @Test("An older fencing token is refused, also after a restart, and even for a step that was done")
    func fencing() async throws {
        #expect(await (try desk()).perform(Scene.start("web1", id: "p/0", token: 5)).succeeded)
        #expect(await (try desk()).perform(Scene.start("web2", id: "p/1", token: 4)).outcome == .fenced)
        #expect(await (try desk()).perform(Scene.start("web1", id: "p/0", token: 4)).outcome == .fenced)
        #expect(await (try desk()).perform(Scene.start("web2", id: "p/2", token: 5)).outcome == .done)
        #expect(metrics.value("magewatch_agent_steps_total", ["step": "start_container", "outcome": "fenced"]) == 2)
    }

    @Test("A failure says what to do, is counted, and may be tried again under its id")
    func failure() async throws {
        let desk = try desk()
        drivers.fail(with: DriverError(.missing, "there is no bridge; make it"))
        let answer = await desk.perform(Scene.start("web1", id: "p/0"))
        #expect(answer.outcome == .failed)
        #expect(answer.message == "there is no bridge; make it")
        #expect(metrics.value("magewatch_agent_driver_errors_total", ["driver": "containers", "code": "missing"]) == 1)
        drivers.fail(with: nil)
        #expect(await desk.perform(Scene.start("web1", id: "p/0")).outcome == .done)
    }

    @Test("A load balancer step on a server without one, or with one that is unreachable, fails clearly and is counted")
    func loadBalancer() async throws {
        let backend = Backend(pool: "be", name: "w1", host: "10.0.0.1", port: 80)
        let none = await (try desk()).perform(StepRequest(id: "a", fencingToken: 1, step: .addBackend(backend)))
        #expect(none.message.contains("--haproxy-socket"))
        let haproxy = try HAProxyRuntime(
            socketPath: directory.path + "/no.sock", banMaps: BanMaps(), ledgerPath: directory.path + "/h.json")
        let desk = try StepDesk(
            hands: Hands(containers: drivers, loadBalancer: haproxy, sharedFiles: drivers, addresses: drivers),
            dataDirectory: directory.path, metrics: metrics)
        let unreachable = await desk.perform(StepRequest(id: "b", fencingToken: 1, step: .addBackend(backend)))
        #expect(unreachable.outcome == .failed)
        #expect(unreachable.message.contains("/no.sock") && unreachable.message.contains("Check that HAProxy runs"))
        #expect(metrics.value("magewatch_agent_driver_errors_total", ["driver": "load_balancer", "code": "unreachable"]) == 1)
    }

    @Test("The memory of answers is bounded and forgets the oldest")
    func bounded() {
        var memory = StepMemory()
        for index in 0..<(StepMemory.maximumAnswers + 5) {
            memory.remember(StepAnswer(id: "\(index)", outcome: .done, message: "", durationSeconds: 0))
        }
        #expect(memory.answers.count == StepMemory.maximumAnswers)
        #expect(memory.answers.first?.id == "5")
        #expect(memory.weigh(Scene.start("x", id: "0")) == .perform(tokenIsNew: true))
    }
}
