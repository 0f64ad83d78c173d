import Foundation

/// A placement instance as `magewatch stack solve` reads it, and the optimum where the file has one.
struct Instance: Codable {
    struct Server: Codable {
        var id: String
        var cpu: Int
        var ram: Int
        var net: Int
        var amounts: [Int] { [cpu, ram, net] }
    }

    struct Container: Codable {
        var id: String
        var role: String
        var group: Int
        var kind: String
        var cpu: Int
        var ram: Int
        var net: Int
        var current: String?
        var amounts: [Int] { [cpu, ram, net] }
    }

    struct Optimum: Codable {
        var max_util_pct: Int
        var min_moves: Int
    }

    var servers: [Server]
    var containers: [Container]
    var optimum: Optimum?

    /// Worst utilisation in whole per cent, rounded up, and containers that leave their server, of an assignment by index.
    func judge(_ places: [Int]) -> (worstPercent: Int, moves: Int) {
        var used = servers.map { _ in [0, 0, 0] }
        var moves = 0
        for (container, place) in zip(containers, places) {
            for (lane, amount) in container.amounts.enumerated() { used[place][lane] += amount }
            if let current = container.current, current != servers[place].id { moves += 1 }
        }
        let percents = zip(used, servers).flatMap { used, server in
            zip(used, server.amounts).map { ($0 * 100 + $1 - 1) / $1 }
        }
        return (percents.max() ?? 0, moves)
    }
}
