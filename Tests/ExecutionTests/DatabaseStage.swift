import AgentContract
import Foundation
import Planning
import StateStore
import Telemetry
import TestKit
import Testing
import Topology

@testable import Execution

/// A stack with a replicated role in a ``DatabaseWorld``: alerts as the shipped rules make them, plans, faults, and what must be so always.
final class DatabaseStage {
    enum Trouble { case none, failure, cancel }

    struct Tally {
        var failovers = 0
        var switchovers = 0
        var joined = 0
        var undone = 0
        var cutShort = 0
        var cancelled = 0
        var seeded = 0
        var writes = 0

        mutating func add(_ other: Tally) {
            failovers += other.failovers
            switchovers += other.switchovers
            joined += other.joined
            undone += other.undone
            cutShort += other.cutShort
            cancelled += other.cancelled
            seeded += other.seeded
            writes += other.writes
        }
    }

    var world: DatabaseWorld
    var stack: Stack
    var tally = Tally()
    let seed: UInt64
    var random: SeededGenerator
    var now: Int64 = 1_000_000
    /// Told only where something is wrong: texts take longer than the play.
    var story: [() -> String] = []
    var faultsAreOn = false

    init(members: Int, seed: UInt64) throws {
        self.seed = seed
        random = SeededGenerator(seed: seed ^ 0xdb)
        let limits = Resources(cores: 1, memoryBytes: 1 << 28)
        let containers = (1...members).map { number in
            Container(
                name: "db\(number)", role: .db, kind: number == 1 ? .active : .backup, server: "s\(number)",
                address: "10.0.0.\(number)/24", port: 3306, limits: limits, image: "v1", state: .running,
                backupOf: number == 1 ? nil : "db1")
        }
        let servers = (1...members).map { number in
            Server(
                name: "s\(number)", kind: .member, address: "10.0.1.\(number)", agentURL: "http://s\(number)",
                capacity: Resources(cores: 8, memoryBytes: 1 << 33), health: .up)
        }
        stack = Stack(name: "x", servers: servers, containers: containers)
        world = DatabaseWorld(containers, seed: seed)
    }

    // MARK: - The play

    func play(rounds: Int) throws {
        faultsAreOn = true
        for _ in 0..<rounds {
            try happen()
            write()
            if Int.random(in: 0..<4, using: &random) == 0, let plan = ordered() {
                try run(plan, trouble(), at: Int.random(in: 0..<plan.steps.count, using: &random))
            } else if let plan = plan(for: alerts().randomElement(using: &random)) {
                try run(plan, trouble(), at: Int.random(in: 0..<plan.steps.count, using: &random))
            }
        }
        faultsAreOn = false
    }

    /// Everything is mended, and the rules go on until there is nothing to order: then all serve, and nothing acknowledged is lost.
    func recover() throws {
        world.cutOff = []
        var trouble: String?
        for _ in 0..<40 where trouble == nil {
            write()
            let stopped = stack.containers.filter { $0.state == .stopped }
            if let stopped = stopped.first(where: { $0.kind == .active }) ?? (alerts().isEmpty ? stopped.first : nil) {
                try follow(OperatorOrder(.start(container: stopped.name), by: "test"))
                continue
            }
            guard let alert = alerts().first else { break }
            if let plan = plan(for: alert) {
                try run(plan, .none, at: 0)
            } else {
                trouble = "nothing is done about \(alert.labels)"
            }
        }
        write()
        let primaries = world.acknowledging
        #expect(primaries.count <= 1, "\(tale)")
        let primary = primaries.first
        if let primary { #expect(world.acknowledged.isSubset(of: world.members[primary]?.log ?? []), "\(tale)") }
        trouble = trouble ?? unhealed(primary)
        guard let trouble else { return }
        Issue.record("not healed: \(trouble); \(tale)")
    }

    private func unhealed(_ primary: String?) -> String? {
        guard let primary else { return "nobody is primary" }
        if stack.container(primary)?.kind != .active { return "\(primary) is primary, and the inventory has it as a backup" }
        if !stack.containers.allSatisfy({ $0.state == .running }) { return "not all run" }
        let holders = world.members.filter(\.value.holdsAddress).map(\.key)
        if holders != [primary] { return "the service address is at \(holders)" }
        if world.acknowledgers(of: primary).count != stack.containers.count - 1 { return "not all replicas acknowledge" }
        return world.members[primary]?.isStrict == true ? nil : "\(primary) requires no replica"
    }

    private func follow(_ order: OperatorOrder) throws {
        let outcome = Planner.plan(for: order, input())
        guard let plan = outcome.plan else {
            Issue.record("\(order.action): \(outcome.refusal?.reason ?? "") \(tale)")
            return
        }
        try run(plan, .none, at: 0)
    }

    private func trouble() -> Trouble {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .failure
        case 1: .cancel
        default: .none
        }
    }

    /// Something befalls a server, its database or its network.
    func happen() throws {
        guard let member = stack.containers.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            story.append { "crash \(member.name)" }
            world.crash(member.name)
        case 1:
            story.append { "cut off \(member.server)" }
            world.cutOff.insert(member.server)
        case 2, 3:
            story.append { [cutOff = world.cutOff] in "mend \(cutOff.sorted())" }
            world.cutOff = []
        default: break
        }
        try check("what happened")
    }

    func write() {
        world.write()
        tally.writes += 1
    }

    /// The first of the orders, in any order, that are possible.
    private func ordered() -> Plan? {
        let input = input()
        return orders().shuffled(using: &random).lazy.compactMap { Planner.plan(for: $0, input).plan }.first
    }

    private func orders() -> [OperatorOrder] {
        let names = stack.containers.map(\.name)
        let actions: [OperatorOrder.Action] =
            names.map { .restart(container: $0) } + (names + names + names).map { .move(container: $0, server: nil) }
            + names.map { .start(container: $0) } + names.map { .stop(container: $0) } + [
                .rollout(role: .db, image: Bool.random(using: &random) ? "v1" : "v2")
            ]
        return actions.map { OperatorOrder($0, by: "test", isForced: true) }
    }

    // MARK: - What the rules say

    func alerts() -> [Alert] {
        var alerts: [Alert] = []
        let actives = stack.containers.filter { $0.kind == .active && $0.state == .running }
        let bound = stack.containers.filter { $0.kind == .backup && $0.state == .running }
        for active in actives {
            let isCutOff = world.cutOff.contains(active.server)
            let isUnheard = bound.contains { world.isReachable($0.name) && !world.hears($0.name, active.name) }
            if isCutOff, isUnheard {
                alerts.append(alert("failover", active, ["lost": "server"]))
            } else if !isCutOff, !world.isPrimary(active.name) {
                alerts.append(alert("failover", active, [:]))
            }
            guard !isCutOff, world.isPrimary(active.name) else { continue }
            let heard = world.acknowledgers(of: active.name)
            alerts += bound.filter { !heard.contains($0.name) }.map { alert("failover", $0, [:]) }
            let missing = stack.containers.filter { $0.state == .failed || $0.state == .starting }
            alerts += missing.filter { $0.kind == .backup && !world.cutOff.contains($0.server) }
                .map { alert("rebalance", $0, [:]) }
        }
        return alerts
    }

    private func alert(_ action: String, _ container: Container, _ more: [String: String]) -> Alert {
        var labels: Labels = [
            "alertname": "Database", "action": action, "container": container.name, "server": container.server,
        ]
        for (name, value) in more { labels = labels.setting(name, to: value) }
        return Alert(labels: labels, state: .firing, value: 1, activeAt: now)
    }

    func input() -> PlanningInput {
        now += 1000
        var stack = stack
        for index in stack.servers.indices where world.cutOff.contains(stack.servers[index].name) {
            stack.servers[index].health = .down
        }
        var policy = PlanningPolicy()
        policy.guardRails.blastRadius.down = 1
        let access = DatabaseAccess(port: 3306, user: "m", passwordFile: "/p", socket: "/s")
        policy.roles[.db] = RolePolicy(
            image: "v1", limits: Resources(cores: 1, memoryBytes: 1 << 28), port: 3306, addresses: [], maximum: 9,
            replication: .init(access: access, serviceAddress: "10.0.0.50/24"))
        var seen: [String: PlanningInput.SeenDatabase] = [:]
        for (name, member) in world.members where world.isReachable(name) {
            seen[name] = .init(
                isWritable: !member.isReadOnly, isReceiving: member.follows.map { world.hears(name, $0) },
                position: [0: UInt64(member.log.count)])
        }
        return PlanningInput(now: now, stack: stack, policy: policy, databases: seen)
    }

    func plan(for alert: Alert?) -> Plan? { alert.flatMap { Planner.plans(for: $0, input()).first?.plan } }

    // MARK: - What must be so always

    func check(_ moment: String) throws {
        let primaries = world.acknowledging
        try #require(primaries.count <= 1, "two acknowledge after \(moment): \(primaries) \(tale)")
        for primary in primaries {
            let lost = world.acknowledged.subtracting(world.members[primary]?.log ?? [])
            try #require(lost.isEmpty, "\(primary) lacks \(lost.sorted().prefix(5)) after \(moment) \(tale)")
        }
    }

    var tale: String { "seed \(seed)\n" + story.suffix(200).map { $0() }.joined(separator: "\n") }
}
