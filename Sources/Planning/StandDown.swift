package import Telemetry
package import Topology

/// When the scaler leaves a role to people because it can't trust itself.
package struct StandDownRules: Sendable, Equatable {
    /// Share of truths inside the 95 % band of late below which a role counts as not foreseen.
    package var coverage = 0.7
    /// Forecasts that must have met their truth before their coverage says anything.
    package var forecasts = 240
    /// Failures in a row of plans that scale a role.
    package var failures = 3
    /// After so long one more plan is tried.
    package var retrySeconds = 3600.0

    /// Once broken, coverage has to be better by so much before it counts as sound again.
    package static let coverageMargin = 0.1
    /// Leads beyond this are not what a server is leased by.
    package static let maximumLeadSeconds = 900.0

    package init() {}
}

/// That the scaler has stood down from a role, and why.
package struct StandDown: Sendable, Equatable, Codable {
    package enum Cause: String, Sendable, Codable, CaseIterable {
        /// What was foreseen did not come: forecasts are left out of decisions, and nothing is given back.
        case coverage
        /// Plans fail: nothing is tried for a while.
        case plans
    }

    package var cause: Cause
    /// With figures.
    package var reason: String

    package init(cause: Cause, reason: String) {
        self.cause = cause
        self.reason = reason
    }

    /// How a plan that scales a role ended.
    package struct Outcome: Sendable, Equatable {
        package var hasFailed: Bool
        package var endedAt: Milliseconds

        package init(hasFailed: Bool, endedAt: Milliseconds) {
            self.hasFailed = hasFailed
            self.endedAt = endedAt
        }
    }

    /// Why the scaler stands down from a role now; empty where it need not.
    /// - Parameters:
    ///   - outcomes: of the plans that scaled it, the latest first, those before an operator's word left out.
    ///   - previous: what held until now.
    package static func judge(
        _ role: Role, forecasts: [Forecast], outcomes: [Outcome], previous: [StandDown], rules: StandDownRules,
        at now: Milliseconds
    ) -> [StandDown] {
        [
            coverage(role, forecasts, wasBroken: previous.contains { $0.cause == .coverage }, rules),
            failures(role, outcomes, rules, now),
        ].compactMap { $0 }
    }

    private static func coverage(
        _ role: Role, _ forecasts: [Forecast], wasBroken: Bool, _ rules: StandDownRules
    ) -> StandDown? {
        // What speaks in the first hours does not adapt its bands yet, and nobody counts on it.
        let grown = forecasts.filter { forecast in
            forecast.role == role.rawValue && forecast.signal == "utilisation"
                && !forecast.weights.contains { $0.layer == "young" }
        }
        let known = grown.flatMap(\.records).filter {
            $0.leadSeconds <= StandDownRules.maximumLeadSeconds && $0.count >= rules.forecasts
        }
        guard
            let worst = known.min(by: { ($0.recentCoverage ?? $0.coverage) < ($1.recentCoverage ?? $1.coverage) })
        else { return nil }
        let share = worst.recentCoverage ?? worst.coverage
        let limit = rules.coverage + (wasBroken ? StandDownRules.coverageMargin : 0)
        guard share < limit else { return nil }
        return StandDown(
            cause: .coverage,
            reason:
                "guard rail scaler.stand-down.coverage: the 95 % band of \(role.rawValue) \(Planner.decimal(worst.leadSeconds)) s "
                + "ahead held \(Planner.percent(share)) of late, less than \(Planner.percent(limit))")
    }

    private static func failures(
        _ role: Role, _ outcomes: [Outcome], _ rules: StandDownRules, _ now: Milliseconds
    ) -> StandDown? {
        let failed = outcomes.prefix { $0.hasFailed }
        guard failed.count >= max(1, rules.failures), let last = failed.first else { return nil }
        let left = rules.retrySeconds - Double(now - last.endedAt) / 1000
        guard left > 0 else { return nil }
        return StandDown(
            cause: .plans,
            reason: "guard rail scaler.stand-down.failures: the last \(failed.count) plans for \(role.rawValue) failed, "
                + "\(rules.failures) in a row are the limit; tried again in \(Planner.decimal(left)) s, or after magewatch scaler thaw"
        )
    }
}
