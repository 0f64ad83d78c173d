package import AgentContract
import Execution
import Foundation
import Logging
import MonitorAPI
import Planning
import StateStore
package import Telemetry
package import Topology

extension Scaler {
    private static let freezesSetting = "scaler.freezes"
    private static let thawedSetting = "scaler.thawed"
    /// Most freezes in force at once.
    package static let maximumFreezes = 100
    /// Plans that are looked at for failures in a row.
    private static let judgedPlans = 100

    // MARK: - Freezes

    /// What operators have frozen; those that are over are left out when it is written next.
    package func freezes() throws -> [ScalerFreeze] {
        try kept([ScalerFreeze].self, Scaler.freezesSetting) ?? []
    }

    /// Leaves roles as they are for a time.
    package func freeze(_ freeze: ScalerFreeze) throws {
        let seconds = Double(freeze.until - freeze.from) / 1000
        guard seconds >= 1, seconds <= ScalerFreeze.maximumSeconds else {
            throw APIError(.badData, "a freeze lasts from 1s to 90d; set mode observe in the configuration for more")
        }
        guard !freeze.why.isEmpty else { throw APIError(.badData, "say why: others will want to know") }
        let current = try freezes().filter { $0.until > freeze.from }
        guard current.count < Scaler.maximumFreezes else {
            throw APIError(.execution, "\(current.count) freezes are in force; thaw some first")
        }
        try keep(
            current + [freeze], Scaler.freezesSetting, at: freeze.from, by: freeze.by, "freeze",
            freeze.role?.rawValue ?? "all roles", "until \(freeze.until): \(freeze.why)")
        metrics.add("magewatch_scaler_freezes_total")
        logger.notice("frozen: \(freeze.summary)")
    }

    /// Ends freezes and stand-downs of a role, or all of them.
    /// - Returns: how many freezes were ended.
    package func thaw(_ role: Role?, by actor: String, at now: Milliseconds) throws -> Int {
        let current = try freezes().filter { $0.until > now }
        let rest = current.filter { role != nil && $0.role != role }
        try keep(
            rest, Scaler.freezesSetting, at: now, by: actor, "thaw", role?.rawValue ?? "all roles",
            "\(current.count - rest.count) freezes ended")
        var thawed = try kept([String: Milliseconds].self, Scaler.thawedSetting) ?? [:]
        for one in role.map({ [$0] }) ?? Array(policy.roles.keys) { thawed[one.rawValue] = now }
        try keep(
            thawed, Scaler.thawedSetting, at: now, by: actor, "thaw", role?.rawValue ?? "all roles", "earlier failures forgiven")
        logger.notice("thawed by \(actor): \(role?.rawValue ?? "all roles")")
        return current.count - rest.count
    }

    // MARK: - Stand-down

    /// Judges anew which roles the scaler can't trust itself with, and tells so in series that alerts go by.
    func judgeStandDowns(at now: Milliseconds) throws {
        let thawed = try kept([String: Milliseconds].self, Scaler.thawedSetting) ?? [:]
        let outcomes = try outcomes()
        let forecasts = forecasts()
        for role in policy.roles.keys {
            let since = thawed[role.rawValue] ?? .min
            let judged = StandDown.judge(
                role, forecasts: forecasts, outcomes: (outcomes[role] ?? []).filter { $0.endedAt > since },
                previous: stoodDown[role] ?? [], rules: policy.guardRails.standDown, at: now)
            try tell(judged, of: role, before: stoodDown[role] ?? [], at: now)
            stoodDown[role] = judged
        }
    }

    private func tell(_ judged: [StandDown], of role: Role, before: [StandDown], at now: Milliseconds) throws {
        for cause in StandDown.Cause.allCases {
            let down = judged.first { $0.cause == cause }
            metrics.set(
                "magewatch_scaler_stood_down", ["role": role.rawValue, "cause": cause.rawValue], to: down == nil ? 0 : 1)
            let was = before.contains { $0.cause == cause }
            guard was != (down != nil) else { continue }
            let text = down?.reason ?? "\(cause.rawValue) sound again"
            try state.audit(at: now, by: "scaler", down == nil ? "stand-up" : "stand-down", role.rawValue, text)
            logger.warning("\(down == nil ? "scales" : "stands down from") \(role.rawValue): \(text)")
        }
    }

    /// How plans that scaled a role by the scaler's own will ended, the latest first.
    private func outcomes() throws -> [Role: [StandDown.Outcome]] {
        var outcomes: [Role: [StandDown.Outcome]] = [:]
        let purposes = [Plan.Purpose.scaleOut, .scaleIn, .release].map(\.rawValue)
        for record in try state.plans(limit: Scaler.judgedPlans) where purposes.contains(record.purpose) {
            guard let end = record.finishedAt, record.state != .cancelled,
                let plan = try? JSONDecoder().decode(
                    Plan.self, from: Data(record.document.utf8)), let role = plan.role
            else { continue }
            outcomes[role, default: []].append(.init(hasFailed: record.state != .done, endedAt: end))
        }
        return outcomes
    }

    // MARK: - Spending

    /// What has been spent and begun, against the limits, as gauges.
    func observeSpending(at now: Milliseconds) throws {
        let rails = policy.guardRails
        let spending = Spending(
            try ledger(since: SpendingWindow.month.start(at: now) - CivilTime.day), rails, at: now)
        for window in SpendingWindow.allCases {
            let label: Labels = ["window": window.rawValue]
            metrics.set("magewatch_scaler_cost", label, to: spending.money(in: window))
            metrics.set("magewatch_scaler_leases", label, to: Double(spending.leases(in: window)))
            if let limit = rails.maximumCost[window] { metrics.set("magewatch_scaler_cost_limit", label, to: limit) }
            if let limit = rails.maximumLeases[window] { metrics.set("magewatch_scaler_leases_limit", label, to: limit) }
        }
    }

    // MARK: - Settings as JSON

    func kept<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value? {
        try state.setting(name).map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
    }

    func keep(
        _ value: some Encodable, _ name: String, at now: Milliseconds, by actor: String, _ kind: String, _ subject: String,
        _ detail: String
    ) throws {
        let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        try state.set(name, to: text, at: now, by: actor, kind, subject, detail)
    }
}
