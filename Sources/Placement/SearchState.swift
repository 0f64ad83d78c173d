/// An assignment under construction: where each container stands, what that loads on each server, and by how much it is over the limit.
///
/// Every question a search asks (what if this container went there, what if these two changed places) is answered from the two servers
/// it touches.
struct SearchState {
    /// A limit that no server reaches.
    static let unlimitedPercent = 1_000_000

    let serverCount: Int
    let containerCount: Int
    private(set) var place: [Int]
    private(set) var load: [SIMD4<Int32>]
    /// Points (per cent of capacity) over the limit, summed over a server's resources.
    private(set) var excess: [Float]
    /// Servers that are over the limit.
    private(set) var overloadedServers = 0
    /// What the containers that are not where they were cost.
    private(set) var moveCost = 0
    /// What the loss of a server would do to the others; empty where that is not asked.
    private(set) var losses: LossLedger?
    /// Servers' limits at `limitPercent`.
    private(set) var limit: [SIMD4<Int32>]
    private(set) var limitPercent: Int

    let home: [Int]
    let cost: [Int]
    let demand: [SIMD4<Int32>]
    private let capacity: [ResourceAmounts]
    private let pointsPerUnit: [SIMD4<Float>]
    /// `container * serverCount + server`: may it be there at all.
    private let allowed: [Bool]
    private let open: [Bool]
    private let apartStart: [Int]
    private let apart: [Int]

    /// A start that keeps the containers where `places` says; -1 is nowhere yet. With a `lossLimitPercent` the search also sees to it that
    /// no server exceeds that while any other is lost.
    init(_ problem: PlacementProblem, places: [Int], limitPercent: Int, lossLimitPercent: Int? = nil) {
        serverCount = problem.servers.count
        containerCount = problem.containers.count
        capacity = problem.servers.map(\.capacity)
        pointsPerUnit = capacity.map(\.pointsPerUnit)
        demand = problem.containers.map(\.demand.lanes)
        let open = problem.servers.map { !$0.isClosed }
        var allowed: [Bool] = []
        allowed.reserveCapacity(serverCount * containerCount)
        for container in problem.containers {
            guard let servers = container.allowedServers else {
                allowed += open
                continue
            }
            var row = [Bool](repeating: false, count: open.count)
            for server in servers { row[server] = open[server] }
            allowed += row
        }
        self.allowed = allowed
        self.open = open
        home = problem.containers.map { container in container.current ?? -1 }
        cost = problem.containers.map(\.moveCost)
        var starts = [0]
        for others in problem.apart { starts.append(starts[starts.count - 1] + others.count) }
        apartStart = starts
        apart = problem.apart.flatMap { $0 }
        place = places
        load = Array(repeating: .zero, count: serverCount)
        excess = Array(repeating: 0, count: serverCount)
        self.limitPercent = limitPercent
        limit = capacity.map { $0.limit(percent: limitPercent) }
        losses = lossLimitPercent.map { LossLedger(problem, limitPercent: $0) }
        reset(to: places)
    }

    /// Puts every container where `places` says.
    mutating func reset(to places: [Int]) {
        place = places
        moveCost = 0
        for server in 0..<serverCount { load[server] = .zero }
        for container in 0..<containerCount where places[container] >= 0 {
            load[places[container]] &+= demand[container]
            moveCost += costOf(container, on: places[container])
        }
        sumExcess()
        losses?.reset(place, load)
    }

    /// Whether every server is within the limit, now and with any one server lost.
    var isFeasible: Bool { overloadedServers == 0 && losses?.overloadedServers ?? 0 == 0 }

    /// Points over the limit that the worst of losses brings, summed over the servers.
    var lossExcess: Float { losses?.total ?? 0 }

    /// Judges by another limit from here on.
    mutating func setLimit(percent: Int) {
        limitPercent = percent
        for server in 0..<serverCount { limit[server] = capacity[server].limit(percent: percent) }
        sumExcess()
    }

    private mutating func sumExcess() {
        overloadedServers = 0
        for server in 0..<serverCount {
            excess[server] = excess(of: server, at: load[server])
            if excess[server] > 0 { overloadedServers += 1 }
        }
    }

    /// The worst server's scarcest resource, in whole per cent, rounded up.
    var worstPercent: Int {
        (0..<serverCount).reduce(0) { max($0, ResourceAmounts(lanes: load[$1]).percent(of: capacity[$1])) }
    }

    /// How many points a server would be over its limit with such a load.
    @inline(__always)
    func excess(of server: Int, at load: SIMD4<Int32>) -> Float {
        let over = pointwiseMax(load &- limit[server], .zero)
        // Nearly always nothing is over, and that is cheaper to see than to multiply out.
        if (over[0] | over[1] | over[2] | over[3]) == 0 { return 0 }
        let points = SIMD4<Float>(over) * pointsPerUnit[server]
        return points[0] + points[1] + points[2] + points[3]
    }

    @inline(__always)
    func costOf(_ container: Int, on server: Int) -> Int {
        home[container] < 0 || home[container] == server ? 0 : cost[container]
    }

    /// Whether a container may go to a server, given where its counterparts are; `leaving` is a counterpart that goes away with the same move.
    @inline(__always)
    func mayMove(_ container: Int, to server: Int, leaving: Int = -1) -> Bool {
        guard allowed[container &* serverCount &+ server] else { return false }
        for index in apartStart[container]..<apartStart[container &+ 1] where apart[index] != leaving {
            if place[apart[index]] == server { return false }
        }
        return true
    }

    /// The change of total excess if a container went to a server.
    @inline(__always)
    func excessChange(moving container: Int, to server: Int) -> Float {
        let from = place[container]
        let added = excess(of: server, at: load[server] &+ demand[container]) - excess[server]
        return from < 0 ? added : added + excess(of: from, at: load[from] &- demand[container]) - excess[from]
    }

    /// The change of total excess if two containers on different servers changed places.
    @inline(__always)
    func excessChange(swapping one: Int, _ other: Int) -> Float {
        let first = place[one]
        let second = place[other]
        let difference = demand[other] &- demand[one]
        return excess(of: first, at: load[first] &+ difference) - excess[first]
            + excess(of: second, at: load[second] &- difference) - excess[second]
    }

    /// Puts a container on a server.
    @inline(__always)
    mutating func move(_ container: Int, to server: Int) {
        let from = place[container]
        if from >= 0 {
            moveCost -= costOf(container, on: from)
            setLoad(of: from, load[from] &- demand[container])
        }
        moveCost += costOf(container, on: server)
        place[container] = server
        setLoad(of: server, load[server] &+ demand[container])
        losses?.moved(container, from: from, to: server, place, load)
    }

    /// Takes a container off its server, so that it is nowhere.
    mutating func remove(_ container: Int) {
        let from = place[container]
        moveCost -= costOf(container, on: from)
        setLoad(of: from, load[from] &- demand[container])
        place[container] = -1
        losses?.moved(container, from: from, to: -1, place, load)
    }

    /// Whether anything may be on a server.
    func isOpen(_ server: Int) -> Bool { open[server] }

    @inline(__always)
    private mutating func setLoad(of server: Int, _ new: SIMD4<Int32>) {
        load[server] = new
        let now = excess(of: server, at: new)
        overloadedServers += (now > 0 ? 1 : 0) - (excess[server] > 0 ? 1 : 0)
        excess[server] = now
    }
}
