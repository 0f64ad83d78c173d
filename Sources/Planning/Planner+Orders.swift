package import AgentContract
import Telemetry
import Topology

extension Planner {
    /// The plan that an operator's order makes, or why there is none. Nothing is changed by asking: a dry run is this and no more.
    package static func plan(for order: OperatorOrder, _ input: PlanningInput) -> PlanningOutcome {
        do throws(Refusal) {
            return .plan(try OrderPlanning(order, input).plan())
        } catch {
            return .refusal(error)
        }
    }
}

/// From one operator's order to its plan.
struct OrderPlanning {
    let order: OperatorOrder
    let input: PlanningInput

    init(_ order: OperatorOrder, _ input: PlanningInput) {
        self.order = order
        self.input = input
    }

    func plan() throws(Refusal) -> Plan {
        switch order.action {
        case .restart(let name): try restart(try idle(name))
        case .stop(let name): try stop(try idle(name))
        case .start(let name): try start(try idle(name))
        case .drain(let name): try drain(try idle(name))
        case .move(let name, let server): try move(try idle(name), to: server)
        case .scale(let role, let count, let seconds): try scale(role, by: count, forSeconds: seconds)
        case .rollout(let role, let image): try rollout(role, image)
        case .drainServer(let name): try drainServer(try idleServer(name))
        case .evacuateServer(let name): try evacuate(try idleServer(name))
        case .returnServer(let name): try returnServer(try idleServer(name))
        }
    }

    // MARK: - What an order is about

    /// The container of a name that no plan under way works on.
    private func idle(_ name: String) throws(Refusal) -> Container {
        guard let container = input.stack.container(name) else {
            throw unknown("container", name, input.stack.containers.map(\.name))
        }
        try checkIdle(container)
        return container
    }

    /// The server of a name that no plan under way works on.
    private func idleServer(_ name: String) throws(Refusal) -> Server {
        guard let server = input.stack.server(name) else {
            throw unknown("server", name, input.stack.servers.map(\.name))
        }
        if let plan = input.underWay.first(where: { $0.touches(server: name) }) { throw busy(plan, name) }
        return server
    }

    /// Why a name that stands for nothing is refused, with those that do.
    func unknown(_ kind: String, _ name: String, _ known: [String]) -> Refusal {
        let names = known.isEmpty ? "none" : known.joined(separator: " ")
        return Refusal(code: .unclear, reason: "the stack has no \(kind) \"\(name)\"; it has \(names)")
    }

    func checkIdle(_ container: Container) throws(Refusal) {
        if let plan = input.underWay.first(where: { $0.touches(container: container.name) }) { throw busy(plan, container.name) }
        if let plan = ReplicatedRole(of: container, input)?.underWay(input) { throw busy(plan, container.role.rawValue) }
    }

    private func busy(_ plan: Plan, _ subject: String) -> Refusal {
        Refusal(
            code: .underWay,
            reason: "plan \(plan.id) works on \(subject); wait for it, or cancel it with magewatch plan cancel \(plan.id)")
    }

    // MARK: - What it may do

    func steps(of container: Container) -> ContainerSteps {
        ContainerSteps(container: container, policy: input.policy.roles[container.role])
    }

    /// Actives of a role that serve now, without those named.
    func serving(_ role: Role, without names: Set<String>) -> [Container] {
        input.stack.containers(of: role).filter { container in
            container.kind == .active && container.state == .running && !names.contains(container.name)
                && input.stack.server(container.server)?.health != .down
        }
    }

    /// Refuses what would leave a role with fewer than its minimum, unless it is forced.
    func checkMinimum(_ role: Role, without names: Set<String>, advice: String) throws(Refusal) {
        let left = serving(role, without: names).count
        let minimum = input.policy.roles[role]?.minimum ?? 1
        guard left < minimum, !order.isForced else { return }
        throw Refusal(
            code: .minimum,
            reason:
                "guard rail roles.\(role.rawValue).minimum: \(left) \(role.rawValue) would be left that serve, and the minimum "
                + "is \(minimum): \(advice), or say --force", guardRail: "roles.\(role.rawValue).minimum")
    }

    /// Whether a load balancer sends the role its requests.
    func isBalanced(_ role: Role) -> Bool { input.policy.roles[role]?.loadBalancers.isEmpty == false }

    /// What clients notice while a container is away.
    func interruption(of container: Container) -> Decision.Evidence {
        guard container.kind == .active, container.state == .running else {
            return .init("interruption", "none: \(container.name) does no work now")
        }
        guard isBalanced(container.role), !serving(container.role, without: [container.name]).isEmpty else {
            return .init(
                "interruption", "\(container.role.rawValue) is not served by \(container.name) until it is healthy again")
        }
        return .init("interruption", "none: the others serve, and what is under way is waited for")
    }

    /// The plan of the order.
    func made(
        _ purpose: Plan.Purpose, _ subject: String, role: Role?, _ steps: [PlannedStep], _ summary: String,
        evidence: [Decision.Evidence] = [], alternatives: [String] = [], billedPeriods: Int = 0
    ) -> Plan {
        let decision = Decision(
            summary: summary, evidence: [.init("order", "\(order.summary), by \(order.orderedBy)")] + evidence,
            alternatives: alternatives, otherwise: "all stays as it is", billedPeriods: billedPeriods)
        return Plan(
            id: Planner.identifier(purpose, subject, input.now), purpose: purpose, role: role, createdAt: input.now, steps: steps,
            decision: decision)
    }
}
