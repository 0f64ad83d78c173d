/// How others place, for comparison. Both look at one container at a time and never at the whole.
enum Baselines {
    /// Greedy first-fit decreasing: everything anew, the largest first, each on the first server with room; where none has any, on the one
    /// that is least over.
    static func firstFit(_ instance: Instance) -> [Int] {
        var ledger = Ledger(instance)
        for container in ledger.largestFirst {
            let open = ledger.open(to: container)
            let fits = open.first { ledger.share(of: $0, with: container).max()! <= 1 }
            ledger.put(
                container,
                on: fits ?? open.min {
                    ledger.share(of: $0, with: container).max()! < ledger.share(of: $1, with: container).max()!
                }!)
        }
        return ledger.places
    }

    /// As the Kubernetes scheduler does: what runs stays; each new one goes where least-allocated (mean free share) plus balanced-allocation
    /// (1 - standard deviation of the shares) is highest, both with the weight they have there by default.
    static func kubernetes(_ instance: Instance, anew: Bool) -> [Int] {
        var ledger = Ledger(instance)
        if !anew {
            for (index, container) in instance.containers.enumerated() {
                if let current = container.current { ledger.put(index, on: instance.servers.firstIndex { $0.id == current }!) }
            }
        }
        for index in instance.containers.indices where ledger.places[index] < 0 {
            let open = ledger.open(to: index)
            let fitting = open.filter { ledger.share(of: $0, with: index).max()! <= 1 }
            ledger.put(index, on: (fitting.isEmpty ? open : fitting).max { score($0, index, ledger) < score($1, index, ledger) }!)
        }
        return ledger.places
    }

    private static func score(_ server: Int, _ container: Int, _ ledger: Ledger) -> Double {
        let shares = ledger.share(of: server, with: container)
        let mean = shares.reduce(0, +) / Double(shares.count)
        let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shares.count)
        return (1 - mean) + (1 - variance.squareRoot())
    }
}

/// What stands where while a baseline places.
private struct Ledger {
    let instance: Instance
    var places: [Int]
    var used: [[Int]]

    init(_ instance: Instance) {
        self.instance = instance
        places = instance.containers.map { _ in -1 }
        used = instance.servers.map { _ in [0, 0, 0] }
    }

    var largestFirst: [Int] {
        let whole = (0..<3).map { lane in instance.servers.reduce(0) { $0 + $1.amounts[lane] } }
        let sizes = instance.containers.map { zip($0.amounts, whole).map { Double($0) / Double($1) }.max()! }
        return sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    }

    func open(to container: Int) -> [Int] {
        let group = instance.containers[container].group
        let taken = instance.containers.indices.filter { instance.containers[$0].group == group && places[$0] >= 0 }.map {
            places[$0]
        }
        return instance.servers.indices.filter { !taken.contains($0) }
    }

    func share(of server: Int, with container: Int) -> [Double] {
        (0..<3).map { lane in
            Double(used[server][lane] + instance.containers[container].amounts[lane])
                / Double(instance.servers[server].amounts[lane])
        }
    }

    mutating func put(_ container: Int, on server: Int) {
        places[container] = server
        for lane in 0..<3 { used[server][lane] += instance.containers[container].amounts[lane] }
    }
}
