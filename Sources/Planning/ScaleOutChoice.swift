import Topology

/// Finds names, addresses and servers for new containers of a role, the cheapest servers first.
struct ScaleOutChoice {
    let role: Role
    let policy: RolePolicy
    let input: PlanningInput
    private let allowance: LeaseAllowance
    private(set) var chosen: [Container] = []
    private(set) var leased: [String] = []
    private(set) var alternatives: [String] = []
    private(set) var trouble = Refusal(code: .noRoom, reason: "nothing was asked for")

    private var takenNames: Set<String>
    private var takenAddresses: Set<String>

    init(role: Role, policy: RolePolicy, input: PlanningInput, allowance: LeaseAllowance) {
        self.role = role
        self.policy = policy
        self.input = input
        self.allowance = allowance
        let all = input.comingContainers
        takenNames = Set((input.stack.containers + all).map(\.name))
        takenAddresses = Set((input.stack.containers + all).map(\.host)).union(input.stack.servers.map(\.address))
    }

    /// - Parameter most: containers that one plan may start.
    mutating func choose(_ count: Int, atMost most: Int = .max) {
        if count > most {
            trouble = .held(
                .blastRadius, by: "scaler.blast-radius.containers", "one plan starts \(most) of the \(count) containers at most")
        }
        for _ in 0..<max(0, min(count, most)) {
            guard let next = nextContainer() else { break }
            chosen.append(next)
            takenNames.insert(next.name)
            takenAddresses.insert(next.host)
        }
        if !chosen.isEmpty, chosen.count < count {
            alternatives.append("\(count) containers at once: \(trouble.reason)")
        }
        alternatives.append("do nothing: saves \(leased.count) billed periods, leaves the role short")
    }

    private mutating func nextContainer() -> Container? {
        guard var container = nextUnplaced(), let server = server(for: container) else { return nil }
        container.server = server
        return container
    }

    /// The next container, under a free name and address, on no server yet; nil where ``trouble`` says why.
    mutating func nextUnplaced() -> Container? {
        guard let address = policy.addresses.first(where: { !takenAddresses.contains(host(of: $0)) }) else {
            trouble = Refusal(
                code: .noRoom,
                reason: "no free address for \(role.rawValue); add some to `addresses` in the configuration")
            return nil
        }
        var number = 1
        while takenNames.contains("\(role.rawValue)\(number)") { number += 1 }
        return Container(
            name: "\(role.rawValue)\(number)", role: role, server: "", address: address, port: policy.port,
            limits: policy.limits, image: image)
    }

    private mutating func server(for container: Container) -> String? {
        let leaving = input.leavingServers
        let attached = (input.stack.attachedServers + input.stack.servers.filter { leased.contains($0.name) })
            .filter { !leaving.contains($0.name) }
        if let best = place(container, on: attached) { return best }
        if chosen.isEmpty { alternatives.append("a server the stack has already: none has room for \(container.name)") }
        let coming = input.comingServers
        let inUse = Set(input.stack.leases.map(\.server)).union(coming).union(leased)
        guard leased.count < allowance.count else {
            trouble = allowance.refusal
            return nil
        }
        let idle = input.stack.servers.filter { $0.kind == .overflow && !inUse.contains($0.name) }
        guard let best = place(container, on: idle) else {
            trouble = Refusal(
                code: .noRoom, reason: "no overflow server is free, up and large enough for \(container.name)")
            return nil
        }
        leased.append(best)
        return best
    }

    /// The best of some servers with room; nil where there is none.
    private func place(_ container: Container, on servers: [Server]) -> String? {
        let placement = ContainerPlacement(
            stack: input.stack, measured: input.serverUtilisation, target: input.policy.targetUtilisation,
            coming: input.comingContainers + input.movingContainers + chosen)
        return (try? placement.places(for: [container], on: servers))?.first
    }

    /// What the role runs now, where all of it runs the same: a version that was rolled out holds for new containers too.
    private var image: String {
        let images = Set(input.stack.containers(of: role).filter { $0.kind == .active }.map(\.image))
        return images.count == 1 ? images.first ?? policy.image : policy.image
    }

    private func host(of address: String) -> String { String(address.prefix { $0 != "/" }) }
}
