package import AgentContract
package import Telemetry
package import Topology

/// All a decision rests on, at one moment.
package struct PlanningInput: Sendable {
    /// A ban that an address has or had.
    package struct PastBan: Sendable {
        package var until: Milliseconds
        package var repetition: Int

        package init(until: Milliseconds, repetition: Int) {
            self.until = until
            self.repetition = repetition
        }
    }

    /// A replicated database as its agent saw it last.
    package struct SeenDatabase: Sendable, Equatable {
        package var isWritable: Bool
        /// Hears its primary; nil for one that follows nobody.
        package var isReceiving: Bool?
        /// The last sequence number of each domain, what is received and not applied yet included.
        package var position: [UInt32: UInt64]

        package init(isWritable: Bool, isReceiving: Bool? = nil, position: [UInt32: UInt64] = [:]) {
            self.isWritable = isWritable
            self.isReceiving = isReceiving
            self.position = position
        }
    }

    package var now: Milliseconds
    package var stack: Stack
    package var policy: PlanningPolicy
    package var forecasts: [Forecast]
    /// Measured use of a role's capacity, 1 being all of it.
    package var utilisation: [Role: Double]
    /// How roles are sized by their shadow fleets; a role that is missing is sized by its utilisation.
    package var sizing: [Role: RoleSizing]
    /// Measured use of a server, 1 being all of its scarcest resource; a server that is missing is judged by its containers' limits.
    package var serverUtilisation: [String: Double]
    /// Plans that wait or run.
    package var underWay: [Plan]
    /// When a role was last scaled.
    package var lastScaled: [Role: Milliseconds]
    package var bans: [String: PastBan]
    /// Addresses and networks that are known to be search engines' crawlers.
    package var crawlers: [String] = []
    /// The servers on which a container is seen to run right now, by its name.
    package var running: [String: Set<String>]
    /// Containers that an operator's order keeps, and until when.
    package var held: [String: Milliseconds]
    /// Leases of the last 31 days, those that run included: what budgets go by.
    package var ledger: [LeaseSpan]
    /// What operators have frozen.
    package var freezes: [ScalerFreeze]
    /// Roles that the scaler has stood down from, and why.
    package var stoodDown: [Role: [StandDown]]
    /// Replicated databases that answered their agents at the last scrapes, by container.
    package var databases: [String: SeenDatabase]

    package init(
        now: Milliseconds, stack: Stack, policy: PlanningPolicy, forecasts: [Forecast] = [],
        utilisation: [Role: Double] = [:], sizing: [Role: RoleSizing] = [:], serverUtilisation: [String: Double] = [:],
        underWay: [Plan] = [], lastScaled: [Role: Milliseconds] = [:], bans: [String: PastBan] = [:],
        running: [String: Set<String>] = [:], held: [String: Milliseconds] = [:],
        ledger: [LeaseSpan] = [], freezes: [ScalerFreeze] = [], stoodDown: [Role: [StandDown]] = [:],
        databases: [String: SeenDatabase] = [:]
    ) {
        self.now = now
        self.stack = stack
        self.policy = policy
        self.forecasts = forecasts
        self.utilisation = utilisation
        self.sizing = sizing
        self.serverUtilisation = serverUtilisation
        self.underWay = underWay
        self.lastScaled = lastScaled
        self.bans = bans
        self.running = running
        self.held = held
        self.ledger = ledger
        self.freezes = freezes
        self.stoodDown = stoodDown
        self.databases = databases
    }

    /// Containers that plans under way will add.
    var comingContainers: [Container] {
        underWay.flatMap(\.steps).compactMap { step in
            guard case .putContainer(let container) = step.action, stack.container(container.name) == nil else { return nil }
            return container
        }
    }

    /// Containers that plans under way will start on another server, or in place of another.
    var movingContainers: [Container] {
        underWay.flatMap(\.steps).compactMap { step in
            guard case .putContainer(let container) = step.action, container.state == .running,
                let now = stack.container(container.name), now.server != container.server || now.state != .running
            else { return nil }
            return container
        }
    }

    /// Overflow servers that plans under way will lease.
    var comingServers: Set<String> {
        Set(
            underWay.flatMap(\.steps).compactMap { step in
                guard case .attach(let server) = step.action else { return nil }
                return server
            })
    }

    /// Overflow servers that plans under way give back: nothing new is to be put on them.
    package var leavingServers: Set<String> {
        Set(
            underWay.flatMap(\.steps).compactMap { step in
                guard case .detach(let server) = step.action else { return nil }
                return server
            })
    }

    func forecast(of role: Role) -> Forecast? {
        forecasts.last { $0.role == role.rawValue && $0.signal == "utilisation" }
    }

    /// The highest utilisation that the 0.9 quantile reaches within the policy's horizon.
    ///
    /// Nothing where the role is not foreseen well enough to go by it.
    func forecastPeak(of role: Role) -> Double? {
        guard stoodDown[role]?.contains(where: { $0.cause == .coverage }) != true else { return nil }
        guard let forecast = forecast(of: role), let path = forecast.paths.min(by: { near($0) < near($1) }) else { return nil }
        let values = zip(forecast.leadsSeconds, path.values).filter { $0.0 <= policy.horizonSeconds }.map(\.1)
        return (values.isEmpty ? Array(path.values.prefix(1)) : values).filter(\.isFinite).max()
    }

    private func near(_ path: Forecast.Path) -> Double { abs(path.quantile - 0.9) }
}
