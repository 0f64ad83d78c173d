import AgentContract
import Topology

/// A role whose containers are one primary and its replicas, and the steps that lead them.
///
/// **Bound** replicas are the backups that the inventory has as `running`. A replica is written down as bound only after its primary was told
/// to acknowledge nothing that no replica has, and is written off before the primary is told to go on alone. So what was acknowledged is with
/// a bound replica, and a primary that nobody can reach acknowledges nothing once its bound replicas have ceased to listen. Only a bound
/// replica is ever promoted.
struct ReplicatedRole {
    /// Seconds that a server which may be dead is waited for.
    static let deadServerSeconds = 1.0
    /// Longest a replica may take to get what its primary had.
    static let catchUpSeconds = 60.0
    /// Longest a started database may take to answer.
    static let startSeconds = 30.0

    let role: Role
    let policy: RolePolicy
    let replication: RolePolicy.Replication
    let stack: Stack

    /// Nil for a role that is not replicated.
    init?(_ role: Role, _ input: PlanningInput) {
        guard let policy = input.policy.roles[role], let replication = policy.replication else { return nil }
        self.role = role
        self.policy = policy
        self.replication = replication
        stack = input.stack
    }

    /// The replicas of a primary that have all it acknowledged, between them.
    func bound(to primary: Container) -> [Container] {
        stack.containers(of: role).filter { $0.kind == .backup && $0.backupOf == primary.name && $0.state == .running }
    }

    /// Who a replica is to follow by the inventory.
    func primary(of replica: Container) -> Container? {
        replica.backupOf.flatMap(stack.container).flatMap { $0.kind == .active ? $0 : nil }
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
    func serve(_ primary: Container, except deadServer: String? = nil) -> [PlannedStep] {
        let claim = replication.serviceAddress.map { address in
            on(
                primary, .claimServiceAddress(address: address, container: primary.name),
                undo: .releaseServiceAddress(address: address, container: primary.name))
        }
        return (claim.map { [$0] } ?? []) + parts(primary).join(except: deadServer)
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

    // MARK: - Parts of plans

    /// A database becomes a bound replica: cut off, demoted before anything else, started where it does not run, following, caught up; then
    /// waited for; then written down.
    func join(_ container: Container, _ primary: Container) -> [PlannedStep] {
        var ready = container
        ready.kind = .backup
        ready.backupOf = primary.name
        ready.state = .running
        let parts = parts(ready)
        let start = PlannedStep(
            .agent(
                server: ready.server, step: .startContainer(parts.specification),
                undo: .stopContainer(name: ready.name, graceSeconds: 5)))
        return [
            on(ready, .fence(address: ready.host), undo: .unfence(address: ready.host)), demote(ready),
        ] + release(ready) + parts.mount + [
            // It may have been made to start writable: nobody reaches it before it is known to be read-only.
            start, demote(ready, answersWithin: ReplicatedRole.startSeconds), on(ready, .unfence(address: ready.host)),
            parts.healthGate, follow(ready, primary), self.await(ready, primary),
            on(primary, .requireReplica(database(primary))), PlannedStep(.putContainer(ready)),
        ]
    }

    /// A bound replica is written off; a primary that it was the last of goes on alone after that, never before.
    func writeOff(_ replica: Container, of primary: Container, as state: Container.State, left: [Container]) -> [PlannedStep] {
        var off = replica
        off.state = state
        // What only this one has acknowledged is with the others before they have to answer for it.
        return left.map { self.await($0, primary) } + [PlannedStep(.putContainer(off), isPointOfNoReturn: true)]
            + (left.isEmpty ? [on(primary, .waiveReplica(database(primary)))] : [])
    }

    /// From the severed replicas to a new primary that serves. The others follow it and are bound anew.
    ///
    /// - Parameter old: becomes the new one's backup in the inventory, in a state in which nobody promotes it.
    func rise(
        _ replica: Container, peers: [Container], asked: [Container], old: Container, oldState: Container.State,
        deadServer: String?
    ) -> [PlannedStep] {
        var new = replica
        new.kind = .active
        new.state = .running
        new.backupOf = nil
        var retired = old
        retired.kind = .backup
        retired.state = oldState
        retired.backupOf = new.name
        let waiting = peers.map { peer in
            var waiting = peer
            waiting.state = .starting
            waiting.backupOf = new.name
            return waiting
        }
        // Written off while the old primary still waits for them: the new one begins without.
        var steps = peers.map { peer in
            var off = peer
            off.state = .starting
            return PlannedStep(.putContainer(off))
        }
        steps.append(
            on(
                new, promotion(of: new, peers: asked, requiresReplica: false),
                undo: .demoteDatabase(database(new), answersWithinSeconds: 0), seconds: DatabaseTimes.promotionSeconds + 10,
                isPointOfNoReturn: true))
        steps += ([new, retired] + waiting).map { PlannedStep(.putContainer($0)) }
        steps += serve(new, except: deadServer)
        for peer in waiting { steps += [follow(peer, new), self.await(peer, new)] }
        return steps + bind(waiting, to: new)
    }

    /// Replicas that have caught up are waited for, and written down as bound after that.
    func bind(_ replicas: [Container], to primary: Container) -> [PlannedStep] {
        guard !replicas.isEmpty else { return [] }
        return [on(primary, .requireReplica(database(primary)))]
            + replicas.map { replica in
                var ready = replica
                ready.state = .running
                return PlannedStep(.putContainer(ready))
            }
    }

    /// The primary gives its work to a replica in good order: nobody writes, the replica has all, the replica is promoted; the old primary
    /// follows it and is bound.
    func switchOver(from primary: Container, to replica: Container) -> [PlannedStep] {
        let replicas = bound(to: primary)
        let peers = replicas.filter { $0.name != replica.name }
        var steps = policy.loadBalancers.map { pool in
            let backend = parts(primary).backend(pool.pool)
            return PlannedStep(.agent(server: pool.server, step: .removeBackend(backend), undo: .addBackend(backend)))
        }
        steps.append(demote(primary, undo: promotion(of: primary, peers: replicas, requiresReplica: true)))
        steps += release(primary, isUndone: true)
        steps += replicas.map { self.await($0, primary) } + replicas.map { sever($0, expectsLoss: false) }
        steps += rise(
            replica, peers: peers, asked: peers + [primary], old: primary, oldState: .starting, deadServer: nil)
        var new = replica
        new.kind = .active
        new.backupOf = nil
        var retired = primary
        retired.kind = .backup
        retired.backupOf = new.name
        return steps + [follow(retired, new), self.await(retired, new)] + bind([retired], to: new)
    }
}
