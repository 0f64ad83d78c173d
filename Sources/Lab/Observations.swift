package import AgentContract
import Synchronization
package import Topology

/// All that was seen of the stack so far, by the laboratory's own eyes and over the monitor's API. Times are milliseconds since
/// 1970.
package final class Observations: Sendable {
    /// A server of the load balancer's pool, from when it appeared until it was gone.
    package struct BackendLife: Sendable, Equatable {
        package var name: String
        package var appearedAt: Double
        package var firstServedAt: Double?
        package var goneAt: Double?
    }

    /// An alert that fired.
    package struct AlertLife: Sendable, Equatable {
        package var name: String
        package var labels: [String: String]
        package var from: Double
        package var until: Double?
    }

    /// An overflow server that was leased.
    package struct LeaseLife: Sendable, Equatable {
        package var server: String
        package var from: Double
        package var until: Double?
    }

    private struct State {
        var backends: [BackendLife] = []
        var alerts: [AlertLife] = []
        var leases: [LeaseLife] = []
        var plans: [String: PlanReport] = [:]
        var utilisation: [(time: Double, value: Double)] = []
        var queued = 0
    }

    private let state = Mutex(State())
    private let timeline: Timeline

    package init(timeline: Timeline) { self.timeline = timeline }

    /// The load balancer's figures of a moment.
    package func saw(_ statistics: LoadBalancerStatistics, at time: Double) {
        let notes = state.withLock { state -> [String] in
            var notes: [String] = []
            state.queued = statistics.queued
            for server in statistics.servers {
                guard let index = state.backends.lastIndex(where: { $0.name == server.name && $0.goneAt == nil }) else {
                    state.backends.append(
                        BackendLife(name: server.name, appearedAt: time, firstServedAt: server.successes > 0 ? time : nil))
                    notes.append("load balancer: \(server.name) is in" + (server.successes > 0 ? " and has served" : ""))
                    continue
                }
                if state.backends[index].firstServedAt == nil, server.successes > 0 {
                    state.backends[index].firstServedAt = time
                    notes.append("load balancer: \(server.name) has served its first request")
                }
            }
            for index in state.backends.indices
            where state.backends[index].goneAt == nil && statistics.server(state.backends[index].name) == nil {
                state.backends[index].goneAt = time
                notes.append("load balancer: \(state.backends[index].name) is out")
            }
            return notes
        }
        for text in notes { timeline.note(text, at: time) }
    }

    /// The measured utilisation of `web`.
    package func saw(utilisation value: Double, at time: Double) {
        state.withLock { state in
            state.utilisation.append((time, value))
            // An hour at ten a second.
            if state.utilisation.count > 36_000 { state.utilisation.removeFirst(6000) }
        }
    }

    /// The alerts that fire, each with its labels.
    package func saw(firing alerts: [[String: String]], at time: Double) {
        let notes = state.withLock { state -> [String] in
            var notes: [String] = []
            for labels in alerts where !state.alerts.contains(where: { $0.labels == labels && $0.until == nil }) {
                let name = labels["alertname"] ?? ""
                state.alerts.append(AlertLife(name: name, labels: labels, from: time))
                let rest = labels.filter { !["alertname", "action", "severity"].contains($0.key) }.sorted { $0.key < $1.key }
                notes.append("alert \(name) fires (\(rest.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")))")
            }
            for index in state.alerts.indices
            where state.alerts[index].until == nil && !alerts.contains(state.alerts[index].labels) {
                state.alerts[index].until = time
                notes.append("alert \(state.alerts[index].name) is over")
            }
            return notes
        }
        for text in notes { timeline.note(text, at: time) }
    }

    package func saw(plans: [PlanReport], at time: Double) {
        var notes: [(String, Double)] = []
        state.withLock { state in
            for report in plans {
                let before = state.plans[report.plan.id]
                state.plans[report.plan.id] = report
                if before == nil { notes.append(("decision: \(report.plan.decision.summary)", Double(report.plan.createdAt))) }
                if before?.state != report.state, ["done", "failed", "undone"].contains(report.state) {
                    let trouble = report.steps.first { $0.outcome == "failed" }.map { ": \($0.summary): \($0.message)" } ?? ""
                    let took = report.finishedAt.map { Timeline.seconds(Double($0 - report.plan.createdAt) / 1000) } ?? ""
                    notes.append(("plan \(report.plan.purpose.rawValue) is \(report.state) after \(took)\(trouble)", time))
                }
            }
        }
        for (text, time) in notes { timeline.note(text, at: time) }
    }

    package func saw(leases: [Lease], at time: Double) {
        let notes = state.withLock { state -> [String] in
            var notes: [String] = []
            for lease in leases where !state.leases.contains(where: { $0.server == lease.server && $0.until == nil }) {
                state.leases.append(LeaseLife(server: lease.server, from: Double(lease.from)))
                notes.append("overflow server \(lease.server) is leased")
            }
            for index in state.leases.indices
            where state.leases[index].until == nil && !leases.contains(where: { $0.server == state.leases[index].server }) {
                state.leases[index].until = time
                let held = Timeline.seconds((time - state.leases[index].from) / 1000)
                notes.append("overflow server \(state.leases[index].server) is given back after \(held)")
            }
            return notes
        }
        for text in notes { timeline.note(text, at: time) }
    }

    package var backends: [BackendLife] { state.withLock { $0.backends } }
    package var leases: [LeaseLife] { state.withLock { $0.leases } }
    package var leasedServers: [String] { leases.filter { $0.until == nil }.map(\.server) }
    package var utilisationNow: Double? { state.withLock { $0.utilisation.last?.value } }

    /// Alerts of a name that began to fire after a time.
    package func alerts(_ name: String, after time: Double) -> [AlertLife] {
        state.withLock { $0.alerts.filter { $0.name == name && $0.from >= time } }
    }

    /// Plans for a purpose that were decided on after a time, the oldest first.
    package func plans(_ purpose: Plan.Purpose, after time: Double) -> [PlanReport] {
        state.withLock { $0.plans.values.filter { $0.plan.purpose == purpose && Double($0.plan.createdAt) >= time } }
            .sorted { $0.plan.createdAt < $1.plan.createdAt }
    }

    /// The first time after `time` at which `web` was as good as out of processor time.
    package func saturated(after time: Double, at level: Double = 0.97) -> Double? {
        state.withLock { $0.utilisation.first { $0.time >= time && $0.value >= level }?.time }
    }

    /// The highest utilisation after a time.
    package func peak(after time: Double) -> Double {
        state.withLock { $0.utilisation.filter { $0.time >= time }.map(\.value).max() ?? 0 }
    }

    /// For each container that plans of a purpose added after `time` and that served: seconds from the decision to its first request.
    package func decisionToServing(after time: Double) -> [(container: String, seconds: Double)] {
        let plans = plans(.scaleOut, after: time)
        let lives = backends
        return plans.flatMap { report in
            report.plan.steps.compactMap { step -> (String, Double)? in
                guard case .putContainer(let container) = step.action,
                    let life = lives.last(where: { $0.name == container.name && $0.appearedAt >= Double(report.plan.createdAt) }),
                    let served = life.firstServedAt
                else { return nil }
                return (container.name, (served - Double(report.plan.createdAt)) / 1000)
            }
        }
    }
}
