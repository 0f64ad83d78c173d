import AgentContract
package import Telemetry
import Topology

/// From an alert to a plan: pure functions of the inventory, the policy, the forecasts and the time.
package enum Planner {
    /// The plans that an alert with an `action` label orders, or why there are none. A failover is a plan for each lost container; every
    /// other order is one plan. Guard rails have been asked.
    package static func plans(for alert: Alert, _ input: PlanningInput) -> [PlanningOutcome] {
        unguarded(alert, input).map { guarded($0, input) }
    }

    private static func unguarded(_ alert: Alert, _ input: PlanningInput) -> [PlanningOutcome] {
        switch alert.action {
        case "scale": [scaleOut(for: alert, input)]
        case "failover": failovers(for: alert, input)
        case "rebalance": [stray(for: alert, input)]
        case "ban": [ban(for: alert, input)]
        case "unban": [unban(address: alert.labels["address"] ?? "", because: "alert \(alert.name)", input)]
        case let other:
            [
                .refuse(
                    .unclear,
                    "alert \(alert.name) orders \"\(other ?? "")\"; the planner knows scale, failover, rebalance, ban and unban")
            ]
        }
    }

    static func identifier(_ purpose: Plan.Purpose, _ subject: String, _ now: Milliseconds) -> String {
        let safe = String(subject.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" })
        return "\(purpose.rawValue)-\(safe)-\(now)"
    }

    static func evidence(of alert: Alert) -> Decision.Evidence {
        var text = "\(alert.labels.removing(["alertname"])) value \(decimal(alert.value))"
        if let summary = alert.annotations["summary"] { text += ": \(summary)" }
        return Decision.Evidence("alert \(alert.name)", text)
    }

    static func evidence(of role: Role, _ input: PlanningInput) -> [Decision.Evidence] {
        var evidence: [Decision.Evidence] = []
        if let utilisation = input.utilisation[role] {
            evidence.append(Decision.Evidence("utilisation", "\(role.rawValue) at \(percent(utilisation)) now"))
        }
        if let sizing = input.sizing[role] {
            var text = "\(sizing.launchContainers) containers wanted"
            if let demand = sizing.demandContainers { text += " for a demand of \(decimal(demand)) containers' worth" }
            text += ": \(sizing.sizing)"
            text +=
                sizing.isLearning
                ? "; still learning" : "; one saturated minute less is worth \(decimal(sizing.pricePeriods)) billed periods"
            evidence.append(Decision.Evidence("sizing", text))
        }
        if let forecast = input.forecast(of: role), let peak = input.forecastPeak(of: role) {
            var text = "0.9 quantile reaches \(percent(peak)) within \(Int(input.policy.horizonSeconds)) s"
            text += ", model \(forecast.model), recent error \(decimal(forecast.recentError))"
            if let seconds = forecast.secondsToSaturation, seconds.isFinite { text += ", saturated in \(decimal(seconds)) s" }
            evidence.append(Decision.Evidence("forecast", text))
        }
        return evidence
    }

    /// `87 %`.
    static func percent(_ share: Double) -> String { share.isFinite ? "\(decimal(share * 100)) %" : "unknown" }

    /// An amount of money, two decimal places.
    static func cents(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e13 else { return "\(value)" }
        let cents = Int((abs(value) * 100).rounded())
        let rest = cents % 100
        return "\(value < 0 && cents > 0 ? "-" : "")\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// At most one decimal place.
    static func decimal(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        if abs(value) < 1, value != 0 { return "\((value * 1000).rounded() / 1000)" }
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
