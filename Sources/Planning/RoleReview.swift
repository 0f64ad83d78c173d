package import AgentContract
import Telemetry
package import Topology

/// Reviews a role's scaling over a stretch of time: what was really done beside what other policies would have done with the same demand.
package struct RoleReview: Sendable {
    /// Terms of the comparison.
    package struct Terms: Sendable {
        package var rules: FleetRules
        package var options: ShadowScaler.Options
        /// Containers that one overflow server takes.
        package var containersPerServer: Int
        /// What a server costs a billed period.
        package var moneyPerPeriod: Double
        package var currency: String

        package init(
            rules: FleetRules, options: ShadowScaler.Options, containersPerServer: Int, moneyPerPeriod: Double, currency: String
        ) {
            self.rules = rules
            self.options = options
            self.containersPerServer = max(1, containersPerServer)
            self.moneyPerPeriod = moneyPerPeriod
            self.currency = currency
        }
    }

    private let terms: Terms

    package init(_ terms: Terms) { self.terms = terms }

    /// - Parameters:
    ///   - learned: demand before the history, which the replayed policy learns from.
    ///   - billedPeriods: of servers leased for the role, by the ledger.
    ///   - plans: those of the time; others than the role's scaling are left out.
    package func report(
        on role: Role, _ history: RoleHistory, learned: [Double], billedPeriods: Int, plans: [PlanReport]
    ) -> ScalerReport.RoleReport {
        let review = DecisionReview(
            history, billedPeriodSeconds: terms.rules.billedPeriodSeconds, moneyPerPeriod: terms.moneyPerPeriod,
            currency: terms.currency)
        let before = RoleHistory(
            start: 0, tickSeconds: history.tickSeconds, demand: learned, containers: learned)
        let simulation = ScalingSimulation(
            demand: before.bridged + history.bridged, rules: terms.rules, start: before.demand.count)
        let minutes = Double(history.demand.count) / Double(terms.rules.ticksPerMinute)
        return ScalerReport.RoleReport(
            role: role, days: Double(history.measuredTicks) * history.tickSeconds / 86_400,
            ownedContainers: terms.rules.ownedServers, containersPerServer: terms.containersPerServer,
            policies: [actual(history, billedPeriods)]
                + simulation.comparison(options: terms.options).map { replayed($0, minutes: minutes) },
            decisions: plans.filter { $0.plan.role == role }.compactMap(review.outcome).sorted { $0.time < $1.time })
    }

    private func actual(_ history: RoleHistory, _ billedPeriods: Int) -> ScalerReport.Policy {
        let minutes = history.saturatedMinutes(history.demand.indices)
        let measured = Double(history.measuredTicks) * history.tickSeconds / 60
        return ScalerReport.Policy(
            name: "actual", saturatedMinutes: Double(minutes), saturatedShare: measured > 0 ? Double(minutes) / measured : 0,
            unservedShare: history.unservedShare, periods: Double(billedPeriods),
            money: Double(billedPeriods) * terms.moneyPerPeriod)
    }

    /// A replay leases container by container; several share a server, and its price.
    private func replayed(_ result: ScalingSimulation.Result, minutes: Double) -> ScalerReport.Policy {
        let periods = Double(result.overflowPeriods) / Double(terms.containersPerServer)
        return ScalerReport.Policy(
            name: result.name, saturatedMinutes: (result.saturatedShare * minutes).rounded(),
            saturatedShare: result.saturatedShare, unservedShare: result.unservedShare, periods: periods,
            money: periods * terms.moneyPerPeriod)
    }
}
