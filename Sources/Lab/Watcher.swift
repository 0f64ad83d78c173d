import Synchronization
import Topology

/// Looks at the stack all the time and tells ``Observations``.
struct Watcher: Sendable {
    let stack: LabStack
    let monitor: MonitorView
    let observations: Observations

    /// Runs until it is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await watchLoadBalancer() }
            tasks.addTask { await watchUtilisation() }
            tasks.addTask { await observations.follow(monitor) }
        }
    }

    private func watchLoadBalancer() async {
        while !Task.isCancelled {
            // A question that HAProxy misses is asked again soon.
            if let statistics = try? LoadBalancerStatistics.read(
                socket: stack.loadBalancerSocket, pool: LoadBalancerConfiguration.pool)
            {
                observations.saw(statistics, at: Timeline.now)
            }
            try? await Task.sleep(for: .milliseconds(40))
        }
    }

    private func watchUtilisation() async {
        var meter = UtilisationMeter(stack: stack)
        while !Task.isCancelled {
            let now = Timeline.now
            if let value = meter.read(at: now) { observations.saw(utilisation: value, at: now) }
            try? await Task.sleep(for: .milliseconds(250))
        }
    }
}
