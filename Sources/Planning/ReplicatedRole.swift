import AgentContract
import Topology

/// A role whose containers are one primary and its replicas, and the steps that lead them.
///
/// **Bound** replicas are the backups that the inventory has as `running`. A replica is written down as bound only after its primary was told
/// to acknowledge nothing that no replica has, and is written off before the primary is told to go on alone. A replica that is not bound is
/// shut out: its primary's server lets nothing pass between the two, or it listens and does not acknowledge. So what was acknowledged is with
/// a bound replica, and a primary that nobody can reach acknowledges nothing once its bound replicas have ceased to listen. Only a bound
/// replica is ever promoted.
struct ReplicatedRole {
    /// Seconds that a server which may be dead is waited for, at each of the steps that it would have to do.
    static let deadServerSeconds = 0.4
    /// Longest a replica may take to get what its primary had.
    static let catchUpSeconds = 60.0
    /// Longest a started database may take to answer.
    static let startSeconds = 30.0

    let role: Role
    let policy: RolePolicy
    let replication: RolePolicy.Replication
    /// Without those containers of the role that are no members.
    let stack: Stack

    /// Nil for a role that is not replicated.
    init?(_ role: Role, _ input: PlanningInput) {
        guard let policy = input.policy.roles[role], let replication = policy.replication else { return nil }
        self.role = role
        self.policy = policy
        self.replication = replication
        var stack = input.stack
        stack.containers.removeAll { $0.role == role && replication.apart.contains($0.name) }
        self.stack = stack
    }

    /// Nil for a container that is no member of a replicated role.
    init?(of container: Container, _ input: PlanningInput) {
        self.init(container.role, input)
        guard !replication.apart.contains(container.name) else { return nil }
    }

    /// The replicas of a primary that have all it acknowledged, between them.
    func bound(to primary: Container) -> [Container] {
        stack.containers(of: role).filter { $0.kind == .backup && $0.backupOf == primary.name && $0.state == .running }
    }

    /// Who a replica is to follow by the inventory: whom it was the replica of may be one itself by now.
    func primary(of replica: Container) -> Container? {
        if let named = replica.backupOf.flatMap(stack.container), named.kind == .active { return named }
        let actives = stack.containers(of: role).filter { $0.kind == .active }
        return actives.count == 1 ? actives[0] : nil
    }

    /// Everybody else of the role.
    func others(than container: Container) -> [Container] {
        stack.containers(of: role).filter { $0.name != container.name }
    }

    func database(_ container: Container) -> Database {
        Database(container: container.name, host: container.host, access: replication.access)
    }

    func parts(_ container: Container) -> ContainerSteps { ContainerSteps(container: container, policy: policy) }

    // MARK: - Steps

    func on(
        _ container: Container, _ step: Step, undo: Step? = nil, mayFail: Bool = false, seconds: Double = 30,
        isPointOfNoReturn: Bool = false
    ) -> PlannedStep {
        PlannedStep(
            .agent(server: container.server, step: step, undo: undo), mayFail: mayFail, timeoutSeconds: seconds,
            isPointOfNoReturn: isPointOfNoReturn)
    }

    /// Everybody that `container` has to reckon with: `peers` are asked, the others given up.
    func promotion(of container: Container, peers: [Container], requiresReplica: Bool) -> Step {
        let rest = stack.containers(of: role).filter { other in
            other.name != container.name && !peers.contains { $0.name == other.name }
        }
        return .promoteDatabase(
            database(container),
            DatabasePromotion(peers: peers.map(database), lost: rest.map(database), requiresReplica: requiresReplica))
    }

    func demote(_ container: Container, undo: Step? = nil, answersWithin seconds: Double = 0) -> PlannedStep {
        on(
            container, .demoteDatabase(database(container), answersWithinSeconds: seconds), undo: undo, seconds: seconds + 20)
    }

    /// Ended at once, as it does not answer; its data stays.
    func end(_ container: Container) -> PlannedStep {
        on(container, .stopContainer(name: container.name, graceSeconds: 0))
    }

    func follow(_ container: Container, _ primary: Container) -> PlannedStep {
        on(container, .followPrimary(database(container), primary: database(primary)))
    }

    func await(_ container: Container, _ primary: Container) -> PlannedStep {
        on(
            container,
            .awaitReplica(
                database(container), primary: database(primary), timeoutSeconds: ReplicatedRole.catchUpSeconds),
            seconds: ReplicatedRole.catchUpSeconds + 5)
    }

    func sever(_ container: Container, expectsLoss: Bool) -> PlannedStep {
        on(
            container, .severReplica(database(container), expectsLoss: expectsLoss), undo: .resumeReplica(database(container)))
    }

    /// Clients find the primary by its service address and by the load balancers.
    func serve(_ primary: Container) -> [PlannedStep] { claim(primary) + parts(primary).join() }

    /// Comes before a promotion where nothing may be left undone after it: whoever can't have the address is not promoted. One that kept it,
    /// as its server was not reached when it was to be taken back, gives it up first.
    /// - Parameter deadServer: is not asked, as it would be waited for.
    func claim(_ primary: Container, deadServer: String? = nil) -> [PlannedStep] {
        guard let address = replication.serviceAddress else { return [] }
        let strays = others(than: primary).filter { other in
            other.server != deadServer && stack.server(other.server)?.health != .down
        }
        return strays.flatMap { release($0, mayFail: true) } + [
            on(
                primary, .claimServiceAddress(address: address, container: primary.name),
                undo: .releaseServiceAddress(address: address, container: primary.name))
        ]
    }

    /// The service address leaves a container. Nobody else may have it before.
    func release(_ container: Container, mayFail: Bool = false, isUndone: Bool = false) -> [PlannedStep] {
        replication.serviceAddress.map { address in
            [
                on(
                    container, .releaseServiceAddress(address: address, container: container.name),
                    undo: isUndone ? .claimServiceAddress(address: address, container: container.name) : nil, mayFail: mayFail,
                    seconds: mayFail ? ReplicatedRole.deadServerSeconds : 30)
            ]
        } ?? []
    }
}
