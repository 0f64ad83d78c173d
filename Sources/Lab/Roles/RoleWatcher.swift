import Topology

/// Looks at the stack of all roles all the time and tells ``Observations``.
struct RoleWatcher: Sendable {
    let stack: RoleStack
    let monitor: MonitorView
    let observations: Observations

    /// Runs until it is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await watchLoadBalancers() }
            tasks.addTask { await observations.follow(monitor) }
        }
    }

    /// Both are told the same; the first that answers and has all pools is believed.
    private func watchLoadBalancers() async {
        while !Task.isCancelled {
            let readings = RoleMachine.loadBalancers.compactMap { machine in
                try? reading(of: stack.loadBalancerSocket(machine))
            }
            // One that was started anew has no servers until its agent has told it; what was served, only the active one knows.
            if var best = readings.max(by: { $0.servers.count < $1.servers.count }) {
                for index in best.servers.indices {
                    best.servers[index].successes =
                        readings.compactMap { $0.server(best.servers[index].name)?.successes }.max() ?? 0
                }
                observations.saw(best, at: Timeline.now)
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func reading(of socket: String) throws -> LoadBalancerStatistics {
        try RoleWatcher.reading(of: socket)
    }

    /// The servers of the pools of `web` and `search`.
    static func reading(of socket: String) throws -> LoadBalancerStatistics {
        let text = try LoadBalancerStatistics.ask("show stat", socket: socket)
        var all = try LoadBalancerStatistics(parsing: text, pool: WebRole.pool)
        all.servers += try LoadBalancerStatistics(parsing: text, pool: SearchRole.pool).servers
        return all
    }
}
