/// What happens when one server is lost: heirs take over, what has none is started again where there is room.
package struct ServerLoss: Sendable, Equatable {
    /// Index of the server that is lost.
    package var server: Int
    /// The server that is worst off then, and its scarcest resource's use in whole per cent, rounded up; nil where no other is left.
    package var worstServer: Int?
    package var worstPercent: Int
    /// Containers that find no room anywhere.
    package var homeless: [Int]

    package var isSurvived: Bool { homeless.isEmpty && worstPercent <= 100 }

    /// The loss of each server that holds anything, in the problem's order.
    package static func all(of problem: PlacementProblem, places: [Int]) -> [ServerLoss] {
        problem.servers.indices.filter(places.contains).map { loss(of: $0, problem, places) }
    }

    private static func loss(of lost: Int, _ problem: PlacementProblem, _ places: [Int]) -> ServerLoss {
        var load = [ResourceAmounts](repeating: .zero, count: problem.servers.count)
        var homeless: [Int] = []
        for (container, server) in places.enumerated() where server != lost {
            load[server] += problem.containers[container].demand
        }
        var orphans: [Int] = []
        for (container, server) in places.enumerated() where server == lost && !problem.containers[container].isBackup {
            let heirs = problem.heirs[container].filter { places[$0.container] != lost }
            for heir in heirs { load[places[heir.container]].lanes &+= heir.extra }
            if heirs.isEmpty { orphans.append(container) }
        }
        // What nobody stands in for is started again, the largest first, where it leaves the most.
        orphans.sort { weight($1, problem) < weight($0, problem) }
        for container in orphans {
            let demand = problem.containers[container].demand
            let room = problem.servers.indices.filter { $0 != lost && problem.allows(container, on: $0) }
                .map { (server: $0, percent: (load[$0] + demand).percent(of: problem.servers[$0].capacity)) }
                .filter { $0.percent <= 100 }
            guard let best = room.min(by: { ($0.percent, $0.server) < ($1.percent, $1.server) }) else {
                homeless.append(container)
                continue
            }
            load[best.server] += demand
        }
        let others = problem.servers.indices.filter { $0 != lost }
        let percents = others.map { load[$0].percent(of: problem.servers[$0].capacity) }
        let worst = zip(others, percents).max { $0.1 < $1.1 }
        return ServerLoss(server: lost, worstServer: worst?.0, worstPercent: worst?.1 ?? 0, homeless: homeless.sorted())
    }

    private static func weight(_ container: Int, _ problem: PlacementProblem) -> (Int, Int) {
        let demand = problem.containers[container].demand
        return (demand.percent(of: problem.servers.reduce(.zero) { $0.saturatingAdd($1.capacity) }), -container)
    }
}
