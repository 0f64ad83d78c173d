import AgentContract
package import Execution
package import Logging
package import Planning
package import StackConfiguration
package import StateStore
package import Telemetry
package import Topology

/// Turns alerts that carry an action into plans and hands them to the executor; gives back what is no longer needed.
///
/// It decides nothing itself: ``Planner`` does, from the inventory, the policy and what was measured. In mode `observe` a plan is told
/// and not made; in mode `ask` it waits for an operator.
package actor Scaler {
    /// A measured utilisation older than this is not believed.
    package static let maximumAge: Milliseconds = 60_000

    private let mode: MagewatchConfiguration.Scaler.Mode
    private let policy: PlanningPolicy
    private let stackName: String
    let state: StateStore
    let executor: Executor
    private let series: any SeriesSource
    private let forecasts: @Sendable () -> [Forecast]
    private let reviewBan: @Sendable (_ address: String, _ now: Milliseconds) async throws -> BanReview
    private let sizing: @Sendable () -> [Role: RoleSizing]
    private let answers: @Sendable (_ server: String) async -> Bool
    let metrics: SelfMetrics
    let logger: Logger
    var lastScaled: [Role: Milliseconds] = [:]
    /// What was last said about an alert, so that the same is not said at every turn.
    private var lastSaid: [String: String] = [:]

    /// - Parameters:
    ///   - reviewBan: what a ban would have hit in the past, asked before one is made.
    ///   - answers: whether a server's agent answers right now, asked before anything is moved away from it.
    package init(
        mode: MagewatchConfiguration.Scaler.Mode, policy: PlanningPolicy, stackName: String, state: StateStore,
        executor: Executor,
        series: any SeriesSource, forecasts: @escaping @Sendable () -> [Forecast],
        sizing: @escaping @Sendable () -> [Role: RoleSizing] = { [:] },
        reviewBan: @escaping @Sendable (_ address: String, _ now: Milliseconds) async throws -> BanReview = { _, _ in .unreviewed
        },
        answers: @escaping @Sendable (_ server: String) async -> Bool = { _ in false }, metrics: SelfMetrics, logger: Logger
    ) {
        self.mode = mode
        self.policy = policy
        self.stackName = stackName
        self.state = state
        self.executor = executor
        self.series = series
        self.forecasts = forecasts
        self.reviewBan = reviewBan
        self.sizing = sizing
        self.answers = answers
        self.metrics = metrics
        self.logger = logger
    }

    /// Acts on the firing alerts of a moment, the urgent first: what is down before what is slow.
    package func act(on alerts: [Alert], at now: Milliseconds) async throws {
        let orders = alerts.filter { $0.state == .firing && $0.action != nil }
        let urgency = ["failover": 0, "rebalance": 1, "ban": 2, "unban": 3, "scale": 4]
        for alert in orders.sorted(by: { urgency[$0.action ?? "", default: 9] < urgency[$1.action ?? "", default: 9] }) {
            let outcomes = Planner.plans(for: alert, try await input(at: now))
            // The alert may be older than the server's return, or the monitor itself may have been cut off.
            if alert.action == "failover", outcomes.contains(where: { $0.plan != nil }), let server = alert.labels["server"],
                await answers(server)
            {
                say(alert.fingerprint, "\(server) answers; it is not failed over")
                continue
            }
            for (index, outcome) in outcomes.enumerated() {
                try await carryOut(outcome, of: alert, key: "\(alert.fingerprint) \(index)", at: now)
            }
        }
        // What is over may be said again when it comes back.
        let current = Set(orders.map(\.fingerprint))
        lastSaid = lastSaid.filter { said in
            said.key.hasPrefix("release") || current.contains { said.key.hasPrefix($0) }
        }
    }

    private func carryOut(_ outcome: PlanningOutcome, of alert: Alert, key: String, at now: Milliseconds) async throws {
        switch outcome {
        case .plan(let plan):
            if let pause = try pause(before: plan, at: now) { return say(key, "\(alert.name): \(pause)") }
            if plan.purpose == .ban { return try await submitBan(plan, alert, key: key, at: now) }
            try await submit(plan, because: key)
            if plan.purpose == .scaleOut, let role = plan.role { lastScaled[role] = now }
        case .refusal(let refusal):
            metrics.add("magewatch_planner_refusals_total", ["code": refusal.code.rawValue])
            say(key, "\(alert.name): nothing done: \(refusal.reason)")
        }
    }

    /// Gives back overflow servers whose paid time ends and that are not needed.
    package func release(at now: Milliseconds) async throws {
        try await executor.expireProposals()
        try await endHeldOrders(at: now)
        let input = try await input(at: now)
        let plans = Planner.releases(input)
        for plan in plans { try await submit(plan, because: plan.purpose.rawValue) }
        for lease in input.stack.leases where plans.isEmpty {
            guard let refusal = Planner.release(lease.server, input).refusal, !refusal.reason.contains("is paid for") else {
                continue
            }
            say("release \(lease.server)", "\(lease.server) is kept: \(refusal.reason)")
        }
    }

    /// Why a plan has to wait; nil where it need not. After plans of a kind and subject that failed in a row the pause doubles from ten
    /// seconds: what can't work must not be tried every second, nor billed each time. A stray that was stopped is believed to be gone
    /// until the next scrapes had time to say so.
    private func pause(before plan: Plan, at now: Milliseconds) throws -> String? {
        let longest = plan.purpose == .scaleOut ? 600 : 30
        // The subject is the identifier without its time.
        let subject = plan.id.prefix(upTo: plan.id.lastIndex(of: "-") ?? plan.id.endIndex) + "-"
        let ended = try state.plans(limit: 50).filter { $0.id.hasPrefix(subject) && $0.finishedAt != nil }
        if plan.purpose == .rebalance, let last = ended.first?.finishedAt, now - last < Scaler.maximumAge {
            return "done \((now - last) / 1000) s ago; looked at again after \(Scaler.maximumAge / 1000) s"
        }
        let failures = ended.prefix { $0.state == .failed || $0.state == .undone }
        guard let last = failures.first?.finishedAt else { return nil }
        let seconds = min(longest, 10 << min(failures.count - 1, 6))
        guard now - last < Milliseconds(seconds) * 1000 else { return nil }
        return "the last \(plan.purpose.rawValue) failed; tried again after a pause of \(seconds) s"
    }

    /// A ban is replayed against the past before it is made: what would have hit customers waits for a person.
    private func submitBan(_ plan: Plan, _ alert: Alert, key: String, at now: Milliseconds) async throws {
        guard mode != .observe, let address = alert.labels["address"] else { return try await submit(plan, because: key) }
        let review = try await reviewBan(address, now)
        var plan = plan
        plan.decision.evidence += review.evidence
        metrics.add("magewatch_ban_reviews_total", ["result": review.needsApproval ? "left to an operator" : "applied"])
        try await submit(plan, because: key, needsApproval: review.needsApproval)
    }

    private func submit(_ plan: Plan, because key: String, needsApproval: Bool = false) async throws {
        guard mode != .observe else {
            say(key, "would do: \(plan.decision.summary)")
            return
        }
        do {
            try await executor.submit(plan, needsApproval: needsApproval || mode == .ask)
            logger.notice("plan \(plan.id): \(plan.decision.summary)")
        } catch let error as ExecutionError {
            say(key, "\(error)")
        }
    }

    func say(_ key: String, _ text: String) {
        guard lastSaid[key] != text else { return }
        lastSaid[key] = text
        logger.info("\(text)")
    }

    func input(at now: Milliseconds) async throws -> PlanningInput {
        let bans = try state.bans().map { ($0.address, PlanningInput.PastBan(until: $0.until, repetition: $0.repetition)) }
        var utilisation: [Role: Double] = [:]
        for (labels, value) in try latest(ForecastService.signalMetric, at: now) {
            if let role = labels["role"].flatMap(Role.init(rawValue:)) { utilisation[role] = value }
        }
        var servers: [String: Double] = [:]
        for (labels, value) in try latest("magewatch:server_utilisation:ratio", at: now) {
            if let server = labels["server"] { servers[server] = value }
        }
        var held: [String: Milliseconds] = [:]
        for order in try heldOrders() where order.until > now {
            for name in order.containers { held[name] = max(held[name] ?? 0, order.until) }
        }
        return PlanningInput(
            now: now, stack: try state.stack(named: stackName), policy: policy, forecasts: forecasts(), utilisation: utilisation,
            sizing: sizing(), serverUtilisation: servers, underWay: try await executor.underWay(), lastScaled: lastScaled,
            bans: Dictionary(bans, uniquingKeysWith: { $1 }), running: try runningContainers(at: now), held: held)
    }

    /// Where each container was seen to run at the last scrapes.
    private func runningContainers(at now: Milliseconds) throws -> [String: Set<String>] {
        var running: [String: Set<String>] = [:]
        for (labels, value) in try latest("magewatch_container_up", at: now) where value > 0 {
            if let name = labels["container"], let server = labels["server"] { running[name, default: []].insert(server) }
        }
        return running
    }

    private func latest(_ metric: String, at now: Milliseconds) throws -> [(Labels, Double)] {
        let range = now - Scaler.maximumAge...now
        return try series.select([.equal(Labels.metricNameLabel, metric)], in: range).compactMap { reader in
            var columns = SampleColumns()
            try reader.read(range, into: &columns)
            guard let value = columns.values.last, value.isFinite else { return nil }
            return (reader.labels, value)
        }
    }
}
