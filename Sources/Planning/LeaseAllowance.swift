import Topology

/// How many more servers may be leased just now, and which guard rail keeps it from being one more.
struct LeaseAllowance {
    /// Who wants them.
    enum Claimant {
        case scaler
        case order(isForced: Bool)
    }

    let count: Int
    /// What is told where more were wanted.
    let refusal: Refusal

    init(_ input: PlanningInput, for claimant: Claimant) {
        var bounds = [LeaseAllowance.atOnce(input)]
        switch claimant {
        case .scaler: bounds += [LeaseAllowance.blastRadius(input)] + LeaseAllowance.budgets(input)
        case .order(let isForced): bounds += isForced ? [] : LeaseAllowance.budgets(input)
        }
        let tightest = bounds.min { $0.count < $1.count } ?? bounds[0]
        count = max(0, tightest.count)
        refusal = tightest.refusal
    }

    private typealias Bound = (count: Int, refusal: Refusal)

    private static func atOnce(_ input: PlanningInput) -> Bound {
        let inUse = Set(input.stack.leases.map(\.server)).union(input.comingServers).count
        let most = input.policy.maximumOverflowServers
        return (
            most - inUse,
            .held(.maximum, by: "scaler.maximum-overflow-servers", "\(inUse) of \(most) overflow servers are leased or under way")
        )
    }

    private static func blastRadius(_ input: PlanningInput) -> Bound {
        let most = input.policy.guardRails.blastRadius.servers
        return (most, .held(.blastRadius, by: "scaler.blast-radius.servers", "one plan leases \(most) servers at most"))
    }

    /// What is under way and stands in no ledger yet is as good as leased.
    private static func budgets(_ input: PlanningInput) -> [Bound] {
        let rails = input.policy.guardRails
        let spending = Spending(input.ledger, rails, at: input.now)
        let coming = input.comingServers.subtracting(input.stack.leases.map(\.server)).count
        let price = rails.price(periods: 1, of: input.policy.billedPeriodSeconds)
        return SpendingWindow.allCases.flatMap { window -> [Bound] in
            var bounds: [Bound] = []
            if let most = rails.maximumLeases[window] {
                let begun = spending.leases(in: window) + coming
                bounds.append(
                    (
                        whole(most - Double(begun)),
                        .held(
                            .budget, by: "scaler.maximum-leases.\(window.rawValue)",
                            "\(begun) of \(Planner.decimal(most)) leases have begun \(window.words)")
                    ))
            }
            if let most = rails.maximumCost[window], price > 0 {
                let spent = spending.money(in: window) + Double(coming) * price
                bounds.append(
                    (
                        whole((most - spent) / price + 1e-9),
                        .held(
                            .budget, by: "scaler.maximum-cost.\(window.rawValue)",
                            "\(rails.money(spent)) of \(rails.money(most)) are spent \(window.words), and another server costs "
                                + rails.money(price))
                    ))
            }
            return bounds
        }
    }

    private static func whole(_ number: Double) -> Int { Int(min(1e9, max(0, number.rounded(.down)))) }
}
