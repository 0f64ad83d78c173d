import AgentContract
import Telemetry
import Topology

extension Planner {
    static func scaleOut(for alert: Alert, _ input: PlanningInput) -> PlanningOutcome {
        guard let role = alert.labels["role"].flatMap(Role.init(rawValue:)), let policy = input.policy.roles[role] else {
            return .refuse(
                .unclear, "alert \(alert.name) has no label `role` of a role that the configuration lets scale")
        }
        let name = role.rawValue
        guard !policy.isFrozen else { return .refuse(.frozen, "\(name) is frozen by the configuration") }
        if let last = input.lastScaled[role], Double(input.now - last) / 1000 < input.policy.coolDownSeconds {
            return .refuse(.coolDown, "\(name) was scaled \((input.now - last) / 1000) s ago and cools down")
        }
        let active = input.stack.containers(of: role).filter { $0.kind == .active && $0.state != .failed }
        let coming = input.comingContainers.filter { $0.role == role }
        let have = active.count + coming.count
        let demand = demand(of: role, alert, input)
        let needed = needed(of: role, alert, active: active.count, demand: demand, input)
        guard needed > have else {
            return .refuse(
                .underWay,
                "\(name): \(percent(demand)) of \(active.count) containers needs \(needed); \(active.count) serve and "
                    + "\(coming.count) are under way")
        }
        guard have < policy.maximum else {
            return .refuse(.maximum, "\(name) has \(have) containers, as many as the configuration allows")
        }
        var choice = ScaleOutChoice(role: role, policy: policy, input: input, coming: coming)
        choice.choose(min(needed, policy.maximum) - have)
        guard !choice.chosen.isEmpty else { return .refuse(choice.trouble.code, choice.trouble.reason) }
        return .plan(scaleOutPlan(alert, choice, demand: demand, needed: needed, have: have, input))
    }

    /// Containers that the role's sizing wants, or that the alert's own utilisation would saturate; without a sizing, those that bring the
    /// demand down to the target.
    private static func needed(
        of role: Role, _ alert: Alert, active: Int, demand: Double, _ input: PlanningInput
    ) -> Int {
        guard let sizing = input.sizing[role] else {
            return containers(demand: demand, active: active, target: input.policy.targetUtilisation)
        }
        return max(
            sizing.launchContainers,
            containers(demand: alerted(alert), active: active, target: input.policy.saturation))
    }

    /// An alert's value as utilisation; 0 where it is some other quantity, as ten times the capacity would be.
    private static func alerted(_ alert: Alert) -> Double {
        alert.value.isFinite && (0...10).contains(alert.value) ? alert.value : 0
    }

    /// The highest of what is measured, forecast and alerted on, in units of the capacity that serves now.
    private static func demand(of role: Role, _ alert: Alert, _ input: PlanningInput) -> Double {
        let measured = input.utilisation[role] ?? 0
        let highest = max(measured, input.forecastPeak(of: role) ?? 0, alerted(alert))
        return measured >= RoleSizer.clippedUtilisation ? max(highest, measured * RoleSizer.clippedFactor) : highest
    }

    private static func containers(demand: Double, active: Int, target: Double) -> Int {
        guard target > 0, demand.isFinite else { return active }
        return Int(min(1e6, (demand * Double(max(1, active)) / target - 1e-9).rounded(.up)))
    }

    private static func scaleOutPlan(
        _ alert: Alert, _ choice: ScaleOutChoice, demand: Double, needed: Int, have: Int, _ input: PlanningInput
    ) -> Plan {
        var steps = choice.leased.map { PlannedStep(.attach(server: $0)) }
        for container in choice.chosen {
            let parts = ContainerSteps(container: container, policy: choice.policy)
            steps += parts.start(graceSeconds: 5) + parts.join()
        }
        let names = choice.chosen.map { "\($0.name) on \($0.server)" }.joined(separator: ", ")
        var decision = Decision(
            summary: "\(choice.role.rawValue) needs \(needed) containers and has \(have): start \(names)")
        decision.evidence = [evidence(of: alert)] + evidence(of: choice.role, input)
        decision.alternatives = choice.alternatives
        decision.otherwise =
            "\(choice.role.rawValue) would run at \(percent(demand)) of what it can give"
            + (demand > 1 ? ", and requests would wait or fail" : "")
        decision.billedPeriods = choice.leased.count
        return Plan(
            id: identifier(.scaleOut, choice.role.rawValue, input.now), purpose: .scaleOut, role: choice.role,
            createdAt: input.now, steps: steps, decision: decision)
    }
}

/// Finds names, addresses and servers for new containers of a role, the cheapest servers first.
struct ScaleOutChoice {
    let role: Role
    let policy: RolePolicy
    let input: PlanningInput
    private(set) var chosen: [Container] = []
    private(set) var leased: [String] = []
    private(set) var alternatives: [String] = []
    private(set) var trouble = Refusal(code: .noRoom, reason: "nothing was asked for")

    private var placement: ServerRoom
    private var takenNames: Set<String>
    private var takenAddresses: Set<String>

    init(role: Role, policy: RolePolicy, input: PlanningInput, coming: [Container]) {
        self.role = role
        self.policy = policy
        self.input = input
        let all = input.comingContainers
        placement = ServerRoom(
            stack: input.stack, measured: input.serverUtilisation, target: input.policy.targetUtilisation, coming: all)
        takenNames = Set((input.stack.containers + all).map(\.name))
        takenAddresses = Set((input.stack.containers + all).map(\.host)).union(input.stack.servers.map(\.address))
    }

    mutating func choose(_ count: Int) {
        for _ in 0..<max(0, count) {
            guard let next = nextContainer() else { break }
            chosen.append(next)
            placement.add(next)
            takenNames.insert(next.name)
            takenAddresses.insert(next.host)
        }
        if !chosen.isEmpty, chosen.count < count {
            alternatives.append("\(count) containers at once: \(trouble.reason)")
        }
        alternatives.append("do nothing: saves \(leased.count) billed periods, leaves the role short")
    }

    private mutating func nextContainer() -> Container? {
        guard let address = policy.addresses.first(where: { !takenAddresses.contains(host(of: $0)) }) else {
            trouble = Refusal(
                code: .noRoom,
                reason: "no free address for \(role.rawValue); add some to `addresses` in the configuration")
            return nil
        }
        var number = 1
        while takenNames.contains("\(role.rawValue)\(number)") { number += 1 }
        var container = Container(
            name: "\(role.rawValue)\(number)", role: role, server: "", address: address, port: policy.port,
            limits: policy.limits, image: policy.image)
        guard let server = server(for: container) else { return nil }
        container.server = server
        return container
    }

    private mutating func server(for container: Container) -> String? {
        let leaving = input.leavingServers
        let attached = (input.stack.attachedServers + input.stack.servers.filter { leased.contains($0.name) })
            .filter { !leaving.contains($0.name) }
        if let best = placement.candidates(for: container, among: attached).first { return best.server.name }
        if chosen.isEmpty { alternatives.append("a server the stack has already: none has room for \(container.name)") }
        let coming = input.comingServers
        let inUse = Set(input.stack.leases.map(\.server)).union(coming).union(leased)
        guard inUse.count < input.policy.maximumOverflowServers else {
            trouble = Refusal(
                code: .maximum, reason: "\(inUse.count) overflow servers are leased, as many as the configuration allows")
            return nil
        }
        let idle = input.stack.servers.filter { $0.kind == .overflow && !inUse.contains($0.name) }
        guard let best = placement.candidates(for: container, among: idle).first else {
            trouble = Refusal(
                code: .noRoom, reason: "no overflow server is free, up and large enough for \(container.name)")
            return nil
        }
        leased.append(best.server.name)
        return best.server.name
    }

    private func host(of address: String) -> String { String(address.prefix { $0 != "/" }) }
}
