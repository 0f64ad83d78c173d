package import AgentContract
import Execution
import Foundation
import Logging
import MonitorAPI
import Planning
import StateStore
package import Telemetry
package import Topology

/// Operators' allowances: who is not banned for a time, beside those that the configuration allows for good.
extension Scaler {
    /// Most allowances in force at once.
    package static let maximumAllowances = 1000
    /// Plans that are looked through for proposals.
    private static let plansLookedAt = 1000

    /// Those in force.
    package func allowances(at now: Milliseconds) throws -> [BanAllowance] { try state.allowances(at: now) }

    /// Allows a network for a time, in the place of an earlier allowance of it: bans that hit it end at once, proposed ones are dropped, and no new
    /// one is made until the time is over.
    /// - Returns: the bans that are lifted.
    package func allow(_ allowance: BanAllowance) async throws -> [String] {
        let seconds = Double(allowance.until - allowance.from) / 1000
        guard seconds >= 1, seconds <= BanAllowance.maximumSeconds else {
            throw APIError(
                .badData, "an allowance lasts from 1s to 365d; what is to last longer stands in the configuration under allow")
        }
        guard !allowance.why.isEmpty else { throw APIError(.badData, "say why: others will want to know") }
        let others = try allowances(at: allowance.from).filter { $0.network != allowance.network }
        guard others.count < Scaler.maximumAllowances else {
            throw APIError(.execution, "\(others.count) allowances are in force; end some first")
        }
        try keep(
            others + [allowance], StateStore.allowancesSetting, at: allowance.from, by: allowance.by, "allow", allowance.network,
            "until \(allowance.until): \(allowance.why)")
        metrics.add("magewatch_ban_allowances_total")
        logger.notice("allowed by \(allowance.by): \(allowance.network), \(allowance.why)")
        for report in try await executor.reports(limit: Scaler.plansLookedAt) where report.state == "proposed" {
            guard report.plan.bans.contains(where: allowance.covers) else { continue }
            try await executor.reject(
                report.plan.id, by: allowance.by, because: "\(allowance.network) is allowed: \(allowance.why)")
        }
        return try await liftAllowed(at: allowance.from)
    }

    /// Ends an allowance before its time; what its network does from then on may be banned.
    package func disallow(_ network: NetworkRange, by actor: String, at now: Milliseconds) throws {
        let current = try allowances(at: now)
        let rest = current.filter { $0.network != "\(network)" }
        guard rest.count < current.count else { throw APIError(.notFound, "no allowance of \(network) is in force") }
        try keep(rest, StateStore.allowancesSetting, at: now, by: actor, "allow", "\(network)", "ended")
        logger.notice("allowed no longer, by \(actor): \(network)")
    }

    /// Plans of one turn that the executor may refuse before the rest is left to the next.
    private static let maximumRefusals = 8

    /// Ends bans that hit a network that is allowed: those of now, and one that was just on its way.
    /// - Returns: what they are of.
    @discardableResult
    func liftAllowed(at now: Milliseconds) async throws -> [String] {
        let allowances = try allowances(at: now)
        guard !allowances.isEmpty else { return [] }
        var lifted: [String] = []
        var refusals = 0
        for ban in try state.bans(inForceAt: now) {
            guard let subject = BanSubject(ban.address), let allowance = allowances.first(where: { $0.covers(subject) }) else {
                continue
            }
            let input = try await input(at: now)
            guard !input.underWay.contains(where: { $0.purpose == .unban && $0.lifts(ban.address) }),
                case .plan(let plan) = Planner.unban(
                    address: ban.address, because: "\(allowance.network) is allowed, by \(allowance.by): \(allowance.why)", input)
            else { continue }
            do { try await executor.submit(plan) } catch let error as ExecutionError {
                // One that is on its way already, or no room for plans: the next turn tries again.
                logger.warning("\(error.message)")
                refusals += 1
                if refusals == Scaler.maximumRefusals { break }
                continue
            }
            lifted.append(ban.address)
        }
        return lifted
    }
}

extension StateStore {
    static let allowancesSetting = "bans.allowed"

    /// Operators' allowances in force.
    func allowances(at now: Milliseconds) throws -> [BanAllowance] {
        guard let text = try setting(StateStore.allowancesSetting) else { return [] }
        return try JSONDecoder().decode([BanAllowance].self, from: Data(text.utf8)).filter { $0.isInForce(at: now) }
    }
}

extension Plan {
    /// What its steps ban.
    fileprivate var bans: [BanSubject] {
        steps.compactMap { step in
            guard case .agent(_, .ban(let address, _, _), _) = step.action else { return nil }
            return BanSubject(address)
        }
    }

    /// Whether a step of it ends the ban of a subject.
    fileprivate func lifts(_ address: String) -> Bool {
        steps.contains { step in
            guard case .agent(_, .unban(address), _) = step.action else { return false }
            return true
        }
    }
}
