/// A plan and how far it has come, as the API reports it and the command line, the dashboard and the laboratory read it.
package struct PlanReport: Sendable, Codable, Equatable {
    package var plan: Plan
    /// `waiting`, `running`, `done`, `failed`, `undone`, `proposed` or `cancelled`; `planned` for a dry run, which is kept nowhere.
    package var state: String
    /// Milliseconds since 1970.
    package var startedAt: Int64?
    package var finishedAt: Int64?
    package var steps: [StepReport]

    /// One journaled step.
    package struct StepReport: Sendable, Codable, Equatable {
        package var index: Int
        package var summary: String
        /// `waiting`, `running`, `done`, `unchanged`, `failed`, `passed over` or `undone`.
        package var outcome: String
        package var message: String
        package var startedAt: Int64?
        package var finishedAt: Int64?

        package init(index: Int, summary: String, outcome: String, message: String, startedAt: Int64?, finishedAt: Int64?) {
            self.index = index
            self.summary = summary
            self.outcome = outcome
            self.message = message
            self.startedAt = startedAt
            self.finishedAt = finishedAt
        }
    }

    package init(plan: Plan, state: String, startedAt: Int64?, finishedAt: Int64?, steps: [StepReport]) {
        self.plan = plan
        self.state = state
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.steps = steps
    }
}

/// A ban in force.
package struct BanReport: Sendable, Codable, Equatable {
    /// What is banned, as the text of a `BanSubject`: an address or network, `session/DIGEST`, `limit/REQUESTS/ADDRESS/PATH`.
    package var address: String
    package var reason: String
    /// Milliseconds since 1970.
    package var from: Int64
    package var until: Int64

    package init(address: String, reason: String, from: Int64, until: Int64) {
        self.address = address
        self.reason = reason
        self.from = from
        self.until = until
    }
}
