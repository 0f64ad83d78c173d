package import Topology

/// What became of the scaler's decisions, against other policies on the same demand.
package struct ScalerReport: Sendable, Codable, Equatable {
    /// Saturated minutes and cost of one policy.
    package struct Policy: Sendable, Codable, Equatable {
        /// `actual` for what was really done; `magewatch`, `hpa-70`, `hpa-70-paid-hour`, `static`, `oracle` for replays.
        package var name: String
        package var saturatedMinutes: Double
        package var saturatedShare: Double
        package var unservedShare: Double
        /// Billed periods, in servers.
        package var periods: Double
        package var money: Double

        package init(
            name: String, saturatedMinutes: Double, saturatedShare: Double, unservedShare: Double, periods: Double, money: Double
        ) {
            self.name = name
            self.saturatedMinutes = saturatedMinutes
            self.saturatedShare = saturatedShare
            self.unservedShare = unservedShare
            self.periods = periods
            self.money = money
        }
    }

    /// One decision beside what happened in the billed period after it.
    package struct DecisionOutcome: Sendable, Codable, Equatable {
        package var plan: String
        /// Milliseconds since 1970.
        package var time: Int64
        /// `scale-out`, `scale-in` or `release`.
        package var purpose: String
        /// How the plan ended.
        package var state: String
        /// Containers that it added, or took away where it is negative.
        package var change: Int
        package var containersBefore: Int
        /// Demand when it was decided and the highest of the period after it, in containers' worth; nil where it was not measured.
        package var demandBefore: Double?
        package var demandPeak: Double?
        /// From the decision until it was done.
        package var seconds: Double?
        /// Minutes saturated until it was done, and from then on to the end of the period.
        package var saturatedBefore: Int
        package var saturatedAfter: Int
        /// What it cost, or saved where it is negative, and how much of that was for nothing.
        package var money: Double
        package var regretMoney: Double
        /// In words.
        package var verdict: String

        package init(plan: String, time: Int64, purpose: String, state: String, change: Int, containersBefore: Int) {
            self.plan = plan
            self.time = time
            self.purpose = purpose
            self.state = state
            self.change = change
            self.containersBefore = containersBefore
            saturatedBefore = 0
            saturatedAfter = 0
            money = 0
            regretMoney = 0
            verdict = ""
        }
    }

    /// One role.
    package struct RoleReport: Sendable, Codable, Equatable {
        package var role: Role
        /// Days of measured demand.
        package var days: Double
        /// Containers of the stack's own, and how many one overflow server takes: replays are priced by it.
        package var ownedContainers: Int
        package var containersPerServer: Int
        /// What was really done first, then the replays.
        package var policies: [Policy]
        package var decisions: [DecisionOutcome]

        package init(
            role: Role, days: Double, ownedContainers: Int, containersPerServer: Int, policies: [Policy],
            decisions: [DecisionOutcome]
        ) {
            self.role = role
            self.days = days
            self.ownedContainers = ownedContainers
            self.containersPerServer = containersPerServer
            self.policies = policies
            self.decisions = decisions
        }
    }

    /// Milliseconds since 1970.
    package var from: Int64
    package var until: Int64
    package var billedPeriodSeconds: Double
    package var pricePerServerHour: Double
    package var currency: String
    /// Billed periods and money by the ledger, all roles.
    package var billedPeriods: Int
    package var money: Double
    package var roles: [RoleReport]

    package init(
        from: Int64, until: Int64, billedPeriodSeconds: Double, pricePerServerHour: Double, currency: String,
        billedPeriods: Int, money: Double, roles: [RoleReport]
    ) {
        self.from = from
        self.until = until
        self.billedPeriodSeconds = billedPeriodSeconds
        self.pricePerServerHour = pricePerServerHour
        self.currency = currency
        self.billedPeriods = billedPeriods
        self.money = money
        self.roles = roles
    }
}
