import AgentContract
import Foundation
import StateStore
import Topology

/// Does one step of a plan, or takes it back: on an agent, with the pool, or in the inventory.
struct StepRunner: Sendable {
    /// How it went.
    struct Result: Sendable {
        var succeeded: Bool
        /// `done`, `unchanged` or `failed`.
        var outcome: String
        var message: String
        /// Another monitor commands.
        var isFenced = false
        /// This monitor is stopping; nothing is known of the step.
        var isInterrupted = false
    }

    let state: StateStore
    let performer: any StepPerformer
    let pool: any ServerLeasing
    let retry: RetryPolicy
    let fencingToken: Int64
    let clock: ExecutorClock

    /// What the step will replace, as JSON, for its undo; nil where it replaces nothing.
    func saved(for action: PlannedStep.Action) throws -> String? {
        let name: String
        switch action {
        case .putContainer(let container): name = container.name
        case .dropContainer(let dropped): name = dropped
        case .setDrained(let server, _): return try state.server(server).map { $0.isDrained ? "drained" : "open" }
        case .agent, .attach, .detach: return nil
        }
        guard let container = try state.container(name) else { return nil }
        return String(decoding: try JSONEncoder().encode(container), as: UTF8.self)
    }

    /// - Parameter saved: what stood there before the step was first begun. Compared with that, not with what stands there now: a
    ///   step that was done and interrupted before its answer was journaled is still the plan's doing.
    func perform(_ step: PlannedStep, plan: String, index: Int, saved: String?) async -> Result {
        do {
            switch step.action {
            case .agent(let server, let action, _):
                return await send(
                    StepRequest(id: "\(plan)/\(index)", fencingToken: fencingToken, step: action), to: server,
                    within: step.timeoutSeconds, attempts: step.mayFail ? 1 : retry.maximumAttempts)
            case .attach(let server):
                return result(try await pool.attach(server: server, plan: plan, at: clock.now()))
            case .detach(let server):
                return result(try await pool.detach(server: server, at: clock.now()))
            case .putContainer(let container):
                try state.putContainer(container)
                if try saved.map(decode) == container { return unchanged("\(container.name) stands so") }
                return done("\(container.name) is on \(container.server)")
            case .dropContainer(let name):
                try state.dropContainer(name)
                return saved == nil ? unchanged("there is no \(name)") : done("\(name) dropped")
            case .setDrained(let server, let isDrained):
                guard try state.setDrained(isDrained, of: server) else {
                    throw ExecutionError(.noServer, "there is no server \(server) in the inventory")
                }
                let wasSo = saved == (isDrained ? "drained" : "open")
                return wasSo ? unchanged("\(server) is so already") : done("\(server) is \(isDrained ? "closed" : "open")")
            }
        } catch {
            return Result(succeeded: false, outcome: "failed", message: "\(error)")
        }
    }

    func undo(_ step: PlannedStep, plan: String, index: Int, saved: String?) async -> Result {
        do {
            switch step.action {
            case .agent(let server, _, let undo):
                guard let undo else { return unchanged("nothing to take back") }
                return await send(
                    StepRequest(id: "\(plan)/\(index)/undo", fencingToken: fencingToken, step: undo), to: server,
                    within: step.timeoutSeconds, attempts: step.mayFail ? 1 : retry.maximumAttempts)
            case .attach(let server):
                return result(try await pool.detach(server: server, at: clock.now()))
            case .detach:
                return unchanged("a returned server is not taken back")
            case .putContainer(let container):
                if let saved { return try restore(saved) }
                return try state.dropContainer(container.name)
                    ? done("\(container.name) dropped") : unchanged("there is no \(container.name)")
            case .dropContainer(let name):
                guard let saved else { return unchanged("there was no \(name)") }
                return try restore(saved)
            case .setDrained(let server, _):
                guard let saved else { return unchanged("there was no server \(server)") }
                try state.setDrained(saved == "drained", of: server)
                return done("\(server) is \(saved) again")
            }
        } catch {
            return Result(succeeded: false, outcome: "failed", message: "\(error)")
        }
    }

    private func restore(_ saved: String) throws -> Result {
        let container = try decode(saved)
        try state.putContainer(container)
        return done("\(container.name) restored on \(container.server)")
    }

    private func decode(_ saved: String) throws -> Container {
        try JSONDecoder().decode(Container.self, from: Data(saved.utf8))
    }

    /// Sends a step until there is an answer. Not knowing whether it was done is no failure yet: the same id is done once,
    /// however often it is sent. A server that may be dead is asked once only.
    private func send(
        _ request: StepRequest, to server: String, within seconds: Double, attempts: Int
    ) async -> Result {
        let deadline = clock.now() + Int64(max(0, min(seconds, 86_400)) * 1000)
        var trouble = ""
        for attempt in 1...max(1, attempts) {
            do {
                let answer = try await answer(to: request, from: server, within: attempts > 1 ? nil : seconds)
                return Result(
                    succeeded: answer.succeeded, outcome: answer.succeeded ? answer.outcome.rawValue : "failed",
                    message: answer.message, isFenced: answer.outcome == .fenced)
            } catch is CancellationError {
                return Result(succeeded: false, outcome: "failed", message: "the monitor is stopping", isInterrupted: true)
            } catch {
                trouble = "\(error)"
            }
            guard attempt < attempts, clock.now() < deadline else { break }
            do {
                try await clock.sleep(retry.delay(after: attempt))
            } catch {
                return Result(
                    succeeded: false, outcome: "failed", message: "the monitor is stopping", isInterrupted: true)
            }
        }
        return Result(
            succeeded: false, outcome: "failed",
            message: "no answer from the agent of \(server): \(trouble); check that it runs and can be reached")
    }

    /// A server that may be dead must not hold what others wait for longer than its step says.
    private func answer(to request: StepRequest, from server: String, within seconds: Double?) async throws -> StepAnswer {
        guard let seconds else { return try await performer.perform(request, on: server) }
        return try await withThrowingTaskGroup(of: StepAnswer?.self) { group in
            group.addTask { try await performer.perform(request, on: server) }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let answer = first else {
                throw ExecutionError(.noAnswer, "nothing came within \(seconds) s")
            }
            return answer
        }
    }

    private func result(_ outcome: LeasingOutcome) -> Result {
        switch outcome {
        case .done(let message): done(message)
        case .unchanged(let message): unchanged(message)
        }
    }

    private func done(_ message: String) -> Result { Result(succeeded: true, outcome: "done", message: message) }
    private func unchanged(_ message: String) -> Result {
        Result(succeeded: true, outcome: "unchanged", message: message)
    }
}
