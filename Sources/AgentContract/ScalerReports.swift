package import Topology

/// How the scaler is bounded just now: modes, guard rails with their figures, freezes, stand-downs.
package struct ScalerStatus: Sendable, Codable, Equatable {
    /// A guard rail, under its key in the configuration.
    package struct Rail: Sendable, Codable, Equatable {
        package var key: String
        /// What there is of it now; nil for one that has no count.
        package var used: Double?
        package var limit: Double
        package var unit: String

        package init(key: String, used: Double?, limit: Double, unit: String) {
            self.key = key
            self.used = used
            self.limit = limit
            self.unit = unit
        }
    }

    /// One role that may be scaled.
    package struct RoleStatus: Sendable, Codable, Equatable {
        package var role: Role
        /// `observe`, `ask` or `act`.
        package var mode: String
        package var containers: Int
        package var minimum: Int
        package var maximum: Int
        /// Why the scaler has stood down from it; empty where it has not.
        package var stoodDown: [String]

        package init(role: Role, mode: String, containers: Int, minimum: Int, maximum: Int, stoodDown: [String]) {
            self.role = role
            self.mode = mode
            self.containers = containers
            self.minimum = minimum
            self.maximum = maximum
            self.stoodDown = stoodDown
        }
    }

    package var mode: String
    package var currency: String
    package var roles: [RoleStatus]
    package var rails: [Rail]
    package var freezes: [ScalerFreeze]
    /// Plans that wait for approval.
    package var proposed: [String]

    package init(
        mode: String, currency: String, roles: [RoleStatus], rails: [Rail], freezes: [ScalerFreeze], proposed: [String]
    ) {
        self.mode = mode
        self.currency = currency
        self.roles = roles
        self.rails = rails
        self.freezes = freezes
        self.proposed = proposed
    }
}

/// A schedule, and when it comes next.
package struct ScheduleReport: Sendable, Codable, Equatable {
    package var name: String
    package var schedule: String
    /// Whether it stands in the configuration, where it is removed then.
    package var isConfigured: Bool
    /// The occurrence that runs or comes next, milliseconds since 1970; nil where there is none any more.
    package var start: Int64?
    package var end: Int64?

    package init(name: String, schedule: String, isConfigured: Bool, start: Int64?, end: Int64?) {
        self.name = name
        self.schedule = schedule
        self.isConfigured = isConfigured
        self.start = start
        self.end = end
    }
}
