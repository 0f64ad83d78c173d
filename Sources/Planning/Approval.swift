package import AgentContract
package import Topology

/// Whose word a plan waits for.
package enum Permission: Sendable, Equatable {
    /// It is told and not made.
    case observe
    /// It waits for people.
    case approval(PlanApproval)
    case act
}

extension GuardRails {
    /// What may be done with a plan.
    /// - Parameters:
    ///   - roles: those it works on.
    ///   - person: the operator who ordered it; nil for the scaler's own.
    ///   - periodSeconds: of a billed period.
    package func permission(for plan: Plan, roles: Set<Role>, orderedBy person: String?, periodSeconds: Double) -> Permission {
        let cost = price(periods: plan.decision.billedPeriods, of: periodSeconds)
        let needsTwo = twoPerson.purposes.contains(plan.purpose) || twoPerson.cost.map { cost > 0 && cost >= $0 } ?? false
        if let person {
            // Who orders has decided, whatever the mode; a second one has to agree.
            return needsTwo ? .approval(PlanApproval(needed: 1, orderedBy: person)) : .act
        }
        return switch mode(of: roles) {
        case .observe: .observe
        case .ask: .approval(PlanApproval(needed: needsTwo ? 2 : 1))
        case .act: .act
        }
    }
}
