/// Something that happened to a plan, for timelines and streams.
package struct ExecutionEvent: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case planWaiting, planStarted, stepStarted, stepFinished, planCancelled, undoStarted, undoFinished, planFinished
    }

    package var plan: String
    package var purpose: String
    package var kind: Kind
    /// Nil for what happens to the whole plan.
    package var step: Int?
    /// A line for people.
    package var summary: String
    package var outcome: String
    package var message: String
    /// Milliseconds since 1970.
    package var time: Int64
    /// Of a finished step or plan.
    package var durationSeconds: Double?

    package init(
        plan: String, purpose: String, kind: Kind, step: Int? = nil, summary: String, outcome: String = "",
        message: String = "", time: Int64, durationSeconds: Double? = nil
    ) {
        self.plan = plan
        self.purpose = purpose
        self.kind = kind
        self.step = step
        self.summary = summary
        self.outcome = outcome
        self.message = message
        self.time = time
        self.durationSeconds = durationSeconds
    }
}
