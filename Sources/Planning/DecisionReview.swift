package import AgentContract
import Telemetry
import Topology

/// Compares one decision with what happened in the billed period after it.
///
/// A server that was leased is paid for that long whatever happens, so that is how long a decision has to prove itself. Added containers
/// that the highest demand of the period did not need were for nothing; minutes saturated before they served were too late, and minutes after it
/// too few. What was given back and missed within the period was given back too early.
package struct DecisionReview: Sendable {
    let history: RoleHistory
    let billedPeriodSeconds: Double
    let moneyPerPeriod: Double
    private let currency: String

    /// - Parameter moneyPerPeriod: what a server costs a billed period.
    package init(_ history: RoleHistory, billedPeriodSeconds: Double, moneyPerPeriod: Double, currency: String) {
        self.history = history
        self.billedPeriodSeconds = max(1, billedPeriodSeconds)
        self.moneyPerPeriod = moneyPerPeriod
        self.currency = currency
    }

    /// The outcome of a plan that scaled the role; nil where it is of another kind or lies outside of the history.
    package func outcome(of report: PlanReport) -> ScalerReport.DecisionOutcome? {
        let plan = report.plan
        let first = history.tick(at: plan.createdAt)
        guard plan.createdAt >= history.start, first < history.demand.count else { return nil }
        let change: Int
        switch plan.purpose {
        case .scaleOut: change = plan.steps.count { if case .putContainer = $0.action { true } else { false } }
        case .scaleIn, .release: change = -plan.steps.count { if case .dropContainer = $0.action { true } else { false } }
        default: return nil
        }
        let before = history.containers[first]
        var outcome = ScalerReport.DecisionOutcome(
            plan: plan.id, time: plan.createdAt, purpose: plan.purpose.rawValue, state: report.state, change: change,
            containersBefore: before.isFinite ? Int(min(1e6, max(0, before))) : 0)
        outcome.demandBefore = history.demand[first].isFinite ? history.demand[first] : nil
        guard report.state == "done", let end = report.finishedAt else {
            outcome.verdict = report.state == "done" ? "done" : "not carried out: \(report.state)"
            return outcome
        }
        outcome.seconds = Double(end - plan.createdAt) / 1000
        let done = min(history.demand.count, max(first, history.tick(at: end) + 1))
        // Where periods are short, a minute at least has to show what it was good for.
        let period = max(plan.createdAt + Milliseconds(billedPeriodSeconds * 1000), end + 60_000)
        let horizon = max(done, history.tick(at: period))
        outcome.demandPeak = history.peak(done..<horizon)
        outcome.saturatedBefore = history.saturatedMinutes(first..<done)
        outcome.saturatedAfter = history.saturatedMinutes(done..<horizon)
        if plan.purpose == .scaleOut {
            judgeScaleOut(plan, &outcome)
        } else {
            judgeReturn(plan, &outcome)
        }
        return outcome
    }

    private func judgeScaleOut(_ plan: Plan, _ outcome: inout ScalerReport.DecisionOutcome) {
        outcome.money = Double(plan.decision.billedPeriods) * moneyPerPeriod
        guard let peak = outcome.demandPeak else {
            outcome.verdict = "what came after it was not measured"
            return
        }
        let needed = Int(min(1e6, (peak - 1e-9).rounded(.up)))
        let used = min(outcome.change, max(0, needed - outcome.containersBefore))
        if outcome.change > 0 {
            outcome.regretMoney = outcome.money * Double(outcome.change - used) / Double(outcome.change)
        }
        var words: [String] = []
        switch used {
        case outcome.change: words.append("all needed")
        case 0: words.append("not needed")
        default: words.append("\(used) of \(outcome.change) needed")
        }
        if outcome.regretMoney > 0 { words.append("\(Planner.cents(outcome.regretMoney)) \(currency) for nothing") }
        if outcome.saturatedBefore > 0 { words.append("\(outcome.saturatedBefore) min too late") }
        if outcome.saturatedAfter > 0 { words.append("too few for \(outcome.saturatedAfter) min") }
        outcome.verdict = words.joined(separator: ", ")
    }

    private func judgeReturn(_ plan: Plan, _ outcome: inout ScalerReport.DecisionOutcome) {
        let servers = plan.steps.count { if case .detach = $0.action { true } else { false } }
        outcome.money = -Double(servers) * moneyPerPeriod
        guard let peak = outcome.demandPeak else {
            outcome.verdict = "what came after it was not measured"
            return
        }
        let left = outcome.containersBefore + outcome.change
        let missing = Int(min(1e6, (peak - 1e-9).rounded(.up))) - left
        if missing > 0 {
            // What is leased again within the period saved nothing.
            let share = min(1, Double(missing) / Double(max(1, -outcome.change)))
            outcome.regretMoney = -outcome.money * share
            outcome.verdict = "missed within the period: \(missing) more were needed"
        } else {
            outcome.verdict = "not missed"
        }
        if outcome.saturatedAfter > 0 { outcome.verdict += ", saturated for \(outcome.saturatedAfter) min" }
    }
}
