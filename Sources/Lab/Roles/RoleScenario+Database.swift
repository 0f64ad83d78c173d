import AgentContract
import Drivers
import Foundation
import Topology

extension RoleScenario {
    /// The primary's loss to writes again.
    static let databaseBar = 10.0
    /// A lost member's return as a replica that acknowledges; the scaler waits a minute before it does that to the same one again.
    private static let returnBar = 90.0

    /// How a primary is lost.
    enum DatabaseLoss {
        /// Its processes are killed.
        case killed
        /// The same, and its data is gone with it.
        case killedWithData
        /// Its processes stand still, with all they hold.
        case frozen

        var words: String {
            switch self {
            case .killed: "is killed"
            case .killedWithData: "is killed, and its data is lost"
            case .frozen: "stands still"
            }
        }
    }

    /// The primary is lost while a client writes through the load balancer: the replica is promoted, nothing that was acknowledged is lost, never
    /// do two take writes, and the old primary comes back as a replica.
    func loseDatabase(_ loss: DatabaseLoss, _ result: inout Result) async throws {
        let primary = try await primary()
        timeline.heading("The primary \(primary.name) \(loss.words)")
        let isBound = try await wait(30, every: .milliseconds(200)) { await replica(of: primary) != nil }
        let writer = RowWriter(from: Int64(Timeline.now) * 1000)
        let watch = PrimaryWatch(stack)
        writer.start(from: try stack.vantage())
        watch.start()
        defer {
            writer.stop()
            watch.stop()
        }
        let isWatched = try await wait(5) { writer.witness.account(since: 0).isServed(forSeconds: 0.5) }
        let before = writer.witness.account(since: 0).firstFailure
        let lost = try await lose(primary, loss)
        let isBack = try await wait(30) {
            let account = writer.witness.account(since: lost)
            return account.failures > 0 && account.isServed(forSeconds: 1)
        }
        let plan = observations.plans(.failover, after: lost).first
        let isReturned = try await wait(RoleScenario.returnBar, every: .milliseconds(100)) {
            await replica(named: primary.name)
        }
        let returned = Timeline.now - lost
        writer.stop()
        if let plan { tell(plan) }
        let account = writer.witness.account(since: lost)
        let (acknowledged, missing) = try await writer.audit(stack)
        let outage = isBack ? account.outage : nil
        let text = outage.map { "writes after \(durationText($0)), \(missing.count) of \(acknowledged) rows lost" } ?? "no writes"
        let seen = watch.seen
        result.verdicts.append(
            Verdict(
                "a primary that \(loss.words)",
                "\(primary.name): \(text); at \(seen.looks) looks never two primaries; a replica again after "
                    + durationText(returned),
                unless: [
                    (!isBound, "it had no replica before"), (!isWatched, "it did not serve before: \(before ?? "")"),
                    (plan == nil, "nothing was decided"), (!isBack, "no writes: \(account.attempts.last?.failure ?? "")"),
                    (!missing.isEmpty, "acknowledged rows are lost: \(missing.prefix(5))"),
                    (seen.doubles > 0, "\(seen.last) took writes at once, at \(seen.doubles) looks"),
                    (plan.map { !RoleScenario.fencesFirst($0) } ?? false, "the plan promotes before it fences"),
                    (!isReturned, "\(primary.name) did not come back as a replica"),
                    (outage.map { $0 > RoleScenario.databaseBar * 1000 } ?? false, "it took longer than the bar"),
                ]))
        guard loss == .killed else { return }
        result.update(.db) {
            $0.failsOver = .init(
                text, seconds: outage.map { $0 / 1000 }, barSeconds: RoleScenario.databaseBar,
                held: (outage.map { $0 <= RoleScenario.databaseBar * 1000 } ?? false) && missing.isEmpty)
        }
    }

    /// The journal's own word: fenced before promoted, and in the load balancers only after that.
    static func fencesFirst(_ report: PlanReport) -> Bool {
        func index(_ name: String) -> Int? {
            report.plan.steps.firstIndex { step in
                if case .agent(_, let action, _) = step.action { action.name == name } else { false }
            }
        }
        guard let fence = index("fence"), let promote = index("promote_database"), let add = index("add_backend") else {
            return false
        }
        return fence < promote && promote < add
    }

    /// A plan as the journal has it, with what its steps took.
    func tell(_ report: PlanReport) {
        let lines = report.steps.map { step in
            let took = step.startedAt.flatMap { start in step.finishedAt.map { durationText(Double($0 - start)) } } ?? "-"
            return "           \(step.summary): \(step.outcome), \(took)" + (step.outcome == "failed" ? " (\(step.message))" : "")
        }
        timeline.heading("The journal of \(report.plan.id)\n\(lines.joined(separator: "\n"))")
    }

    private func lose(_ primary: Container, _ loss: DatabaseLoss) async throws -> Double {
        if loss == .frozen {
            let time = Timeline.now
            try stack.groups.freeze(machine: primary.server, container: primary.name)
            timeline.note("\(primary.name) on \(primary.server) stands still", at: time)
            return time
        }
        let time = try await killContainer(primary)
        if loss == .killedWithData {
            let volume = stack.run.file("hosts/\(primary.server)/agent/volumes/\(primary.name)/data")
            try FileManager.default.removeItem(atPath: volume)
            timeline.note("the data of \(primary.name) is gone")
        }
        return time
    }

    func primary() async throws -> Container {
        let members = RoleContainer.all.filter(\.isReplicated).map(\.name)
        guard
            let primary = try await monitor.stack().containers.first(where: {
                $0.kind == .active && members.contains($0.name)
            })
        else { throw LabError(.answer, "the monitor knows no primary") }
        return primary
    }

    /// The replica that a primary waits for.
    private func replica(of primary: Container) async -> Container? {
        try? await monitor.stack().containers.first {
            $0.kind == .backup && $0.backupOf == primary.name && $0.state == .running
        }
    }

    private func replica(named name: String) async -> Bool {
        let container = try? await monitor.stack().containers.first { $0.name == name }
        return container.map { $0.kind == .backup && $0.state == .running } ?? false
    }
}
