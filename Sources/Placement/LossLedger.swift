/// What each server would have to carry beyond its limit if one of the others were lost.
///
/// When a server is lost, each container on it leaves its work to its heirs (see ``PlacementProblem/heirs``). A server's excess is summed
/// over all other servers' losses; only losses that leave it something can put it over.
struct LossLedger {
    /// Points over the limit, for each server, summed over the losses.
    private(set) var excess: [Float]
    private(set) var overloadedServers = 0
    /// All servers' excess together; a sum that rounds, for comparing and not for deciding.
    private(set) var total: Float = 0

    private let limit: [SIMD4<Int32>]
    private let pointsPerUnit: [SIMD4<Float>]
    private let heirs: [[Inheritance]]
    /// For each container, what it would get and from whom.
    private let bequests: [[Inheritance]]
    private var members: [[Int]]
    /// What each lost server would leave to the one looked at; zero between uses.
    private var inherited: [SIMD4<Int32>]
    private var givers: [Int] = []

    init(_ problem: PlacementProblem, limitPercent: Int) {
        let count = problem.servers.count
        excess = Array(repeating: 0, count: count)
        limit = problem.servers.map { $0.capacity.limit(percent: limitPercent) }
        pointsPerUnit = problem.servers.map { $0.capacity.pointsPerUnit }
        heirs = problem.heirs
        var bequests = [[Inheritance]](repeating: [], count: problem.containers.count)
        for (giver, heirs) in problem.heirs.enumerated() {
            for heir in heirs { bequests[heir.container].append(Inheritance(container: giver, extra: heir.extra)) }
        }
        self.bequests = bequests
        members = Array(repeating: [], count: count)
        inherited = Array(repeating: .zero, count: count)
    }

    mutating func reset(_ place: [Int], _ load: [SIMD4<Int32>]) {
        for server in members.indices { members[server].removeAll(keepingCapacity: true) }
        for (container, server) in place.enumerated() where server >= 0 && !bequests[container].isEmpty {
            members[server].append(container)
        }
        for server in excess.indices { excess[server] = 0 }
        overloadedServers = 0
        total = 0
        for server in excess.indices { update(server, place, load) }
    }

    /// Takes note of a move that `place` and `load` show already; -1 is nowhere.
    mutating func moved(_ container: Int, from: Int, to server: Int, _ place: [Int], _ load: [SIMD4<Int32>]) {
        if !bequests[container].isEmpty {
            if from >= 0, let index = members[from].firstIndex(of: container) {
                members[from].swapAt(index, members[from].count - 1)
                members[from].removeLast()
            }
            if server >= 0 { members[server].append(container) }
        }
        if from >= 0 { update(from, place, load) }
        if server >= 0 { update(server, place, load) }
        // The heirs inherit by another server's loss now.
        for heir in heirs[container] {
            let there = place[heir.container]
            if there >= 0, there != from, there != server { update(there, place, load) }
        }
    }

    private mutating func update(_ server: Int, _ place: [Int], _ load: [SIMD4<Int32>]) {
        for member in members[server] {
            for bequest in bequests[member] {
                let giver = place[bequest.container]
                guard giver >= 0, giver != server else { continue }
                if inherited[giver] == .zero { givers.append(giver) }
                inherited[giver] &+= bequest.extra
            }
        }
        var sum: Float = 0
        for giver in givers {
            let over = pointwiseMax(load[server] &+ inherited[giver] &- limit[server], .zero)
            inherited[giver] = .zero
            if (over[0] | over[1] | over[2] | over[3]) == 0 { continue }
            let points = SIMD4<Float>(over) * pointsPerUnit[server]
            sum += points[0] + points[1] + points[2] + points[3]
        }
        givers.removeAll(keepingCapacity: true)
        overloadedServers += (sum > 0 ? 1 : 0) - (excess[server] > 0 ? 1 : 0)
        total += sum - excess[server]
        excess[server] = sum
    }
}

/// What one container gets when another is lost, beyond what it carries already.
struct Inheritance {
    var container: Int
    var extra: SIMD4<Int32>
}
