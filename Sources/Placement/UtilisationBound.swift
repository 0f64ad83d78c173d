/// What no assignment can be below: the whole demand over the whole capacity, and each container on the server that suits it best.
enum UtilisationBound {
    /// Whole per cent, rounded up.
    static func percent(_ problem: PlacementProblem) -> Int {
        let open = problem.servers.filter { !$0.isClosed }
        var bound = 0
        for lane in 0..<4 where open.allSatisfy({ $0.capacity.lanes[lane] > 0 }) && !open.isEmpty {
            let whole = open.reduce(0) { $0 + Int($1.capacity.lanes[lane]) }
            let demand = problem.containers.reduce(0) { $0 + Int($1.demand.lanes[lane]) }
            bound = max(bound, (demand * 100 + whole - 1) / whole)
        }
        for container in problem.containers {
            let servers = container.allowedServers.map { $0.map { problem.servers[$0] }.filter { !$0.isClosed } } ?? open
            bound = max(bound, servers.map { container.demand.percent(of: $0.capacity) }.min() ?? 0)
        }
        return bound
    }
}
