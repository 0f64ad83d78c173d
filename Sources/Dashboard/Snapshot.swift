package import AgentContract
package import Telemetry
package import Topology

/// Everything a page shows, at one moment.
package struct Snapshot: Sendable {
    package var time: Milliseconds
    package var stack: Stack
    /// Share of its limit that each container uses, by name.
    package var utilisation: [String: Double]
    package var forecasts: [Forecast]
    package var alerts: [AlertLine]
    package var plans: [PlanReport]
    /// Answers by query.
    package var series: [String: [SeriesLine]]
    package var logs: [String: [LogLine]]
    /// What the logs tell of attacks; nil where the page does not ask.
    package var attacks: AttackSummary?
    /// The worst first.
    package var offenders: [OffenderReport]
    /// Those that end last first.
    package var bans: [BanReport]
    /// The newest last.
    package var unparsed: [String]
    /// What could not be read; shown at the foot.
    package var problem: String?

    /// An alert as the dashboard needs it.
    package struct AlertLine: Sendable, Equatable {
        package var name: String
        package var state: String
        package var summary: String
        package var since: Milliseconds

        package init(name: String, state: String, summary: String, since: Milliseconds) {
            self.name = name
            self.state = state
            self.summary = summary
            self.since = since
        }
    }

    /// A series: its labels and its course, oldest first.
    package struct SeriesLine: Sendable, Equatable {
        package var labels: [String: String]
        package var values: [Double]

        package init(labels: [String: String], values: [Double]) {
            self.labels = labels
            self.values = values
        }
    }

    /// A log line.
    package struct LogLine: Sendable, Equatable {
        package var time: Milliseconds
        package var labels: [String: String]
        package var text: String

        package init(time: Milliseconds, labels: [String: String], text: String) {
            self.time = time
            self.labels = labels
            self.text = text
        }
    }

    package init(time: Milliseconds, stack: Stack) {
        self.time = time
        self.stack = stack
        utilisation = [:]
        forecasts = []
        alerts = []
        plans = []
        series = [:]
        logs = [:]
        offenders = []
        bans = []
        unparsed = []
    }

    /// Bans that wait for a person's word.
    package var proposals: [PlanReport] {
        plans.filter { $0.state == "proposed" && $0.plan.purpose == .ban }
    }
}
