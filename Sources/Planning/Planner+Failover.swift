import AgentContract
import Telemetry
import Topology

extension Planner {
    /// Roles in the order they are brought back: what others wait for comes first.
    static let importance: [Role] = [.db, .queue, .search, .web, .lb, .mail, .acc, .monitor]

    /// A plan for each container that is lost, the important ones first: one that can't be brought back keeps no other from it, and
    /// roles come back side by side.
    static func failovers(for alert: Alert, _ input: PlanningInput) -> [PlanningOutcome] {
        let lost: [Container]
        var server: String?
        // A whole server lost; or one container, where the alert names it.
        if let name = alert.labels["container"], let container = input.stack.container(name) {
            lost = [container]
        } else if let name = alert.labels["server"], input.stack.server(name) != nil {
            lost = input.stack.containers(on: name)
            server = name
        } else {
            return [.refuse(.unclear, "alert \(alert.name) has no label `server` or `container` that the inventory knows")]
        }
        // Its database's replicas have told that a server is lost, before everything else on it is moved.
        if alert.labels["lost"] == "server" { server = lost.first?.server }
        let active = lost.filter { container in
            container.state != .stopped && container.state != .failed
                && (container.kind == .active || isBoundReplica(container, input))
        }
        guard !active.isEmpty else {
            let subject = server ?? lost.map(\.name).joined()
            return [.refuse(.unneeded, "nothing of \(subject) is brought up elsewhere: no active container is on it")]
        }
        var rest = input
        return active.sorted { rank($0) < rank($1) }.map { container in
            let outcome = Rescue(of: container, lostServer: server, input: rest).outcome(for: alert)
            // What the next one finds is what this one leaves.
            if case .plan(let plan) = outcome { rest.underWay.append(plan) }
            return outcome
        }
    }

    /// Its primary waits for it, so that its loss has to be seen to.
    private static func isBoundReplica(_ container: Container, _ input: PlanningInput) -> Bool {
        container.state == .running && ReplicatedRole(of: container, input) != nil
    }

    private static func rank(_ container: Container) -> (Int, String) {
        (importance.firstIndex(of: container.role) ?? importance.count, container.name)
    }
}

/// How one lost container is brought back: by its backup, or on another server.
private struct Rescue {
    let lost: Container
    /// Set where the whole server is lost, so that nothing may be started on it.
    let lostServer: String?
    let input: PlanningInput

    init(of lost: Container, lostServer: String?, input: PlanningInput) {
        self.lost = lost
        self.lostServer = lostServer
        self.input = input
    }

    func outcome(for alert: Alert) -> PlanningOutcome {
        let prefix = Planner.identifier(.failover, lost.name, 0).dropLast()
        guard !input.underWay.contains(where: { $0.id.hasPrefix(prefix) }) else {
            return .refuse(.underWay, "the failover of \(lost.name) is under way")
        }
        if let replicated = ReplicatedRole(of: lost, input) {
            do throws(Refusal) {
                let rescue = DatabaseRescue(replicated: replicated, lost: lost, lostServer: lostServer, input: input)
                return .plan(try rescue.plan(for: alert))
            } catch {
                return .refusal(error)
            }
        }
        let backup = input.stack.containers.first { $0.kind == .backup && $0.backupOf == lost.name }
        if let backup, isUsable(backup.server) { return .plan(takeOver(by: backup, alert)) }
        let note = backup.map { "its backup \($0.name) is on \($0.server), which is lost as well" } ?? "it has no backup"
        guard let policy = input.policy.roles[lost.role] else {
            return refusal("\(note), and the configuration has no role \(lost.role.rawValue) to start it elsewhere by")
        }
        do {
            return .plan(startElsewhere(on: try bestServer(), policy, note, alert))
        } catch {
            return .refuse(error.code, "\(lost.name) is not brought up elsewhere: \(note), and \(error.reason)")
        }
    }

    private func refusal(_ why: String) -> PlanningOutcome {
        .refuse(.noRoom, "\(lost.name) is not brought up elsewhere: \(why)")
    }

    /// The backup gets the active's address and work; the two change places in the inventory.
    private func takeOver(by backup: Container, _ alert: Alert) -> Plan {
        let policy = input.policy.roles[lost.role]
        let (active, retired) = lost.exchanged(with: backup, leaving: .failed)
        let parts = ContainerSteps(container: active, policy: policy)
        let before = ContainerSteps(container: lost, policy: policy)
        var steps = (policy?.loadBalancers ?? []).filter { $0.server != lost.server }.map { pool in
            PlannedStep(
                .agent(server: pool.server, step: .removeBackend(before.backend(pool.pool)), undo: nil), mayFail: true,
                timeoutSeconds: 2)
        }
        steps += parts.start(graceSeconds: 5)
        steps.append(PlannedStep(.putContainer(retired)))
        steps += parts.join(except: lost.server)
        return plan(steps, "\(active.name) on \(active.server) takes over from \(lost.name)", [], alert)
    }

    /// The same container on a server with room.
    private func startElsewhere(on server: String, _ policy: RolePolicy, _ note: String, _ alert: Alert) -> Plan {
        var moved = lost
        moved.server = server
        moved.state = .running
        let parts = ContainerSteps(container: moved, policy: policy)
        let steps = parts.start(graceSeconds: 5) + parts.join(except: lost.server)
        return plan(steps, "\(lost.name) starts on \(server)", ["let a backup take over: \(note)"], alert)
    }

    private func plan(_ steps: [PlannedStep], _ move: String, _ alternatives: [String], _ alert: Alert) -> Plan {
        // Nothing is to run twice. Where the server lives this comes first: a container that hangs still holds its address and its data. Where the
        // server may be cut off and not dead it comes last: it probably has nobody to hear it, and what comes back later is stopped then.
        let stop = PlannedStep(
            .agent(
                server: lost.server, step: .stopContainer(name: lost.name, graceSeconds: lostServer == nil ? 0 : 1), undo: nil),
            mayFail: lostServer != nil, timeoutSeconds: lostServer == nil ? 10 : 2)
        let subject = lostServer ?? lost.name
        let decision = Decision(
            summary: "\(subject) is lost: \(move)",
            evidence: [Planner.evidence(of: alert), .init(lost.name, "\(lost.kind.rawValue) on \(lost.server)")],
            alternatives: alternatives + ["wait for \(subject) to come back: \(lost.role.rawValue) would not serve meanwhile"],
            otherwise: "\(lost.name) would not serve")
        return Plan(
            id: Planner.identifier(.failover, lost.name, input.now), purpose: .failover, role: lost.role, createdAt: input.now,
            steps: lostServer == nil ? [stop] + steps : steps + [stop], decision: decision)
    }

    private func bestServer() throws(Refusal) -> String {
        let leaving = input.leavingServers
        let servers = input.stack.attachedServers.filter {
            $0.name != lost.server && isUsable($0.name) && !leaving.contains($0.name)
        }
        let places = try ContainerPlacement(stack: input.stack, coming: input.comingContainers + input.movingContainers)
            .places(for: [lost], on: servers)
        return places[0]
    }

    private func isUsable(_ server: String) -> Bool {
        guard let server = input.stack.server(server) else { return false }
        return server.health != .down && server.name != lostServer
    }
}
