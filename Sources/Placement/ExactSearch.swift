/// Depth-first branch and bound: finds an assignment, or proves that there is none, where the problem is small enough for its budget.
struct ExactSearch {
    enum Outcome: Equatable {
        case found([Int])
        /// There is none: every branch was cut or tried.
        case none
        /// The budget ended first.
        case gaveUp
    }

    /// Deepest search, in containers.
    static let maximumContainers = 64

    private var state: SearchState
    private let order: [Int]
    private let isInterchangeable: Bool
    private let capacity: [SIMD4<Int32>]
    private let costBelow: Int
    private let everyMoveCosts: Bool
    /// For each server, what the containers that are not placed yet and were there before ask for.
    private var awaited: [SIMD4<Int32>]
    private var nodesLeft: Int

    /// Looks for an assignment within `limitPercent` whose moves cost less than `costBelow`.
    static func run(
        _ problem: PlacementProblem, limitPercent: Int, lossLimitPercent: Int?, costBelow: Int = .max, nodes: Int
    ) -> Outcome {
        guard problem.containers.count <= maximumContainers, costBelow > 0 else { return costBelow > 0 ? .gaveUp : .none }
        var search = ExactSearch(problem, limitPercent, lossLimitPercent, costBelow, nodes)
        if search.place(at: 0) { return .found(search.state.place) }
        return search.nodesLeft > 0 ? .none : .gaveUp
    }

    private init(_ problem: PlacementProblem, _ limitPercent: Int, _ lossLimit: Int?, _ costBelow: Int, _ nodes: Int) {
        state = SearchState(
            problem, places: Array(repeating: -1, count: problem.containers.count), limitPercent: limitPercent,
            lossLimitPercent: lossLimit)
        order = InitialPlacement.largestFirst(problem)
        // Without costs and with everything allowed everywhere, empty servers of one size are one choice.
        isInterchangeable = costBelow == .max && problem.containers.allSatisfy { $0.allowedServers == nil }
        capacity = problem.servers.map(\.capacity.lanes)
        self.costBelow = costBelow
        everyMoveCosts = problem.containers.allSatisfy { $0.moveCost > 0 }
        awaited = Array(repeating: .zero, count: problem.servers.count)
        for container in problem.containers { if let home = container.current { awaited[home] &+= container.demand.lanes } }
        nodesLeft = nodes
    }

    private mutating func place(at depth: Int) -> Bool {
        guard depth < order.count else { return state.isFeasible }
        nodesLeft -= 1
        guard nodesLeft > 0 else { return false }
        let container = order[depth]
        let home = state.home[container]
        if home >= 0 { awaited[home] &-= state.demand[container] }
        defer { if home >= 0 { awaited[home] &+= state.demand[container] } }
        if home >= 0, attempt(container, on: home, depth) { return true }
        for server in 0..<state.serverCount where server != home && !repeatsEmptyServer(server) {
            if attempt(container, on: server, depth) { return true }
            if nodesLeft <= 0 { return false }
        }
        return false
    }

    private mutating func attempt(_ container: Int, on server: Int, _ depth: Int) -> Bool {
        guard state.mayMove(container, to: server), state.excessChange(moving: container, to: server) <= 0 else { return false }
        guard costBelow == .max || state.moveCost + state.costOf(container, on: server) < costBelow else { return false }
        state.move(container, to: server)
        if leastFurtherCost() < costBelow - state.moveCost, place(at: depth + 1) { return true }
        state.remove(container)
        return false
    }

    /// A server on which not everything that was there before fits any more has to send something away.
    private func leastFurtherCost() -> Int {
        guard costBelow != .max, everyMoveCosts else { return 0 }
        return (0..<state.serverCount).count { state.excess(of: $0, at: state.load[$0] &+ awaited[$0]) > 0 }
    }

    private func repeatsEmptyServer(_ server: Int) -> Bool {
        guard isInterchangeable, state.load[server] == .zero else { return false }
        return (0..<server).contains {
            state.load[$0] == .zero && capacity[$0] == capacity[server] && state.isOpen($0) == state.isOpen(server)
        }
    }
}
