import Placement
import TestKit

/// Placement problems for tests: by hand, or from a seed.
enum Instances {
    static func server(_ name: String, cpu: Int = 1000, ram: Int = 1000, net: Int = 1000, isClosed: Bool = false)
        -> PlacementProblem.Server
    {
        PlacementProblem.Server(
            name: name, capacity: ResourceAmounts(milliCores: cpu, memoryMiB: ram, networkMbit: net), isClosed: isClosed)
    }

    static func container(
        _ name: String, cpu: Int = 100, ram: Int = 100, net: Int = 10, group: Int? = nil, isBackup: Bool = false,
        pool: Int? = nil,
        on server: Int? = nil, allowed: [Int]? = nil
    ) -> PlacementProblem.Container {
        PlacementProblem.Container(
            name: name, role: "web", group: group, isBackup: isBackup,
            demand: ResourceAmounts(milliCores: cpu, memoryMiB: ram, networkMbit: net), pool: pool, current: server,
            allowedServers: allowed)
    }

    /// Actives with their backups on unlike servers, a fifth of them new.
    static func random(seed: UInt64, servers: Int, groups: Int, largest: Int = 300) throws -> PlacementProblem {
        var generator = SeededGenerator(seed: seed)
        let machines = (0..<servers).map { index in
            let size = [1000, 2000, 4000].randomElement(using: &generator)!
            return server("s\(index)", cpu: size, ram: size, net: size)
        }
        var containers: [PlacementProblem.Container] = []
        for group in 0..<groups {
            let home = Int.random(in: 0..<servers, using: &generator)
            let sizes = (0..<3).map { _ in Int.random(in: 20...largest, using: &generator) }
            let isNew = Int.random(in: 0..<5, using: &generator) == 0
            containers.append(
                container("a\(group)", cpu: sizes[0], ram: sizes[1], net: sizes[2], group: group, on: isNew ? nil : home))
            containers.append(
                container(
                    "b\(group)", cpu: sizes[0] / 4, ram: sizes[1], net: sizes[2] / 4, group: group, isBackup: true,
                    on: isNew || servers == 1 ? nil : (home + 1) % servers))
        }
        return try PlacementProblem(servers: machines, containers: containers)
    }

    /// Every assignment in turn that keeps counterparts apart: the naive twin of a solver, for a few containers.
    static func allAssignments(of problem: PlacementProblem) -> [[Int]] {
        var all: [[Int]] = [[]]
        for container in problem.containers {
            let servers = problem.servers.indices.filter { server in
                !problem.servers[server].isClosed && container.allowedServers?.contains(server) ?? true
            }
            all = all.flatMap { places in
                servers.filter { server in
                    !places.enumerated().contains { index, place in
                        place == server && container.group != nil && problem.containers[index].group == container.group
                    }
                }
                .map { places + [$0] }
            }
        }
        return all
    }

    /// The worst utilisation in whole per cent, rounded up, by plain sums.
    static func worstPercent(_ problem: PlacementProblem, _ places: [Int]) -> Int {
        var worst = 0
        for (index, server) in problem.servers.enumerated() {
            let here = problem.containers.indices.filter { places[$0] == index }.map { problem.containers[$0].demand }
            for amount in [\ResourceAmounts.milliCores, \.memoryMiB, \.networkMbit] {
                let whole = server.capacity[keyPath: amount]
                let used = here.reduce(0) { $0 + $1[keyPath: amount] }
                worst = max(worst, (used * 100 + whole - 1) / whole)
            }
        }
        return worst
    }

    static func moves(_ problem: PlacementProblem, _ places: [Int]) -> Int {
        zip(problem.containers, places).count { container, place in container.current.map { $0 != place } ?? false }
    }
}
