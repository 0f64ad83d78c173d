import AgentContract
import Telemetry
import Topology

extension Planner {
    /// Roles in the order they are brought back: what others wait for comes first.
    static let importance: [Role] = [.db, .queue, .search, .web, .lb, .mail, .acc, .monitor]

    static func failover(for alert: Alert, _ input: PlanningInput) -> PlanningOutcome {
        let lost: [Container]
        let subject: String
        // A whole server lost; or one container, where the alert names it.
        if let name = alert.labels["container"], let container = input.stack.container(name) {
            lost = [container]
            subject = name
        } else if let server = alert.labels["server"], input.stack.server(server) != nil {
            lost = input.stack.containers(on: server)
            subject = server
        } else {
            return .refuse(.unclear, "alert \(alert.name) has no label `server` or `container` that the inventory knows")
        }
        let prefix = identifier(.failover, subject, 0).dropLast()
        guard !input.underWay.contains(where: { $0.id.hasPrefix(prefix) }) else {
            return .refuse(.underWay, "the failover of \(subject) is under way")
        }
        var work = FailoverWork(input: input, dead: lost.first?.server ?? subject, isServer: subject != lost.first?.name)
        let active = lost.filter { $0.kind == .active && $0.state != .stopped && $0.state != .failed }
        for container in active.sorted(by: { rank($0) < rank($1) }) { work.rescue(container) }
        guard !work.steps.isEmpty else {
            let reasons = work.notes.isEmpty ? "no active container is on it" : work.notes.joined(separator: "; ")
            return .refuse(work.notes.isEmpty ? .unneeded : .noRoom, "nothing of \(subject) is brought up elsewhere: \(reasons)")
        }
        let decision = Decision(
            summary: "\(subject) is lost: \(work.moves.joined(separator: ", "))",
            evidence: [evidence(of: alert)] + lost.map { Decision.Evidence($0.name, "\($0.kind.rawValue) on \($0.server)") },
            alternatives: work.notes + ["wait for \(subject) to come back: its roles would not serve meanwhile"],
            otherwise: "\(active.map(\.name).joined(separator: ", ")) would not serve")
        let roles = Set(active.map(\.role))
        return .plan(
            Plan(
                id: identifier(.failover, subject, input.now), purpose: .failover,
                role: roles.count == 1 ? roles.first : nil, createdAt: input.now,
                steps: work.steps + work.bestEffort, decision: decision))
    }

    private static func rank(_ container: Container) -> (Int, String) {
        (importance.firstIndex(of: container.role) ?? importance.count, container.name)
    }
}

/// The steps that bring lost containers back elsewhere.
private struct FailoverWork {
    let input: PlanningInput
    let dead: String
    /// The whole server is lost, so that nothing may be started on it.
    let isServer: Bool
    private(set) var steps: [PlannedStep] = []
    /// What may wait until all roles serve, since the server it is sent to is probably dead.
    private(set) var bestEffort: [PlannedStep] = []
    private(set) var moves: [String] = []
    private(set) var notes: [String] = []
    private var placement: Placement

    init(input: PlanningInput, dead: String, isServer: Bool) {
        self.input = input
        self.dead = dead
        self.isServer = isServer
        placement = Placement(stack: input.stack, measured: [:], coming: input.comingContainers)
    }

    mutating func rescue(_ lost: Container) {
        let backup = input.stack.containers.first { $0.kind == .backup && $0.backupOf == lost.name }
        if let backup, backup.server != dead || !isServer, isUsable(backup.server) {
            takeOver(lost, by: backup)
        } else {
            if let backup { notes.append("\(backup.name): its server \(backup.server) is lost as well") }
            startElsewhere(lost)
        }
    }

    /// The backup gets the active's address and work; the two change places in the inventory.
    private mutating func takeOver(_ lost: Container, by backup: Container) {
        let policy = input.policy.roles[lost.role]
        var active = backup
        active.kind = .active
        active.state = .running
        active.backupOf = nil
        active.address = lost.address
        var retired = lost
        retired.kind = .backup
        retired.state = .failed
        retired.backupOf = active.name
        let parts = ContainerSteps(container: active, policy: policy)
        let before = ContainerSteps(container: lost, policy: policy)
        for pool in policy?.loadBalancers ?? [] where pool.server != dead {
            steps.append(
                PlannedStep(
                    .agent(server: pool.server, step: .removeBackend(before.backend(pool.pool)), undo: nil), mayFail: true,
                    timeoutSeconds: 2))
        }
        steps += parts.start(graceSeconds: 5)
        steps.append(PlannedStep(.putContainer(retired)))
        steps += parts.join(except: dead)
        stopTheDead(lost)
        placement.add(active)
        moves.append("\(active.name) on \(active.server) takes over from \(lost.name)")
    }

    /// The same container on a server with room.
    private mutating func startElsewhere(_ lost: Container) {
        guard let policy = input.policy.roles[lost.role] else {
            notes.append("\(lost.name): no backup, and no policy for \(lost.role.rawValue) to start it elsewhere by")
            return
        }
        let leaving = input.leavingServers
        let servers = input.stack.attachedServers.filter { $0.name != dead && isUsable($0.name) && !leaving.contains($0.name) }
        guard let best = placement.candidates(for: lost, among: servers).first else {
            notes.append("\(lost.name): no backup, and no server with room for it")
            return
        }
        var moved = lost
        moved.server = best.server.name
        moved.state = .running
        let parts = ContainerSteps(container: moved, policy: policy)
        steps += parts.start(graceSeconds: 5) + parts.join(except: dead)
        stopTheDead(lost)
        placement.add(moved)
        moves.append("\(lost.name) starts on \(moved.server)")
    }

    /// Should the server be cut off and not dead, nothing is to run twice when it comes back.
    private mutating func stopTheDead(_ lost: Container) {
        bestEffort.append(
            PlannedStep(
                .agent(server: lost.server, step: .stopContainer(name: lost.name, graceSeconds: 1), undo: nil), mayFail: true,
                timeoutSeconds: 2))
    }

    private func isUsable(_ server: String) -> Bool {
        guard let server = input.stack.server(server) else { return false }
        return server.health != .down && (!isServer || server.name != dead)
    }
}
