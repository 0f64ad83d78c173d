import Topology

extension Observations {
    /// Reads what the monitor says until it is cancelled. It may be dead at times, on purpose; it is read again when it is back.
    func follow(_ monitor: MonitorView) async {
        while !Task.isCancelled {
            if let alerts = try? await monitor.alerts() {
                saw(firing: alerts.filter { $0.state == "firing" }.map(\.labels), at: Timeline.now)
            }
            if let plans = try? await monitor.plans() { saw(plans: plans, at: Timeline.now) }
            if let stack = try? await monitor.stack() { saw(leases: stack.leases, at: Timeline.now) }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}
