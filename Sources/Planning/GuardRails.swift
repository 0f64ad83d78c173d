package import AgentContract
package import Topology

/// Bounds on what the scaler does by itself, each under the name that it has in the configuration.
///
/// A guard rail never causes anything. It holds a plan back, or cuts it to what is allowed, and the refusal says which one did and with what
/// figures.
package struct GuardRails: Sendable, Equatable {
    /// What the scaler may do with a plan.
    package enum Mode: String, Sendable, CaseIterable, Comparable {
        /// Says what it would do.
        case observe
        /// Proposes it and waits for people.
        case ask
        case act

        /// The more careful first.
        package static func < (left: Mode, right: Mode) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .observe: 0
            case .ask: 1
            case .act: 2
            }
        }
    }

    /// How much one plan, or one misjudgement, may change.
    package struct BlastRadius: Sendable, Equatable {
        /// Most containers that one plan starts.
        package var containers = 10
        /// Most servers that one plan leases.
        package var servers = 4
        /// Most of a role's serving containers that one plan takes away.
        package var share = 1.0
        /// Servers that may be down before nothing more is failed over: then it is rather the monitor that is cut off.
        package var down = 0.5

        package init() {}
    }

    /// Limits on what an hour, a day and a month may bring; there is none where nothing is said.
    package struct Limits: Sendable, Equatable {
        package var hour: Double?
        package var day: Double?
        package var month: Double?

        package init(hour: Double? = nil, day: Double? = nil, month: Double? = nil) {
            self.hour = hour
            self.day = day
            self.month = month
        }

        package subscript(window: SpendingWindow) -> Double? {
            switch window {
            case .hour: hour
            case .day: day
            case .month: month
            }
        }
    }

    /// Which plans no single person may have carried out.
    package struct TwoPersonRule: Sendable, Equatable {
        package var purposes: Set<Plan.Purpose> = []
        /// Plans that add so much money or more.
        package var cost: Double?

        package init() {}
    }

    package var mode = Mode.act
    /// Modes of single roles.
    package var modes: [Role: Mode] = [:]
    package var pricePerServerHour = 0.0
    package var currency = "EUR"
    /// Most money that leases may cost.
    package var maximumCost = Limits()
    /// Most leases that may begin.
    package var maximumLeases = Limits()
    package var blastRadius = BlastRadius()
    package var twoPerson = TwoPersonRule()
    package var standDown = StandDownRules()

    package init() {}

    /// What the scaler may do with a plan that touches some roles: the most careful of their modes.
    package func mode(of roles: Set<Role>) -> Mode {
        roles.map { modes[$0] ?? mode }.min() ?? mode
    }

    /// Money that a number of billed periods costs.
    package func price(periods: Int, of periodSeconds: Double) -> Double {
        Double(periods) * pricePerServerHour * periodSeconds / 3600
    }

    /// `1.25 EUR`.
    func money(_ amount: Double) -> String { "\(Planner.cents(amount)) \(currency)" }
}
