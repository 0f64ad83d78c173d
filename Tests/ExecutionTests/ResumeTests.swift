import AgentContract
import Execution
import StateStore
import Synchronization
import Telemetry
import TestKit
import Testing
import Topology

@Suite struct ResumeTests {
    /// Copies of the state as it stood at every event: what a monitor killed there would find.
    private func snapshots(
        failing: Int?, in directory: TemporaryDirectory
    ) async throws -> (paths: [String], agents: [[String: StepAnswer]]) {
        let state = try StateStore()
        let agents = FakeAgents { request, _ in request.id == "p1/\(failing ?? -1)" ? .fail : .answer }
        let taken = Mutex<(paths: [String], agents: [[String: StepAnswer]])>(([], []))
        let executor = try Sample.executor(
            state,
            SnapshottingAgents(agents) {
                taken.withLock { taken in
                    let path = "\(directory.path)/\(taken.paths.count).sqlite"
                    guard (try? state.snapshot(to: path)) != nil else { return }
                    taken.paths.append(path)
                    taken.agents.append(agents.state.withLock { $0.answers })
                }
            }
        ) { _ in
            taken.withLock { taken in
                let path = "\(directory.path)/\(taken.paths.count).sqlite"
                guard (try? state.snapshot(to: path)) != nil else { return }
                taken.paths.append(path)
                taken.agents.append(agents.state.withLock { $0.answers })
            }
        }
        try await executor.submit(Sample.scaleOut())
        await executor.waitUntilIdle()
        return taken.withLock { $0 }
    }

    @Test("A monitor killed at any instant goes on, and every step is done exactly once")
    func resuming() async throws {
        let directory = try TemporaryDirectory("resume")
        let (paths, remembered) = try await snapshots(failing: nil, in: directory)
        #expect(paths.count >= 15)
        for (path, answers) in zip(paths, remembered) {
            let state = try StateStore(path: path)
            let agents = FakeAgents()
            agents.state.withLock { fake in
                fake.answers = answers
                fake.done = answers.mapValues { _ in 1 }
            }
            let executor = try Sample.executor(state, agents)
            try await executor.resume()
            await executor.waitUntilIdle()
            #expect(try state.plan("p1")?.state == .done, "\(path)")
            #expect(agents.done == ["p1/1": 1, "p1/2": 1, "p1/4": 1], "\(path)")
            #expect(try state.stack(named: "x").containers == [Sample.container("web3")], "\(path)")
            #expect(try state.ledger().count == 1, "\(path)")
        }
    }

    @Test("A monitor killed at any instant of a plan that fails takes everything back", arguments: [1, 2, 4])
    func resumingUndo(failing: Int) async throws {
        let directory = try TemporaryDirectory("resume")
        let (paths, remembered) = try await snapshots(failing: failing, in: directory)
        for (path, answers) in zip(paths, remembered) {
            let state = try StateStore(path: path)
            let agents = FakeAgents { request, _ in request.id == "p1/\(failing)" ? .fail : .answer }
            agents.state.withLock { fake in
                fake.answers = answers
                fake.done = answers.mapValues { _ in 1 }
            }
            let executor = try Sample.executor(state, agents)
            try await executor.resume()
            await executor.waitUntilIdle()
            #expect(try state.plan("p1")?.state == .undone, "\(path)")
            #expect(try state.stack(named: "x").containers.isEmpty, "\(path)")
            #expect(try state.stack(named: "x").leases.isEmpty, "\(path)")
            #expect(agents.done.values.allSatisfy { $0 == 1 }, "\(path)")
            #expect(agents.done["p1/1/undo"] == 1, "\(path)")
        }
    }
}

/// Looks at the world after each step has been done and before the executor hears of it.
private struct SnapshottingAgents: StepPerformer {
    let agents: FakeAgents
    let look: @Sendable () -> Void

    init(_ agents: FakeAgents, _ look: @escaping @Sendable () -> Void) {
        self.agents = agents
        self.look = look
    }

    func perform(_ request: StepRequest, on server: String) async throws -> StepAnswer {
        let answer = try await agents.perform(request, on: server)
        look()
        return answer
    }
}
