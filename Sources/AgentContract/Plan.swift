package import Topology

/// What to do and why: ordered steps, each with its undo, and the evidence they rest on.
package struct Plan: Sendable, Hashable, Codable, Identifiable {
    /// What the plan is for.
    package enum Purpose: String, Sendable, Codable, CaseIterable {
        case scaleOut = "scale-out"
        case release
        case failover
        case ban
        case unban
        case rebalance
        case scaleIn = "scale-in"
        case restart, stop, start, move, drain, rollout
        case drainServer = "drain-server"
        case evacuateServer = "evacuate-server"
        case returnServer = "return-server"
    }

    package var id: String
    package var purpose: Purpose
    package var role: Role?
    /// Milliseconds since 1970.
    package var createdAt: Int64
    package var steps: [PlannedStep]
    package var decision: Decision
    /// Whose word it waits for, while it is proposed; nil for a plan that waits for nobody's.
    package var approval: PlanApproval?

    package init(id: String, purpose: Purpose, role: Role?, createdAt: Int64, steps: [PlannedStep], decision: Decision) {
        self.id = id
        self.purpose = purpose
        self.role = role
        self.createdAt = createdAt
        self.steps = steps
        self.decision = decision
    }
}

/// One step of a plan: where, what, and how to take it back.
package struct PlannedStep: Sendable, Hashable, Codable {
    /// Who carries it out.
    package enum Action: Sendable, Hashable, Codable {
        /// An agent does a step on its machine.
        case agent(server: String, step: Step, undo: Step?)
        /// The pool leases an overflow server to the stack; undone by ending the lease.
        case attach(server: String)
        /// The pool takes it back.
        case detach(server: String)
        /// The inventory is changed; undone by restoring what it replaced.
        case putContainer(Container)
        case dropContainer(name: String)
        /// The server takes no more containers, or takes them again; undone by restoring what it was.
        case setDrained(server: String, Bool)
    }

    package var action: Action
    /// A failure is journaled and passed over, for steps on a server that may be dead.
    package var mayFail: Bool
    package var timeoutSeconds: Double
    /// Once it is done nothing of the plan is taken back: it goes on to its end, or ends where a step fails.
    package var isPointOfNoReturn: Bool

    package init(_ action: Action, mayFail: Bool = false, timeoutSeconds: Double = 30, isPointOfNoReturn: Bool = false) {
        self.action = action
        self.mayFail = mayFail
        self.timeoutSeconds = timeoutSeconds
        self.isPointOfNoReturn = isPointOfNoReturn
    }

    /// A plan kept before there were points of no return reads as one without.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        action = try container.decode(Action.self, forKey: .action)
        mayFail = try container.decode(Bool.self, forKey: .mayFail)
        timeoutSeconds = try container.decode(Double.self, forKey: .timeoutSeconds)
        isPointOfNoReturn = try container.decodeIfPresent(Bool.self, forKey: .isPointOfNoReturn) ?? false
    }

    /// The step with what it is done to, for instance `o1: start_container web3`.
    package var detail: String {
        guard case .agent(_, let step, _) = action else { return summary }
        return "\(summary) \(step.object)"
    }

    /// A line for people, for instance `o1: start_container`.
    package var summary: String {
        switch action {
        case .agent(let server, let step, _): "\(server): \(step.name)"
        case .attach(let server): "pool: attach \(server)"
        case .detach(let server): "pool: detach \(server)"
        case .putContainer(let container): "inventory: put \(container.name) on \(container.server)"
        case .dropContainer(let name): "inventory: drop \(name)"
        case .setDrained(let server, let isDrained): "inventory: \(isDrained ? "close" : "open") \(server)"
        }
    }
}

/// Why a plan was made: what `plan explain` prints.
package struct Decision: Sendable, Hashable, Codable {
    /// One sentence.
    package var summary: String
    /// The alert, the forecast with its error, the measured utilisation: name and text.
    package var evidence: [Evidence]
    /// What else was weighed, with its cost and why it was not taken.
    package var alternatives: [String]
    /// What would have happened otherwise.
    package var otherwise: String
    /// Billed periods this adds.
    package var billedPeriods: Int

    package struct Evidence: Sendable, Hashable, Codable {
        package var name: String
        package var text: String

        package init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    package init(
        summary: String, evidence: [Evidence] = [], alternatives: [String] = [], otherwise: String = "", billedPeriods: Int = 0
    ) {
        self.summary = summary
        self.evidence = evidence
        self.alternatives = alternatives
        self.otherwise = otherwise
        self.billedPeriods = billedPeriods
    }
}
