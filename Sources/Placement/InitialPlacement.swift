/// The assignment a search starts from: whatever may stay stays, the rest goes, largest first, where the worst resource stays best.
enum InitialPlacement {
    /// Containers by the largest share of the whole that they ask for, the largest first.
    static func largestFirst(_ problem: PlacementProblem) -> [Int] {
        let whole = (0..<4).map { lane in problem.servers.reduce(0.0) { $0 + Double($1.capacity.lanes[lane]) } }
        let weight = problem.containers.map { container in
            (0..<4).reduce(0.0) { max($0, whole[$1] > 0 ? Double(container.demand.lanes[$1]) / whole[$1] : 0) }
        }
        return problem.containers.indices.sorted { (weight[$1], $0) < (weight[$0], $1) }
    }

    /// A start that keeps every rule but the limit; nil where none was found.
    ///
    /// Where a container finds every server closed to it, it goes first the next time (Joslin and Clements, Squeaky wheel optimization,
    /// 1999), so that a choice of others never locks it out for good.
    static func make(_ problem: PlacementProblem, keepsCurrent: Bool) -> [Int]? {
        var order = largestFirst(problem)
        let freedom = problem.containers.map { $0.allowedServers?.count ?? problem.servers.count }
        order = order.enumerated().sorted { (freedom[$0.element], $0.offset) < (freedom[$1.element], $1.offset) }.map(\.element)
        for _ in 0...min(200, problem.containers.count) {
            switch fill(problem, order, keepsCurrent: keepsCurrent) {
            case .success(let places): return places
            case .failure(let stuck): order = [stuck.container] + order.filter { $0 != stuck.container }
            }
        }
        return nil
    }

    private struct Stuck: Error {
        var container: Int
    }

    private static func fill(_ problem: PlacementProblem, _ order: [Int], keepsCurrent: Bool) -> Result<[Int], Stuck> {
        var state = SearchState(problem, places: Array(repeating: -1, count: problem.containers.count), limitPercent: 0)
        if keepsCurrent {
            for container in order {
                if let current = problem.containers[container].current, state.mayMove(container, to: current) {
                    state.move(container, to: current)
                }
            }
        }
        for container in order where state.place[container] < 0 {
            guard let server = best(for: container, state, problem) else { return .failure(Stuck(container: container)) }
            state.move(container, to: server)
        }
        return .success(state.place)
    }

    private static func best(for container: Int, _ state: borrowing SearchState, _ problem: PlacementProblem) -> Int? {
        var best: Int?
        var lowest = Float.infinity
        for server in 0..<state.serverCount where state.mayMove(container, to: server) {
            let points =
                SIMD4<Float>(state.load[server] &+ state.demand[container]) * problem.servers[server].capacity.pointsPerUnit
            if points.max() < lowest {
                lowest = points.max()
                best = server
            }
        }
        return best
    }
}
