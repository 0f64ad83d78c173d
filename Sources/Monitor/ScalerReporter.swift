import AgentContract
import Foundation
import MonitorAPI
import NIOPosix
import Planning
import StackConfiguration
import StateStore
import Telemetry
import Topology

/// Makes the report of what became of the scaler's decisions: from the recorded demand, the plans and the ledger.
struct ScalerReporter: Sendable {
    /// Plans that are looked through at most.
    static let maximumPlans = 5_000
    /// What a replay learns from before the time it reports on.
    static let learnedSeconds = 7 * 86_400.0
    /// Ticks that a replay takes at most, those that are only learned from included: about half a minute of work.
    static let maximumTicks = 600_000

    let configuration: MagewatchConfiguration
    let state: StateStore
    let source: any SeriesSource
    let rails: GuardRails

    func report(sinceSeconds: Double, role: Role?, at now: Milliseconds) async throws -> ScalerReport {
        let from = now - Milliseconds(sinceSeconds * 1000)
        let plans = try plans(since: from)
        let ledger = try state.ledger(since: from)
        let sizing = SizingTerms(configuration)
        var roles: [ScalerReport.RoleReport] = []
        for (one, settings) in configuration.roles.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where !settings.addresses.isEmpty && (role == nil || role == one) {
            let history = try history(of: one, sizing.unitCores(settings), from: from, now).trimmed
            guard !history.demand.isEmpty else { continue }
            let learned = try learned(of: one, sizing.unitCores(settings), before: history)
            let review = RoleReview(
                .init(
                    rules: sizing.rules(one, settings), options: sizing.options,
                    containersPerServer: sizing.containersPerServer(settings),
                    moneyPerPeriod: rails.price(periods: 1, of: configuration.scaler.billedPeriodSeconds),
                    currency: rails.currency))
            let billed = periods(ledger, from: from, now) { $0.plan.flatMap(ScalerReporter.role) == one }
            // A replay takes seconds: not on the threads that all tasks share.
            roles.append(
                try await NIOThreadPool.singleton.runIfActive {
                    review.report(on: one, history, learned: learned, billedPeriods: billed, plans: plans)
                })
        }
        let billed = periods(ledger, from: from, now) { _ in true }
        return ScalerReport(
            from: from, until: now, billedPeriodSeconds: configuration.scaler.billedPeriodSeconds,
            pricePerServerHour: rails.pricePerServerHour, currency: rails.currency, billedPeriods: billed,
            money: rails.price(periods: billed, of: configuration.scaler.billedPeriodSeconds), roles: roles)
    }

    /// The plans of the time. What became of their single steps is not asked.
    private func plans(since from: Milliseconds) throws -> [PlanReport] {
        let purposes = [Plan.Purpose.scaleOut, .scaleIn, .release].map(\.rawValue)
        let records = try state.plans(limit: ScalerReporter.maximumPlans).filter {
            $0.createdAt >= from && purposes.contains($0.purpose)
        }
        return records.compactMap { record in
            // A document that does not read is reported when the plan is resumed.
            guard let plan = try? JSONDecoder().decode(Plan.self, from: Data(record.document.utf8)) else { return nil }
            return PlanReport(
                plan: plan, state: record.state.rawValue, startedAt: record.startedAt, finishedAt: record.finishedAt, steps: [])
        }
    }

    /// Demand before a history, as far as it was measured and a replay has room for it.
    private func learned(of role: Role, _ unitCores: Double, before history: RoleHistory) throws -> [Double] {
        guard history.demand.count <= ScalerReporter.maximumTicks else {
            throw APIError(
                .badData,
                "that is \(history.demand.count) ticks, and a report replays \(ScalerReporter.maximumTicks): ask for less")
        }
        let from = history.start - Milliseconds(ScalerReporter.learnedSeconds * 1000)
        let demand = try demand(of: role, unitCores, from: from, history.start)
        return Array(demand.drop { !$0.isFinite }.suffix(ScalerReporter.maximumTicks - history.demand.count))
    }

    private func periods(
        _ ledger: [LeaseRecord], from: Milliseconds, _ now: Milliseconds, _ isMeant: (LeaseRecord) -> Bool
    ) -> Int {
        ledger.filter(isMeant).reduce(0) { sum, record in
            let span = LeaseSpan(
                server: record.server, from: record.startedAt, until: record.endedAt, periodSeconds: record.periodSeconds)
            return sum + span.periods(from: from, at: now)
        }
    }

    /// The role that a scale-out's identifier names.
    private static func role(ofPlan id: String) -> Role? {
        let prefix = Plan.Purpose.scaleOut.rawValue + "-"
        guard id.hasPrefix(prefix), let end = id.lastIndex(of: "-"), end > id.index(id.startIndex, offsetBy: prefix.count) else {
            return nil
        }
        return Role(rawValue: String(id[id.index(id.startIndex, offsetBy: prefix.count)..<end]))
    }

    private func history(of role: Role, _ unitCores: Double, from: Milliseconds, _ now: Milliseconds) throws -> RoleHistory {
        RoleHistory(
            start: from, tickSeconds: configuration.scaler.tickSeconds, demand: try demand(of: role, unitCores, from: from, now),
            containers: try steps("magewatch_scaler_containers", role, from: from, now))
    }

    private func demand(of role: Role, _ unitCores: Double, from: Milliseconds, _ until: Milliseconds) throws -> [Double] {
        try steps(SizingService.demandMetric, role, from: from, until).map { $0 / unitCores }
    }

    private func steps(_ metric: String, _ role: Role, from: Milliseconds, _ until: Milliseconds) throws -> [Double] {
        let matchers: [LabelMatcher] = [.equal(Labels.metricNameLabel, metric), .equal("role", role.rawValue)]
        guard let reader = try source.select(matchers, in: from...until).first else {
            let count = Int(Double(until - from) / 1000 / configuration.scaler.tickSeconds)
            return [Double](repeating: .nan, count: max(0, count))
        }
        return try SignalSteps(
            reader, after: from, now: until, stepSeconds: configuration.scaler.tickSeconds, isFirst: false
        ).values
    }
}
