import AgentContract
import Topology

/// What plans for a replicated role are made of.
extension ReplicatedRole {
    // MARK: - Who may acknowledge

    /// Nothing passes between the primary and a replica any more: it can't acknowledge, whether anybody reaches it or not.
    func shutOut(_ replica: Container, of primary: Container, isUndone: Bool = false) -> PlannedStep {
        on(primary, .fence(address: replica.host), undo: isUndone ? .unfence(address: replica.host) : nil)
    }

    /// Everybody but the replicas given is shut out.
    func shutOut(of primary: Container, except replicas: [Container]) -> [PlannedStep] {
        others(than: primary).filter { other in !replicas.contains { $0.name == other.name } }.map { shutOut($0, of: primary) }
    }

    /// What a former primary had shut out reaches it again. It acknowledges nothing any more.
    func letIn(_ former: Container) -> [PlannedStep] {
        others(than: former).map { on(former, .unfence(address: $0.host)) }
    }

    /// Acknowledges what it receives from now on.
    func acknowledge(_ replica: Container, mayFail: Bool = false) -> PlannedStep {
        on(replica, .resumeReplica(database(replica)), mayFail: mayFail)
    }

    /// A severed replica is let in and follows, without acknowledging; once it has caught up it is bound and acknowledges.
    ///
    /// The first one acknowledges before it is written down: until then the primary alone counts. Between the order to wait and its being
    /// written down it gets what the primary has acknowledged alone. A further one is written down before it acknowledges: else it could be
    /// the only one with something, and a promotion would not ask it.
    func bind(_ replica: Container, to primary: Container, isFirst: Bool) -> [PlannedStep] {
        var ready = replica
        ready.kind = .backup
        ready.backupOf = primary.name
        ready.state = .running
        let following = [
            on(primary, .unfence(address: ready.host), undo: .fence(address: ready.host)), follow(ready, primary),
            self.await(ready, primary),
        ]
        guard isFirst else {
            return following + [PlannedStep(.putContainer(ready), isPointOfNoReturn: true), acknowledge(ready)]
        }
        return following + [
            acknowledge(ready), on(primary, .requireReplica(database(primary))), self.await(ready, primary),
            PlannedStep(.putContainer(ready)),
        ]
    }

    /// Who is to be asked before a promotion is reached: a plan that was to shut it out may have ended where that could not be undone.
    private func hear(_ asked: [Container], _ primary: Container) -> [PlannedStep] {
        asked.map { on(primary, .unfence(address: $0.host)) }
    }

    // MARK: - Parts of plans

    /// Made the primary, or the primary again. Whoever is not bound is shut out before it may acknowledge.
    func lead(
        _ primary: Container, peers: [Container], undo: Step? = nil, isPointOfNoReturn: Bool = false
    ) -> [PlannedStep] {
        [on(primary, .unfence(address: primary.host))] + hear(peers, primary) + shutOut(of: primary, except: peers) + [
            on(
                primary, promotion(of: primary, peers: peers, requiresReplica: !peers.isEmpty), undo: undo,
                seconds: DatabaseTimes.promotionSeconds + 10, isPointOfNoReturn: isPointOfNoReturn)
        ]
    }

    /// Bound replicas that do not answer where their server does are started: none is promoted before all were asked.
    func wake(_ bound: [Container], _ input: PlanningInput) -> [PlannedStep] {
        bound.filter { input.databases[$0.name] == nil }.flatMap { replica in
            parts(replica).mount + [
                on(replica, .startContainer(parts(replica).specification)),
                demote(replica, answersWithin: ReplicatedRole.startSeconds),
            ]
        }
    }

    /// A primary by the inventory is found by its clients, even if the plan that made it one ended early: it has the address, or this is tried
    /// again. A load balancer that does not answer may wait.
    func reach(_ primary: Container) -> [PlannedStep] {
        let claiming = claim(primary).map { step in
            guard case .agent(let server, let action, _) = step.action else { return step }
            return PlannedStep(.agent(server: server, step: action, undo: nil), mayFail: step.mayFail, timeoutSeconds: 5)
        }
        let joining = parts(primary).join().map { step in
            guard case .agent(let server, let action, _) = step.action else { return step }
            return PlannedStep(.agent(server: server, step: action, undo: nil), mayFail: true, timeoutSeconds: 5)
        }
        return [on(primary, .unfence(address: primary.host))] + claiming + joining
    }

    /// A plan under way that works on any member: what two do to one role at once can't be reasoned about. One that waits for people waits.
    func underWay(_ input: PlanningInput) -> Plan? {
        let names = stack.containers(of: role).map(\.name)
        return input.underWay.first { plan in
            plan.approval?.isComplete != false && names.contains { plan.touches(container: $0) }
        }
    }

    /// A database becomes a bound replica: cut off, demoted before anything else, started where it does not run, silenced, bound.
    ///
    /// - Parameter believesToLead: it was the primary and was never told otherwise. What it wrote and could tell nobody waits for an
    ///   acknowledgement; to end its clients' connections would make that its data for good. So it is ended itself, and drops it as it starts.
    func join(_ container: Container, _ primary: Container, believesToLead: Bool = false) -> [PlannedStep] {
        var ready = container
        ready.kind = .backup
        ready.backupOf = primary.name
        ready.state = .running
        let parts = parts(ready)
        let start = PlannedStep(
            .agent(
                server: ready.server, step: .startContainer(parts.specification),
                undo: .stopContainer(name: ready.name, graceSeconds: 5)))
        let bound = bound(to: primary).filter { $0.name != ready.name }
        return [
            on(ready, .fence(address: ready.host), undo: .unfence(address: ready.host)),
            believesToLead ? end(ready) : demote(ready),
        ] + release(ready) + parts.mount + [
            // It may have been made to start writable: nobody reaches it before it is known to be read-only and to listen to nobody.
            start, demote(ready, answersWithin: ReplicatedRole.startSeconds),
            on(ready, .severReplica(database(ready), expectsLoss: false)), on(ready, .unfence(address: ready.host)),
        ] + letIn(ready) + [parts.healthGate] + reach(primary) + shutOut(of: primary, except: bound)
            + bind(ready, to: primary, isFirst: bound.isEmpty)
    }

    /// Bound replicas are written off; a primary that has none left goes on alone after that, never before.
    ///
    /// First of all they are shut out: one may be cut off, and come back at any moment. What only they have acknowledged until then is with the
    /// others before those have to answer for it.
    func writeOff(
        _ replicas: [Container], of primary: Container, as state: Container.State, left: [Container]
    ) -> [PlannedStep] {
        let off = replicas.map { replica in
            var off = replica
            off.state = state
            return PlannedStep(.putContainer(off), isPointOfNoReturn: true)
        }
        return replicas.map { shutOut($0, of: primary, isUndone: true) } + left.map { acknowledge($0) }
            + left.map { self.await($0, primary) } + off
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
        steps += claim(new, deadServer: deadServer) + hear(asked, new)
        steps.append(
            on(
                new, promotion(of: new, peers: asked, requiresReplica: false),
                undo: .demoteDatabase(database(new), answersWithinSeconds: 0), seconds: DatabaseTimes.promotionSeconds + 10,
                isPointOfNoReturn: true))
        steps += ([new, retired] + waiting).map { PlannedStep(.putContainer($0)) }
        steps += parts(new).join(except: deadServer)
        guard !waiting.isEmpty else { return steps }
        steps += shutOut(of: new, except: [])
        for peer in waiting { steps += bind(peer, to: new, isFirst: peer.name == waiting[0].name) }
        return steps
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
        return steps + letIn(primary) + (peers.isEmpty ? shutOut(of: new, except: []) : [])
            + bind(primary, to: new, isFirst: peers.isEmpty)
    }
}
