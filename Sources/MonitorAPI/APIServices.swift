package import AgentContract
package import LogQL
package import PromQL
package import Telemetry
package import Topology

/// What the API serves: the engines and sources it queries, and views of the monitor's state, all given by the composition root.
package struct APIServices: Sendable {
    package var series: any SeriesSource
    package var logs: any LogSource
    package var promQL: PromQLEngine
    package var logQL: LogQLEngine
    package var metrics: SelfMetrics
    package var stack: @Sendable () async throws -> Stack
    package var plans: @Sendable () async throws -> [PlanReport]
    /// Lets a proposed plan run; throws with the reason where it can't.
    package var approvePlan: @Sendable (_ id: String, _ actor: String) async throws -> Void
    package var bans: @Sendable () async throws -> [BanReport]
    /// Bans whose end lies after a time: those in force at it, and those since.
    package var bansSince: @Sendable (Milliseconds) async throws -> [BanReport]
    /// Keys of CrowdSec's bouncers, by the bouncer's name.
    package var bouncerKeys: [String: String]
    package var forecasts: @Sendable () async -> [Forecast]
    /// The whole paths of a role's signals up to a horizon.
    package var forecastPaths: @Sendable (_ role: String, _ horizonSeconds: Double) async -> [Forecast]
    /// What containers can serve, of one role or all.
    package var capacities: @Sendable (_ role: String?) async -> [LearnedCapacity]
    package var alerts: @Sendable () async -> [Alert]
    /// Takes alerts from outside (the Alertmanager API).
    package var receiveAlerts: @Sendable ([Alert]) async throws -> Void
    package var rules: @Sendable () async -> [RuleGroupReport]
    package var silences: @Sendable () async throws -> [SilenceReport]
    package var createSilence: @Sendable (SilenceReport) async throws -> String
    package var expireSilence: @Sendable (_ id: String) async throws -> Void
    package var targets: @Sendable () async -> [TargetReport]
    package var status: @Sendable () async -> ServerStatus
    package var exemplars: any ExemplarSource
    package var metadata: any TargetMetadataSource
    package var cardinality: any CardinalitySource
    /// What the WAF found.
    package var attacks: any AttackSource
    /// Orders to the store; nil where the operator did not allow them.
    package var administration: (any StoreAdministration)?
    /// Removal of log entries; nil where the operator did not allow orders.
    package var logDeletions: (any LogDeletions)?
    /// What operators order, and what became of it.
    package var orders: any OperatorOrders
    /// The scaler's bounds, schedules and reports.
    package var scaler: any ScalerControl
    /// Log entries as they become durable.
    package var tail: @Sendable () -> AsyncStream<LogBatch>
    /// Where alerts are sent.
    package var alertReceivers: [String]

    package init(
        series: any SeriesSource, logs: any LogSource, promQL: PromQLEngine, logQL: LogQLEngine, metrics: SelfMetrics,
        stack: @escaping @Sendable () async throws -> Stack,
        plans: @escaping @Sendable () async throws -> [PlanReport] = { [] },
        approvePlan: @escaping @Sendable (String, String) async throws -> Void = { _, _ in },
        bans: @escaping @Sendable () async throws -> [BanReport] = { [] },
        bansSince: @escaping @Sendable (Milliseconds) async throws -> [BanReport] = { _ in [] },
        bouncerKeys: [String: String] = [:],
        forecasts: @escaping @Sendable () async -> [Forecast] = { [] },
        capacities: @escaping @Sendable (String?) async -> [LearnedCapacity] = { _ in [] },
        forecastPaths: @escaping @Sendable (String, Double) async -> [Forecast] = { _, _ in [] },
        alerts: @escaping @Sendable () async -> [Alert] = { [] },
        receiveAlerts: @escaping @Sendable ([Alert]) async throws -> Void = { _ in },
        rules: @escaping @Sendable () async -> [RuleGroupReport] = { [] },
        silences: @escaping @Sendable () async throws -> [SilenceReport] = { [] },
        createSilence: @escaping @Sendable (SilenceReport) async throws -> String = { $0.id },
        expireSilence: @escaping @Sendable (String) async throws -> Void = { _ in },
        targets: @escaping @Sendable () async -> [TargetReport] = { [] },
        status: @escaping @Sendable () async -> ServerStatus = { ServerStatus() },
        exemplars: any ExemplarSource = NoExemplars(), metadata: any TargetMetadataSource = NoMetadata(),
        cardinality: any CardinalitySource = NoCardinality(), attacks: any AttackSource = NoAttacks(),
        administration: (any StoreAdministration)? = nil, logDeletions: (any LogDeletions)? = nil,
        orders: (any OperatorOrders)? = nil, scaler: (any ScalerControl)? = nil,
        tail: @escaping @Sendable () -> AsyncStream<LogBatch> = { AsyncStream { $0.finish() } }, alertReceivers: [String] = []
    ) {
        self.series = series
        self.logs = logs
        self.promQL = promQL
        self.logQL = logQL
        self.metrics = metrics
        self.stack = stack
        self.plans = plans
        self.approvePlan = approvePlan
        self.bans = bans
        self.bansSince = bansSince
        self.bouncerKeys = bouncerKeys
        self.forecasts = forecasts
        self.capacities = capacities
        self.forecastPaths = forecastPaths
        self.alerts = alerts
        self.receiveAlerts = receiveAlerts
        self.rules = rules
        self.silences = silences
        self.createSilence = createSilence
        self.expireSilence = expireSilence
        self.targets = targets
        self.status = status
        self.exemplars = exemplars
        self.metadata = metadata
        self.cardinality = cardinality
        self.attacks = attacks
        self.administration = administration
        self.logDeletions = logDeletions
        self.orders = orders ?? NoOrders()
        self.scaler = scaler ?? NoScaler()
        self.tail = tail
        self.alertReceivers = alertReceivers
    }
}

/// A rule group as `/api/v1/rules` lists it.
package struct RuleGroupReport: Sendable {
    package var name: String
    package var file: String
    package var intervalSeconds: Double
    package var rules: [Rule]

    /// One rule of it.
    package struct Rule: Sendable {
        /// The alert's name, or the recorded series'.
        package var name: String
        package var isAlert: Bool
        package var expression: String
        package var holdSeconds: Double
        package var labels: [String: String]
        package var annotations: [String: String]

        package init(
            name: String, isAlert: Bool, expression: String, holdSeconds: Double, labels: [String: String],
            annotations: [String: String]
        ) {
            self.name = name
            self.isAlert = isAlert
            self.expression = expression
            self.holdSeconds = holdSeconds
            self.labels = labels
            self.annotations = annotations
        }
    }

    package init(name: String, file: String, intervalSeconds: Double, rules: [Rule]) {
        self.name = name
        self.file = file
        self.intervalSeconds = intervalSeconds
        self.rules = rules
    }
}

/// A silence: alerts that match all of it are neither told nor acted upon while it lasts.
package struct SilenceReport: Sendable {
    package var id: String
    package var matchers: [LabelMatcher]
    package var startsAt: Milliseconds
    package var endsAt: Milliseconds
    package var createdBy: String
    package var comment: String

    package init(
        id: String, matchers: [LabelMatcher], startsAt: Milliseconds, endsAt: Milliseconds, createdBy: String, comment: String
    ) {
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.createdBy = createdBy
        self.comment = comment
    }
}
