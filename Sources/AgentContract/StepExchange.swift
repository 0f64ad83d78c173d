/// `POST /v1/steps`: a step to do, once.
package struct StepRequest: Sendable, Codable, Equatable {
    /// `PLAN/INDEX` or `PLAN/INDEX/undo`; the same id is done once, and answered from memory after that.
    package var id: String
    /// An agent refuses a token lower than the highest it has seen.
    package var fencingToken: Int64
    package var step: Step

    package init(id: String, fencingToken: Int64, step: Step) {
        self.id = id
        self.fencingToken = fencingToken
        self.step = step
    }
}

/// The answer to a step.
package struct StepAnswer: Sendable, Codable, Equatable {
    package enum Outcome: String, Sendable, Codable {
        case done
        /// It was so already.
        case unchanged
        case failed
        /// The fencing token is older than one seen: another monitor commands.
        case fenced
    }

    package var id: String
    package var outcome: Outcome
    /// For people: what was done, or what went wrong on which object and what to do.
    package var message: String
    package var durationSeconds: Double

    package init(id: String, outcome: Outcome, message: String, durationSeconds: Double) {
        self.id = id
        self.outcome = outcome
        self.message = message
        self.durationSeconds = durationSeconds
    }

    package var succeeded: Bool { outcome == .done || outcome == .unchanged }
}

/// Carries out steps: an agent over HTTP in production, an in-process one in tests.
package protocol StepPerformer: Sendable {
    /// Does the step on `server`.
    /// - Throws: where the agent can't be reached or gives no answer in time; whether the step was done is then unknown.
    func perform(_ request: StepRequest, on server: String) async throws -> StepAnswer
}
