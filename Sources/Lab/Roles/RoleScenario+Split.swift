import AgentContract
import Foundation
import Topology

extension RoleScenario {
    /// Longest a healed network may take until each container runs once, and the old primary is a replica.
    private static let healBar = 90.0

    /// Half of the network is split off: the primary's server, the overflow server and the monitor that stands by. It goes on by itself, with a
    /// client that writes to its database. The other half serves all roles; afterwards there is one of each, and no acknowledged row is lost.
    func splitNetwork() async throws -> Verdict {
        let primary = try await primary()
        guard let server = RoleMachine(rawValue: primary.server) else {
            throw LabError(.answer, "there is no machine \(primary.server)")
        }
        let active = try await holder(of: RoleMachine.monitorAddress, among: RoleMachine.monitors)
        let half = [server, .o1] + RoleMachine.monitors.filter { $0 != active }
        timeline.heading("The network is split: \(half.map(\.rawValue).joined(separator: ", ")) by themselves")
        let writer = RowWriter(from: Int64(Timeline.now) * 1000)
        let inside = RowWriter(from: Int64(Timeline.now) * 1000 + 500_000_000)
        writer.start(from: try stack.vantage())
        inside.start(onSocketOf: primary.name, server, stack)
        let roles: [Role] = [.web, .mail, .acc]
        let witnesses = try roles.map(witness(of:))
        defer { for witness in witnesses + [writer.witness, inside.witness] { witness.stop() } }
        let all = witnesses + [writer.witness]
        let isWatched = try await wait(8) { all.allSatisfy { $0.account(since: 0).isServed(forSeconds: 0.5) } }
        let cut = Timeline.now
        try await stack.network.split(off: half.map(\.rawValue))
        timeline.note("the network is split", at: cut)
        let isBack = try await wait(30) {
            Timeline.now - cut > 3000 && all.allSatisfy { $0.account(since: cut).isServed(forSeconds: 1) }
        }
        let words = all.map { witness in
            let account = witness.account(since: cut)
            return "\(witness.name) \(account.outage.map(durationText) ?? "not back") (\(account.failures) failed)"
        }
        let late = all.filter { $0.account(since: cut).outage ?? .infinity > RoleScenario.databaseBar * 1000 }.map(\.name)
        if let plan = observations.plans(.failover, after: cut).first(where: { $0.plan.role == .db }) { tell(plan) }
        let promotedAt = writer.witness.account(since: cut).outage.map { cut + $0 } ?? .infinity
        let forked = inside.acknowledgedRows(after: promotedAt).count
        try await settle(after: cut)
        let healed = Timeline.now
        try await stack.network.heal(half.map(\.rawValue))
        timeline.note("the network is one again", at: healed)
        let isWhole = try await wait(RoleScenario.healBar, every: .milliseconds(200)) { await isEachOnce() }
        let whole = Timeline.now - healed
        inside.stop()
        writer.stop()
        let (told, lost) = try await writer.audit(stack)
        let (toldInside, lostInside) = try await inside.audit(stack)
        return Verdict(
            "half of the network is split off",
            "\(words.joined(separator: ", ")); \(lost.count + lostInside.count) of \(told + toldInside) rows lost; one of each "
                + "\(isWhole ? durationText(whole) : "not") after it is one again",
            unless: [
                (!isWatched, "not all served before"), (!isBack, "not all came back"),
                (!late.isEmpty, "\(late.joined(separator: " and ")) took longer than the bar"),
                (forked > 0, "the old primary acknowledged \(forked) rows while another was the primary"),
                (!lost.isEmpty || !lostInside.isEmpty, "acknowledged rows are lost"),
                (!isWhole, "run: \(runningContainers().sorted()); inventory: \(await inventoryText())"),
            ])
    }

    /// What runs is what the inventory has as running, each where it belongs.
    private func isEachOnce() async -> Bool {
        guard let containers = try? await monitor.stack().containers else { return false }
        let wanted = Set(containers.filter { $0.state == .running }.map { "\($0.server)/\($0.name)" })
        let members = RoleContainer.all.filter(\.isReplicated).map(\.name)
        let bound = containers.filter { members.contains($0.name) && $0.state == .running }
        return runningContainers() == wanted && bound.count == members.count
    }

    private func inventoryText() async -> String {
        guard let containers = try? await monitor.stack().containers else { return "not known" }
        return containers.map { "\($0.server)/\($0.name) \($0.state.rawValue)" }.sorted().joined(separator: ", ")
    }
}
