package import AgentContract

/// What the planner has to say to an alert.
package enum PlanningOutcome: Sendable, Equatable {
    case plan(Plan)
    case refusal(Refusal)

    package var plan: Plan? {
        if case .plan(let plan) = self { plan } else { nil }
    }

    package var refusal: Refusal? {
        if case .refusal(let refusal) = self { refusal } else { nil }
    }

    static func refuse(_ code: Refusal.Code, _ reason: String) -> PlanningOutcome {
        .refusal(Refusal(code: code, reason: reason))
    }
}

/// Why nothing is done.
package struct Refusal: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        /// The alert does not say what to act on, or the policy does not know it.
        case unclear
        /// What is needed is there, or under way.
        case underWay
        case coolDown
        case frozen
        /// As many containers or servers as the policy allows.
        case maximum
        /// Fewer would serve than the role's minimum.
        case minimum
        /// No server, address or backup can be had.
        case noRoom
        /// A search ended before it found one, or could prove that there is none.
        case notFound
        /// The address is the stack's own, or on the allow list.
        case allowed
        /// There is nothing to do.
        case unneeded
        /// It would cost more, or lease more, than a time may bring.
        case budget
        /// One plan would change too much.
        case blastRadius
        /// The scaler has stood down from the role.
        case stoodDown
    }

    package var code: Code
    /// What was not done, and why.
    package var reason: String
    /// The guard rail that held it, under its key in the configuration; nil where none did.
    package var guardRail: String?

    package init(code: Code, reason: String, guardRail: String? = nil) {
        self.code = code
        self.reason = reason
        self.guardRail = guardRail
    }

    /// Held by a guard rail, with its figures.
    static func held(_ code: Code, by guardRail: String, _ figures: String) -> Refusal {
        Refusal(code: code, reason: "guard rail \(guardRail): \(figures)", guardRail: guardRail)
    }
}
