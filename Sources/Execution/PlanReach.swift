import AgentContract
import Topology

/// What a plan works on: plans that would be in each other's way run one after the other, all others side by side.
struct PlanReach: Sendable {
    /// Nobody else may touch these meanwhile: roles, containers, leases, addresses.
    private(set) var claims: Set<String> = []
    /// Servers that must stay: others may work on them too, but not give them back. And the role of a failover: it works on containers that are
    /// there, each with a place and an address of its own, so two of them run side by side, while what gives a role other containers waits.
    private(set) var uses: Set<String> = []

    init(_ plan: Plan) {
        if let role = plan.role { claims.insert("role/\(role.rawValue)") }
        for step in plan.steps { add(step.action) }
        guard plan.purpose == .failover, !leadsDatabases(plan) else { return }
        let roles = claims.filter { $0.hasPrefix("role/") }
        claims.subtract(roles)
        uses.formUnion(roles)
    }

    /// What two plans do to one replicated database at once can't be reasoned about.
    private func leadsDatabases(_ plan: Plan) -> Bool {
        plan.steps.contains { step in
            if case .agent(_, let action, _) = step.action { action.database != nil } else { false }
        }
    }

    func conflicts(with other: PlanReach) -> Bool {
        !claims.isDisjoint(with: other.claims) || !claims.isDisjoint(with: other.uses) || !uses.isDisjoint(with: other.claims)
    }

    private mutating func add(_ action: PlannedStep.Action) {
        switch action {
        case .attach(let server), .detach(let server), .setDrained(let server, _): claims.insert("server/\(server)")
        case .putContainer(let container):
            claims.insert("role/\(container.role.rawValue)")
            claims.insert("container/\(container.name)")
        case .dropContainer(let name): claims.insert("container/\(name)")
        case .agent(let server, let step, let undo): add(server, [step, undo].compactMap(\.self))
        }
    }

    private mutating func add(_ server: String, _ steps: [Step]) {
        for step in steps {
            switch step {
            case .startContainer(let specification):
                claims.insert("role/\(specification.role.rawValue)")
                claims.insert("address/\(specification.address)")
                claims.insert("container/\(specification.name)")
                uses.insert("server/\(server)")
            case .stopContainer(let name, _): claims.insert("container/\(name)")
            case .mountSharedFiles, .unmountSharedFiles: uses.insert("server/\(server)")
            case .addBackend(let backend), .drainBackend(let backend, _), .removeBackend(let backend):
                claims.insert("backend/\(backend.pool)/\(backend.name)")
            case .claimAddress(let address, _), .releaseAddress(let address, _): claims.insert("address/\(address)")
            case .ban(let address, _, _), .unban(let address): claims.insert("ban/\(address)")
            case .promoteDatabase(let database, _), .demoteDatabase(let database, _), .severReplica(let database, _),
                .resumeReplica(let database), .followPrimary(let database, _), .awaitReplica(let database, _, _),
                .requireReplica(let database), .waiveReplica(let database):
                claims.insert("container/\(database.container)")
                uses.insert("server/\(server)")
            case .fence(let address), .unfence(let address): claims.insert("fence/\(address)")
            case .claimServiceAddress(let address, let container), .releaseServiceAddress(let address, let container):
                claims.insert("address/\(address)")
                claims.insert("container/\(container)")
            case .waitUntilHealthy: break
            }
        }
    }
}
