import AgentContract
package import Execution
package import Logging
package import Planning
package import StateStore
package import Telemetry
package import Topology

/// Turns alerts that carry an action into plans and hands them to the executor; gives back what is no longer needed.
///
/// It decides nothing itself: ``Planner`` does, from the inventory, the policy and what was measured. In mode `observe` a plan is told
/// and not made; in mode `ask` it waits for an operator. Guard rails, freezes and schedules are kept in the state store, so that a
/// restart forgets none of them.
package actor Scaler {
    /// A measured utilisation older than this is not believed.
    package static let maximumAge: Milliseconds = 60_000
    /// After a person has rejected a plan, nothing of the kind is proposed for so long.
    package static let rejectionPause: Milliseconds = 900_000

    let policy: PlanningPolicy
    let stackName: String
    let state: StateStore
    let executor: Executor
    let series: any SeriesSource
    let forecasts: @Sendable () -> [Forecast]
    let reviewBan: @Sendable (BanQuestion) async throws -> BanReview
    /// When a ban was narrowed: what made it is held against the address for a moment more.
    var narrowed: [String: Milliseconds] = [:]
    let crawlers: @Sendable () -> [String]
    let sizing: @Sendable () -> [Role: RoleSizing]
    let answers: @Sendable (_ server: String) async -> Bool
    let serves: @Sendable (Container) async -> Bool
    let metrics: SelfMetrics
    let logger: Logger
    let configuredSchedules: [ScalingSchedule]
    let scheduleAttachSeconds: Double
    let offset: @Sendable (Milliseconds) -> Milliseconds
    var lastScaled: [Role: Milliseconds] = [:]
    /// Roles that it can't trust itself with just now.
    var stoodDown: [Role: [StandDown]] = [:]
    /// The guard rail that last held what belongs to a key, so that the audit log has a line for each change and not for each turn.
    private var lastHeld: [String: String] = [:]
    /// What was last said about an alert, so that the same is not said at every turn.
    private var lastSaid: [String: String] = [:]

    /// - Parameters:
    ///   - reviewBan: what a ban would have hit in the past, asked before one is made.
    ///   - crawlers: search engines' addresses, which are never banned.
    ///   - answers: whether a server's agent answers right now, asked before anything is moved away from it.
    ///   - serves: whether a container can be connected to right now, as its clients do.
    ///   - schedules: those of the configuration, and `offset`, by which local time is ahead of UTC at a moment.
    ///   - attachSeconds: from the wish for a server until it serves.
    package init(
        policy: PlanningPolicy, stackName: String, state: StateStore, executor: Executor, series: any SeriesSource,
        forecasts: @escaping @Sendable () -> [Forecast],
        sizing: @escaping @Sendable () -> [Role: RoleSizing] = { [:] },
        reviewBan: @escaping @Sendable (BanQuestion) async throws -> BanReview = { _ in .unreviewed },
        crawlers: @escaping @Sendable () -> [String] = { [] },
        answers: @escaping @Sendable (_ server: String) async -> Bool = { _ in false },
        serves: @escaping @Sendable (Container) async -> Bool = { _ in false }, schedules: [ScalingSchedule] = [],
        attachSeconds: Double = 0, offset: @escaping @Sendable (Milliseconds) -> Milliseconds = { _ in 0 },
        metrics: SelfMetrics, logger: Logger
    ) {
        self.policy = policy
        configuredSchedules = schedules
        scheduleAttachSeconds = attachSeconds
        self.offset = offset
        self.stackName = stackName
        self.state = state
        self.executor = executor
        self.series = series
        self.forecasts = forecasts
        self.reviewBan = reviewBan
        self.crawlers = crawlers
        self.sizing = sizing
        self.answers = answers
        self.serves = serves
        self.metrics = metrics
        self.logger = logger
    }

    /// Acts on the firing alerts of a moment, the urgent first: what is down before what is slow.
    package func act(on alerts: [Alert], at now: Milliseconds) async throws {
        let orders = alerts.filter { $0.state == .firing && $0.action != nil }
        let urgency = ["failover": 0, "rebalance": 1, "ban": 2, "unban": 3, "scale": 4]
        for alert in orders.sorted(by: { urgency[$0.action ?? "", default: 9] < urgency[$1.action ?? "", default: 9] }) {
            let input = try await input(at: now)
            let outcomes = Planner.plans(for: alert, input)
            // The alert may be older than the server's return, or the monitor itself may have been cut off.
            if alert.action == "failover", outcomes.contains(where: { $0.plan != nil }), let server = Scaler.lostServer(alert),
                let sign = await signOfLife(of: server, alert, input)
            {
                say(alert.fingerprint, "\(sign) It is not failed over")
                continue
            }
            for (index, outcome) in outcomes.enumerated() {
                try await carryOut(outcome, of: alert, key: "\(alert.fingerprint) \(index)", input)
            }
        }
        // What is over may be said again when it comes back.
        let current = Set(orders.map(\.fingerprint))
        func isCurrent(_ key: String) -> Bool {
            ["release", "held", "schedule"].contains { key.hasPrefix($0) } || current.contains { key.hasPrefix($0) }
        }
        lastSaid = lastSaid.filter { isCurrent($0.key) }
        lastHeld = lastHeld.filter { isCurrent($0.key) }
    }

    /// The server that an alert says is lost; nil where it is about a container on one that may well be there.
    private static func lostServer(_ alert: Alert) -> String? {
        alert.labels["container"] == nil || alert.labels["lost"] == "server" ? alert.labels["server"] : nil
    }

    private func carryOut(_ outcome: PlanningOutcome, of alert: Alert, key: String, _ input: PlanningInput) async throws {
        switch outcome {
        case .plan(let plan):
            if let pause = try pause(before: plan, at: input.now) { return say(key, "\(alert.name): \(pause)") }
            if plan.purpose == .ban { return try await submitBan(plan, alert, key: key, input) }
            try await submit(plan, because: key, input)
            if plan.purpose == .scaleOut, let role = plan.role { lastScaled[role] = input.now }
        case .refusal(let refusal): refused(refusal, alert.name, key, at: input.now)
        }
    }

    /// Tells why nothing is done; what a guard rail held is written down, too.
    func refused(_ refusal: Refusal, _ subject: String, _ key: String, at now: Milliseconds) {
        metrics.add(
            "magewatch_planner_refusals_total", ["code": refusal.code.rawValue, "guard_rail": refusal.guardRail ?? ""])
        say(key, "\(subject): nothing done: \(refusal.reason)")
        guard lastHeld[key] != refusal.guardRail else { return }
        lastHeld[key] = refusal.guardRail
        guard refusal.guardRail != nil else { return }
        do {
            try state.audit(at: now, by: "scaler", "held", subject, refusal.reason)
        } catch {
            logger.error("what a guard rail held can't be written down: \(error)")
        }
    }

    /// Gives back overflow servers whose paid time ends and that are not needed.
    package func release(at now: Milliseconds) async throws {
        try await executor.expireProposals()
        try judgeStandDowns(at: now)
        try observeSpending(at: now)
        try await followSchedules(at: now)
        try await endHeldOrders(at: now)
        try await liftAllowed(at: now)
        let input = try await input(at: now)
        let plans = Planner.releases(input)
        for plan in plans {
            if let pause = try pause(before: plan, at: now) {
                say(Scaler.subject(of: plan), "\(plan.decision.summary): \(pause)")
            } else {
                try await submit(plan, because: plan.purpose.rawValue, input)
            }
        }
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
    func pause(before plan: Plan, at now: Milliseconds) throws -> String? {
        let longest = plan.purpose == .scaleOut ? 600 : 30
        let subject = Scaler.subject(of: plan)
        let ended = try state.plans(limit: 50).filter { $0.id.hasPrefix(subject) && $0.finishedAt != nil }
        if plan.purpose == .rebalance, let last = ended.first?.finishedAt, now - last < Scaler.maximumAge {
            return "done \((now - last) / 1000) s ago; looked at again after \(Scaler.maximumAge / 1000) s"
        }
        if let last = ended.first, last.state == .cancelled, last.message.hasPrefix("rejected"), let end = last.finishedAt,
            now - end < Scaler.rejectionPause
        {
            return "\(last.message); proposed again after \(Scaler.rejectionPause / 1000) s"
        }
        let failures = ended.prefix { $0.state == .failed || $0.state == .undone }
        guard let last = failures.first?.finishedAt else { return nil }
        let seconds = min(longest, 10 << min(failures.count - 1, 6))
        guard now - last < Milliseconds(seconds) * 1000 else { return nil }
        return "the last \(plan.purpose.rawValue) failed; tried again after a pause of \(seconds) s"
    }

    /// Kind and subject of a plan: its identifier without its time.
    private static func subject(of plan: Plan) -> String {
        plan.id.prefix(upTo: plan.id.lastIndex(of: "-") ?? plan.id.endIndex) + "-"
    }

    /// Hands a plan of the scaler's own on, as far as the modes of its roles let it.
    /// - Returns: whether it was taken.
    @discardableResult
    func submit(
        _ plan: Plan, because key: String, _ input: PlanningInput, needsApproval: Bool = false, order: OperatorOrder? = nil
    ) async throws -> Bool {
        var plan = plan
        let permission = policy.guardRails.permission(
            for: plan, roles: Planner.roles(of: plan, input), orderedBy: nil, periodSeconds: policy.billedPeriodSeconds)
        switch permission {
        case .observe:
            say(key, "would do: \(plan.decision.summary)")
            return false
        case .approval(let approval): plan.approval = approval
        case .act: if needsApproval { plan.approval = PlanApproval(needed: 1) }
        }
        do {
            try await executor.submit(plan, by: order?.orderedBy ?? "scaler", order: order)
            logger.notice("plan \(plan.id): \(plan.decision.summary)\(plan.approval == nil ? "" : ", waits for approval")")
            return true
        } catch let error as ExecutionError {
            say(key, "\(error)")
            return false
        }
    }

    func say(_ key: String, _ text: String) {
        guard lastSaid[key] != text else { return }
        lastSaid[key] = text
        logger.info("\(text)")
    }
}
