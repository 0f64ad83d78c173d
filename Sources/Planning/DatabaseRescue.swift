import AgentContract
import Telemetry
import Topology

/// What is done when a member of a replicated role is lost.
///
/// | lost | what is done |
/// |---|---|
/// | the primary, with a bound replica | fenced and demoted; the replicas cease to listen; the one that has most is promoted and serves |
/// | the primary, without one, its server alive | started again where its data is |
/// | the primary and each bound replica, the primary's server alive | all are started; the primary has what they have before it serves |
/// | a replica | shut out and written off; a primary that it was the last of goes on alone |
///
/// Fence and demotion may fail only where the whole server is lost: then the replicas are the other witnesses, and each ceases to listen only
/// if it does not hear the primary any more. That alone stops the old primary: it acknowledges nothing that no replica has.
struct DatabaseRescue {
    let replicated: ReplicatedRole
    let lost: Container
    /// Set where the whole server is lost.
    let lostServer: String?
    let input: PlanningInput

    func plan(for alert: Alert) throws(Refusal) -> Plan {
        // A plan that waits for people may wait; one under way is not overtaken, or its steps would come after these.
        if let busy = replicated.underWay(input) {
            throw Refusal(code: .underWay, reason: "plan \(busy.id) works on members of \(lost.role.rawValue)")
        }
        guard lost.kind == .active else { return try writeOff(alert) }
        let bound = replicated.bound(to: lost)
        guard !bound.isEmpty else { return try startAgain(alert) }
        if let blind = bound.first(where: { !isUsable($0.server) }) {
            throw Refusal(
                code: .noRoom,
                reason:
                    "\(lost.name) has no successor that is known to have all: its replica \(blind.name) on \(blind.server) is lost as "
                    + "well, and may be the only one with what was acknowledged last. Bring \(blind.server) or \(lost.server) back"
            )
        }
        if lostServer != nil, let witness = bound.first(where: { input.databases[$0.name]?.isReceiving == true }) {
            throw Refusal(
                code: .unneeded,
                reason:
                    "\(witness.name) hears \(lost.name), so \(lost.server) is not dead, and its agent alone does not answer; look at it"
            )
        }
        // With each of them down at once the primary's own data is the surest; the replicas are asked before it serves.
        if lostServer == nil, isUsable(lost.server), bound.allSatisfy({ input.databases[$0.name] == nil }) {
            return try startAgain(alert)
        }
        return takeOver(by: best(of: bound), bound, alert)
    }

    /// A former primary that came back and does not know it yet would forbid the promotion.
    private func silence(_ bound: [Container]) -> [PlannedStep] {
        replicated.others(than: lost).filter { other in
            input.databases[other.name]?.isWritable == true && !bound.contains { $0.name == other.name } && isUsable(other.server)
        }.map { replicated.demote($0) }
    }

    private func takeOver(by replica: Container, _ bound: [Container], _ alert: Alert) -> Plan {
        let peers = bound.filter { $0.name != replica.name }
        let isDead = lostServer != nil
        let wait = isDead ? ReplicatedRole.deadServerSeconds : 30
        let leaving = replicated.policy.loadBalancers.filter { $0.server != lostServer }.map { pool in
            PlannedStep(
                .agent(
                    server: pool.server, step: .removeBackend(replicated.parts(lost).backend(pool.pool)), undo: nil),
                mayFail: true, timeoutSeconds: 2)
        }
        let fence = replicated.on(
            lost, .fence(address: lost.host), undo: .unfence(address: lost.host), mayFail: isDead, seconds: wait)
        let demote = replicated.on(
            lost, .demoteDatabase(replicated.database(lost), answersWithinSeconds: 0), mayFail: isDead, seconds: wait)
        // One that hangs holds its right to write, and would come back with it: it is ended, and starts again without. Its clients' connections
        // end with it, which the load balancers would wait for.
        let isSilent = !isDead && input.databases[lost.name] == nil
        var steps = isSilent ? [fence, replicated.end(lost), demote] + leaving : leaving + [fence, demote]
        steps += replicated.release(lost, mayFail: true, isUndone: true)
        steps += silence(bound) + replicated.wake(bound, input) + bound.map { replicated.sever($0, expectsLoss: isDead) }
        steps += replicated.rise(
            replica, peers: peers, asked: peers, old: lost, oldState: .failed, deadServer: lostServer)
        let standings = bound.map { "\($0.name) \(position(of: $0))" }.joined(separator: ", ")
        return made(
            steps, "\(replica.name) on \(replica.server) is promoted in place of \(lost.name)", alert,
            evidence: [.init("replicas", standings)])
    }

    /// Without a replica the data is where it was and nowhere else. Bound ones have to answer, and are waited for again.
    private func startAgain(_ alert: Alert) throws(Refusal) -> Plan {
        guard lostServer == nil, isUsable(lost.server) else {
            throw Refusal(
                code: .noRoom,
                reason:
                    "\(lost.name) is not brought up elsewhere: no replica was bound to it, so its data is on \(lost.server) alone. Bring "
                    + "that back")
        }
        let parts = replicated.parts(lost)
        // One that answers was started by somebody, read-only as it has to be.
        let begin = input.databases[lost.name] == nil ? [parts.stop] + parts.run(graceSeconds: 5) : []
        let bound = replicated.bound(to: lost)
        let lead = replicated.lead(lost, peers: bound, isPointOfNoReturn: true)
        return made(
            begin + silence(bound) + replicated.wake(bound, input) + replicated.claim(lost) + lead + replicated.parts(lost).join()
                + bound.map { replicated.acknowledge($0, mayFail: true) },
            "\(lost.name) is started again on \(lost.server)", alert,
            evidence: [.init("replicas", bound.isEmpty ? "none is bound" : "none answers")])
    }

    private func writeOff(_ alert: Alert) throws(Refusal) -> Plan {
        guard let primary = replicated.primary(of: lost), isUsable(primary.server) else {
            throw Refusal(
                code: .unneeded, reason: "the primary of \(lost.name) does not serve either; that is seen to first")
        }
        // All that do not follow go together: none of them could say what another has acknowledged.
        let bound = replicated.bound(to: primary).filter { $0.name != lost.name }
        let left = bound.filter { isUsable($0.server) && input.databases[$0.name]?.isReceiving == true }
        let gone = [lost] + bound.filter { other in !left.contains { $0.name == other.name } }
        return made(
            [replicated.on(primary, .unfence(address: primary.host))]
                + replicated.writeOff(gone, of: primary, as: .failed, left: left),
            left.isEmpty ? "\(primary.name) goes on without a replica" : "\(primary.name) goes on with the others", alert,
            evidence: [
                .init("replicas lost", gone.map(\.name).joined(separator: ", ")),
                .init("replicas left", left.isEmpty ? "none" : left.map(\.name).joined(separator: ", ")),
            ])
    }

    /// The one that has received most, by what the agents saw last. Should another have more after all, it is fetched from there.
    private func best(of replicas: [Container]) -> Container {
        replicas.max { left, right in
            let (own, other) = (sum(of: left), sum(of: right))
            return own == other ? left.name > right.name : own < other
        } ?? replicas[0]
    }

    private func sum(of replica: Container) -> UInt64 {
        (input.databases[replica.name]?.position.values).map { $0.reduce(0, &+) } ?? 0
    }

    private func position(of replica: Container) -> String {
        guard let seen = input.databases[replica.name] else { return "not seen" }
        return "at " + seen.position.sorted { $0.key < $1.key }.map { "\($0.key)-\($0.value)" }.joined(separator: ",")
    }

    private func isUsable(_ name: String) -> Bool {
        guard let server = input.stack.server(name) else { return false }
        return server.health != .down && name != lostServer
    }

    private func made(
        _ steps: [PlannedStep], _ move: String, _ alert: Alert, evidence: [Decision.Evidence]
    ) -> Plan {
        let subject = lostServer ?? lost.name
        let what = lost.kind == .active ? "takes no writes" : "acknowledges nothing"
        let decision = Decision(
            summary: "\(subject) is lost: \(move)",
            evidence: [Planner.evidence(of: alert), .init(lost.name, "\(lost.kind.rawValue) on \(lost.server)")] + evidence,
            alternatives: ["wait for \(subject) to come back: \(lost.role.rawValue) could not be written to meanwhile"],
            otherwise: "\(lost.name) \(what), and nothing could be committed")
        return Plan(
            id: Planner.identifier(.failover, lost.name, input.now), purpose: .failover, role: lost.role, createdAt: input.now,
            steps: steps, decision: decision)
    }
}
