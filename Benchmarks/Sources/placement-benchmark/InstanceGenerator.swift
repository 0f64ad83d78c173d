import Foundation

/// Instances of the kind that stacks are: actives with backups of eight roles, servers of three sizes, a fifth of the containers new, the
/// others where chance and a least-loaded rule have put them.
struct InstanceGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    /// Cores, GiB and Gbit/s that a role's typical active asks for, and the share of cores and network that its backup does.
    private static let roles: [(name: String, cores: Double, memory: Double, network: Double, backup: Double)] = [
        ("lb", 0.5, 1.2, 0.45, 0.25), ("web", 2.2, 5.5, 0.28, 0.25), ("db", 1.6, 12, 0.13, 0.6), ("mail", 0.5, 2.2, 0.04, 0.25),
        ("search", 1.6, 5.5, 0.1, 0.6), ("monitor", 0.4, 1.7, 0.03, 0.25), ("queue", 0.5, 1.7, 0.08, 0.25),
        ("acc", 0.45, 0.75, 0.02, 0.25),
    ]

    /// - Parameter fill: share of the scarcest resource of all servers that the containers ask for.
    mutating func instance(servers count: Int, groups: Int, fill: Double) -> Instance {
        let sizes = [(8000, 32768, 1000), (16000, 65536, 2500), (32000, 131_072, 10000)]
        let servers = (0..<count).map { index in
            let size = sizes[[0, 0, 0, 0, 1, 1, 1, 1, 2][number(below: 9)]]
            return Instance.Server(id: "s\(index)", cpu: size.0, ram: size.1, net: size.2)
        }
        var wishes: [(role: Int, kind: String, amounts: [Double])] = []
        for group in 0..<groups {
            let index = group < 8 ? group : [1, 1, 2, 3, 6, 4][number(below: 6)]
            let role = Self.roles[index]
            let scale = exp(1.1 * (fraction() + fraction() - 1))
            let active = [role.cores * 1000 * scale, role.memory * 1024 * exp(fraction() - 0.5), role.network * 1000 * scale]
            wishes.append((index, "active", active))
            wishes.append((index, "backup", [active[0] * role.backup, active[1], active[2] * role.backup]))
        }
        let shares = (0..<3).map { lane in
            wishes.reduce(0) { $0 + $1.amounts[lane] } / servers.reduce(0) { $0 + Double($1.amounts[lane]) }
        }
        // No container larger than most of the smallest server, whatever the fill asks for.
        let largest = (0..<3).map { lane in
            wishes.map { $0.amounts[lane] }.max()! / Double(servers.map { $0.amounts[lane] }.min()!)
        }
        let scale = min(fill / shares.max()!, 0.7 / largest.max()!)
        let containers = wishes.enumerated().map { index, wish in
            let amounts = wish.amounts.map { max(1, Int($0 * scale)) }
            return Instance.Container(
                id: "\(Self.roles[wish.role].name)\(index / 2)-\(wish.kind.prefix(1))", role: Self.roles[wish.role].name,
                group: index / 2, kind: wish.kind, cpu: amounts[0], ram: amounts[1], net: amounts[2], current: nil)
        }
        return settle(Instance(servers: servers, containers: containers, optimum: nil))
    }

    private mutating func settle(_ instance: Instance) -> Instance {
        var instance = instance
        var groupsThere = instance.servers.map { _ in Set<Int>() }
        for index in instance.containers.indices where number(below: 5) > 0 {
            let group = instance.containers[index].group
            let server = number(below: instance.servers.count)
            guard !groupsThere[server].contains(group) else { continue }
            groupsThere[server].insert(group)
            instance.containers[index].current = instance.servers[server].id
        }
        return instance
    }

    private mutating func next() -> UInt64 {
        // xorshift64* (Vigna 2016).
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }

    private mutating func number(below bound: Int) -> Int { Int(next() >> 33) % bound }
    private mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
