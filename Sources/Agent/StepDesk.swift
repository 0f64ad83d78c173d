package import AgentContract
import Drivers
package import Telemetry

/// Takes steps in and has them done: each id once, none from a monitor that was replaced, never two at a time on one object.
package actor StepDesk: StepPerformer {
    /// Most steps under way at once; a further one fails with the advice to repeat it.
    package static let maximumUnderWay = 64

    private let hands: Hands
    private let metrics: SelfMetrics
    private let path: String
    private var memory: StepMemory
    private var underWay: [String: Task<StepAnswer, Never>] = [:]
    /// The last step taken in on each object.
    private var tails: [String: (id: String, task: Task<StepAnswer, Never>)] = [:]

    /// Takes up what an earlier run remembered in `DATA/steps.json`.
    package init(hands: Hands, dataDirectory: String, metrics: SelfMetrics) throws {
        self.hands = hands
        self.metrics = metrics
        path = dataDirectory + "/steps.json"
        memory = try DurableFile.read(StepMemory.self, fromJSON: path) ?? StepMemory()
    }

    /// Does a step here; `server` is who the caller thinks this is, and not looked at.
    package func perform(_ request: StepRequest, on server: String) async throws -> StepAnswer {
        await perform(request)
    }

    /// Does the step, or says why not. Never throws: whatever went wrong is in the answer.
    package func perform(_ request: StepRequest) async -> StepAnswer {
        guard !request.id.isEmpty, request.id.utf8.count <= StepMemory.maximumIDBytes else {
            return answer(request, .failed, "a step needs an id of at most \(StepMemory.maximumIDBytes) bytes")
        }
        switch memory.weigh(request) {
        case .fenced(let seen):
            return answer(
                request, .fenced,
                "fencing token \(request.fencingToken) is older than \(seen): another monitor commands this server now")
        case .answered(let earlier):
            metrics.add("magewatch_agent_steps_repeated_total", ["step": request.step.name])
            return earlier
        case .perform(let tokenIsNew):
            if let running = underWay[request.id] { return await running.value }
            guard underWay.count < StepDesk.maximumUnderWay else {
                return answer(request, .failed, "\(StepDesk.maximumUnderWay) steps are under way, the most; repeat it later")
            }
            // The token is on disk before anything is done in its name.
            if tokenIsNew, let failure = store() { return answer(request, .failed, failure) }
            return await take(request).value
        }
    }

    private func take(_ request: StepRequest) -> Task<StepAnswer, Never> {
        let object = Hands.object(of: request.step)
        let before = tails[object]?.task
        // Unstructured on purpose: a caller that hangs up must not leave a step half done.
        let task = Task {
            _ = await before?.value
            return await carryOut(request)
        }
        underWay[request.id] = task
        tails[object] = (request.id, task)
        return task
    }

    private func carryOut(_ request: StepRequest) async -> StepAnswer {
        let start = ContinuousClock.now
        var result: StepAnswer
        do {
            let outcome = try await hands.carryOut(request.step)
            result = StepAnswer(
                id: request.id, outcome: outcome.changed ? .done : .unchanged, message: outcome.message, durationSeconds: 0)
        } catch {
            let code = (error as? DriverError)?.code.rawValue ?? "other"
            metrics.add(
                "magewatch_agent_driver_errors_total", ["driver": Hands.driver(of: request.step), "code": code])
            let message = (error as? DriverError)?.message ?? "\(request.step.name) failed: \(error)"
            result = StepAnswer(id: request.id, outcome: .failed, message: message, durationSeconds: 0)
        }
        let elapsed = ContinuousClock.now - start
        result.durationSeconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        underWay[request.id] = nil
        let object = Hands.object(of: request.step)
        if tails[object]?.id == request.id { tails[object] = nil }
        memory.remember(result)
        // Steps can be repeated, so an answer that could not be stored costs at most one repetition.
        if result.succeeded, let failure = store() { result.message += "; \(failure)" }
        count(request.step, result)
        return result
    }

    private func store() -> String? {
        do {
            try DurableFile.write(memory, asJSONTo: path)
            return nil
        } catch {
            metrics.add("magewatch_agent_storage_errors_total")
            return error.message
        }
    }

    private func answer(_ request: StepRequest, _ outcome: StepAnswer.Outcome, _ message: String) -> StepAnswer {
        let answer = StepAnswer(id: request.id, outcome: outcome, message: message, durationSeconds: 0)
        count(request.step, answer)
        return answer
    }

    private func count(_ step: Step, _ answer: StepAnswer) {
        metrics.add("magewatch_agent_steps_total", ["step": step.name, "outcome": answer.outcome.rawValue])
        metrics.add("magewatch_agent_step_duration_seconds_sum", ["step": step.name], by: answer.durationSeconds)
        metrics.add("magewatch_agent_step_duration_seconds_count", ["step": step.name])
    }
}
