import AgentContract
import Drivers

/// What an agent remembers of the steps it has done, over restarts: the highest fencing token and the latest answers.
///
/// A failed step is not remembered, since nothing was done: the same id may be tried again.
struct StepMemory: Sendable, Codable, Equatable {
    /// Most answers kept; the oldest are forgotten first.
    static let maximumAnswers = 1000
    /// Longest step id taken.
    static let maximumIDBytes = 256

    private(set) var highestToken: Int64 = 0
    private(set) var answers: [StepAnswer] = []

    /// What a request meets.
    enum Verdict: Equatable {
        /// It is to be done. `tokenIsNew` tells that the memory changed and has to be stored first.
        case perform(tokenIsNew: Bool)
        case answered(StepAnswer)
        case fenced(seen: Int64)
    }

    /// Weighs a request. Its token counts before its id: an old monitor gets no answers either.
    mutating func weigh(_ request: StepRequest) -> Verdict {
        guard request.fencingToken >= highestToken else { return .fenced(seen: highestToken) }
        let isNew = request.fencingToken > highestToken
        highestToken = request.fencingToken
        if let answer = answers.last(where: { $0.id == request.id }) { return .answered(answer) }
        return .perform(tokenIsNew: isNew)
    }

    mutating func remember(_ answer: StepAnswer) {
        guard answer.succeeded else { return }
        answers.append(answer)
        if answers.count > StepMemory.maximumAnswers { answers.removeFirst(answers.count - StepMemory.maximumAnswers) }
    }
}
