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
    private let seed: UInt64
    private var random: SeededGenerator
    private var now: Int64 = 1_000_000
    private var story: [String] = []
    private var faultsAreOn = false

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
            let order = Int.random(in: 0..<4, using: &random) == 0 ? orders().randomElement(using: &random) : nil
            if let order, let plan = Planner.plan(for: order, input()).plan {
                try run(plan, trouble(), at: Int.random(in: 0..<plan.steps.count, using: &random))
            } else if let plan = plan(for: alerts().randomElement(using: &random)) {
                try run(plan, trouble(), at: Int.random(in: 0..<plan.steps.count, using: &random))
            }
        }
        faultsAreOn = false
    }

    /// Everything is mended, and the rules go on until there is nothing to order.
    func recover() throws {
        world.cutOff = []
        for _ in 0..<40 {
            write()
            guard let alert = alerts().first else { break }
            guard let plan = plan(for: alert) else {
                Issue.record("nothing is done about \(alert.labels): \(tale)")
                return
            }
            try run(plan, .none, at: 0)
        }
        write()
        let primaries = world.acknowledging
        #expect(primaries.count == 1, "\(tale)")
        guard let primary = primaries.first else { return }
        #expect(stack.container(primary)?.kind == .active, "\(tale)")
        #expect(stack.containers.allSatisfy { $0.state == .running }, "\(tale)")
        #expect(world.replicas(of: primary).count == stack.containers.count - 1, "\(tale)")
        #expect(world.members[primary]?.isStrict == true, "\(tale)")
        #expect(world.acknowledged.isSubset(of: world.members[primary]?.log ?? []), "\(tale)")
    }

    private func trouble() -> Trouble {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .failure
        case 1: .cancel
        default: .none
        }
    }

    /// Something befalls a server, its database or its network.
    private func happen() throws {
        guard let member = stack.containers.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            story.append("crash \(member.name)")
            world.crash(member.name)
        case 1:
            story.append("cut off \(member.server)")
            world.cutOff.insert(member.server)
        case 2, 3:
            story.append("mend \(world.cutOff.sorted())")
            world.cutOff = []
        default: break
        }
        try check("what happened")
    }

    private func write() {
        world.write()
        tally.writes += 1
    }

    private func orders() -> [OperatorOrder] {
        let names = stack.containers.map(\.name)
        let actions: [OperatorOrder.Action] =
            names.map { .restart(container: $0) } + names.map { .move(container: $0, server: nil) }
            + names.map { .start(container: $0) } + [.rollout(role: .db, image: Bool.random(using: &random) ? "v1" : "v2")]
        return actions.map { OperatorOrder($0, by: "test") }
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
            alerts += bound.filter { !world.hears($0.name, active.name) }.map { alert("failover", $0, [:]) }
            let missing = stack.containers.filter { $0.state == .failed || $0.state == .starting || $0.state == .stopped }
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

    // MARK: - A plan as the executor goes through it

    func run(_ plan: Plan, _ trouble: Trouble, at troubled: Int) throws {
        story.append("\(plan.decision.summary) [\(trouble) \(troubled)]")
        var progress = PlanProgress(plan: plan, journal: [], cancelled: false)
        var saved: [Int: Container?] = [:]
        var isBegun = false
        while true {
            if trouble == .cancel, progress.steps[troubled].before != nil { progress.cancelled = true }
            if faultsAreOn, isBegun, Int.random(in: 0..<40, using: &random) == 0 { try happen() }
            isBegun = true
            switch progress.next {
            case .perform(let index):
                let step = plan.steps[index]
                if case .putContainer(let container) = step.action { saved[index] = stack.container(container.name) }
                progress.append(JournalRecord(plan: plan.id, step: index, phase: .before, time: now))
                // A monitor killed here knows of no answer; it may be cancelled before it asks again.
                if trouble == .cancel, index == troubled, Bool.random(using: &random) {
                    _ = try? attempt(step.action)
                    progress.cancelled = true
                    try check("\(step.detail), unanswered")
                    continue
                }
                var outcome = step.mayFail ? "passed over" : "failed"
                var error: String?
                do {
                    // The inventory does not fail in the model.
                    if case .agent = step.action, trouble == .failure, index == troubled {
                        throw DatabaseWorld.Refused(why: "failed by the test")
                    }
                    outcome = try attempt(step.action) ? "done" : "unchanged"
                } catch let refused { error = "\(refused)" }
                progress.append(
                    JournalRecord(plan: plan.id, step: index, phase: .after, outcome: outcome, message: error ?? "", time: now))
                story.append("  \(step.detail): \(outcome) \(error ?? "")")
            case .undo(let index):
                let outcome = undo(plan.steps[index].action, saved[index] ?? nil)
                progress.append(JournalRecord(plan: plan.id, step: index, phase: .undoBefore, time: now))
                progress.append(
                    JournalRecord(
                        plan: plan.id, step: index, phase: .undoAfter, outcome: outcome, time: now))
                story.append("  undo \(plan.steps[index].detail): \(outcome)")
            case .finish(let state, let message):
                return finish(plan, state, message)
            }
            try check("a step of \(plan.id)")
            write()
            try check("writes")
        }
    }

    private func finish(_ plan: Plan, _ state: PlanRecord.State, _ message: String) {
        story.append("  \(state) \(message)")
        switch state {
        case .done where plan.purpose == .failover: tally.failovers += 1
        case .done where plan.purpose == .move: tally.switchovers += 1
        case .done where plan.purpose == .rebalance: tally.joined += 1
        case .undone: tally.undone += 1
        case .cancelled: tally.cancelled += 1
        case .failed: tally.cutShort += 1
        default: break
        }
        // The refusal says what to do, and an operator does it.
        for step in plan.steps where message.contains("ahead") {
            guard case .agent(_, .followPrimary(let database, let primary), _) = step.action else { continue }
            guard world.members[database.container]?.isReadOnly == true, world.isPrimary(primary.container) else { continue }
            world.seed(database.container, from: primary.container)
            tally.seeded += 1
        }
    }

    /// Whether it changed anything.
    private func attempt(_ action: PlannedStep.Action) throws -> Bool {
        switch action {
        case .agent(let server, let step, _): return try world.carryOut(step, on: server)
        case .putContainer(let container): put(container)
        default: break
        }
        return true
    }

    private func undo(_ action: PlannedStep.Action, _ saved: Container?) -> String {
        switch action {
        case .agent(let server, _, let undo?):
            return (try? attempt(.agent(server: server, step: undo, undo: nil))) == nil ? "failed" : "done"
        case .putContainer:
            if let saved { put(saved) }
            return "done"
        default: return "done"
        }
    }

    private func put(_ container: Container) {
        stack.containers.removeAll { $0.name == container.name }
        stack.containers.append(container)
        stack.containers.sort { $0.name < $1.name }
    }

    // MARK: - What must be so always

    func check(_ moment: String) throws {
        let primaries = world.acknowledging
        try #require(primaries.count <= 1, "two acknowledge after \(moment): \(primaries) \(tale)")
        for primary in primaries {
            let lost = world.acknowledged.subtracting(world.members[primary]?.log ?? [])
            try #require(lost.isEmpty, "\(primary) lacks \(lost.sorted().prefix(5)) after \(moment) \(tale)")
        }
    }

    private var tale: String { "seed \(seed)\n" + story.suffix(60).joined(separator: "\n") }
}
