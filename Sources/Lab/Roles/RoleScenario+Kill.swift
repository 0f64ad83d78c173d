import AgentContract
import Drivers
import Topology

extension RoleScenario {
    /// Death of a container to its work being done again.
    static let containerBar = 2.0
    /// The same for the broker: Erlang alone takes seconds to start, and that it was started is what the first bar is for.
    static let brokerBar = 20.0
    /// A container that hangs has to be asked in vain before anybody knows.
    static let hangBar = 8.0

    /// A container that does its work alone dies: its backup takes over its address and its data.
    /// - Parameter freezes: it stands still instead, with its address and its data in its hands.
    func kill(_ role: Role, freezes: Bool = false, _ result: inout Result) async throws {
        timeline.heading("A container of \(role.rawValue) \(freezes ? "stands still" : "is killed")")
        let address = [
            .queue: QueueRole.address, .mail: MailRole.address, .acc: AccessRole.address,
        ][role]
        guard let address else { throw LabError(.construction, "\(role.rawValue) has no container that works alone") }
        let container = try await activeContainer(at: address)
        let witness = try witness(of: role)
        defer { witness.stop() }
        let isWatched = try await wait(5) { witness.account(since: 0).isServed(forSeconds: 0.5) }
        let before = witness.account(since: 0).firstFailure
        let died = freezes ? try freeze(container) : try await killContainer(container)
        let isBack = try await wait(30) {
            let account = witness.account(since: died)
            return account.failures > 0 && account.isServed(forSeconds: 1)
        }
        let account = witness.account(since: died)
        let plan = observations.plans(.failover, after: died).first
        let decided = plan.map { Double($0.plan.createdAt) - died }
        let outage = isBack ? account.outage : nil
        let bar = role == .queue ? RoleScenario.brokerBar : freezes ? RoleScenario.hangBar : RoleScenario.containerBar
        let isInTime = outage.map { $0 <= bar * 1000 } ?? false
        let isDecided = decided.map { $0 <= RoleScenario.containerBar * 1000 } ?? false
        let text =
            outage.map { "serves after \(durationText($0)), decided after \(durationText(decided ?? 0))" } ?? "does not come back"
        result.verdicts.append(
            Verdict(
                "a \(freezes ? "hung" : "dead") container of \(role.rawValue) is replaced",
                "\(container.name): \(text); \(account.failures) of \(account.attempts.count) tries failed",
                unless: [
                    (!isWatched, "it did not serve before: \(before ?? "")"), (plan == nil, "nothing was decided"),
                    (!isBack, "it did not come back: \(account.attempts.last?.failure ?? "")"),
                    (freezes && !isInTime, "it took longer than \(durationText(bar * 1000))"),
                    (freezes && runs(container), "\(container.name) still stands there"),
                ]))
        if freezes { return try await settle(after: died) }
        result.update(role) {
            $0.failsOver = .init(text, seconds: outage.map { $0 / 1000 }, barSeconds: bar, held: isInTime && isDecided)
        }
        try await settle(after: died)
    }

    private func freeze(_ container: Container) throws -> Double {
        let time = Timeline.now
        try stack.groups.freeze(machine: container.server, container: container.name)
        timeline.note("\(container.name) on \(container.server) stands still", at: time)
        return time
    }

    private func runs(_ container: Container) -> Bool {
        runningContainers().contains("\(container.server)/\(container.name)")
    }

    /// One of several containers that share their work dies: clients notice nothing, and another takes its place.
    func killShared(_ role: Role, _ result: inout Result) async throws {
        timeline.heading("A container of \(role.rawValue) is killed, another serves on")
        let inventory = try await monitor.stack().containers
        // One with a backup: what was added for a while has none.
        let container = inventory.first { candidate in
            candidate.kind == .active && candidate.role == role && inventory.contains { $0.backupOf == candidate.name }
        }
        guard let container else { throw LabError(.answer, "no container of \(role.rawValue) has a backup") }
        let witness = try witness(of: role)
        defer { witness.stop() }
        let isWatched = try await wait(5) { witness.account(since: 0).isServed(forSeconds: 0.5) }
        let died = try await killContainer(container)
        func replaced() -> Double? {
            let names = observations.plans(.failover, after: died).flatMap(\.plan.steps).compactMap { step -> String? in
                if case .putContainer(let container) = step.action { container.name } else { nil }
            }
            return observations.backends.filter { names.contains($0.name) && $0.appearedAt >= died }.compactMap(\.firstServedAt)
                .min()
        }
        let isReplaced = try await wait(20) { replaced() != nil && witness.account(since: died).isServed(forSeconds: 1) }
        let account = witness.account(since: died)
        let after = replaced().map { $0 - died }
        let isInTime = after.map { $0 <= RoleScenario.containerBar * 1000 } ?? false
        let text =
            "\(account.failures) of \(account.attempts.count) tries failed, "
            + (after.map { "another serves after \(durationText($0))" } ?? "none takes its place")
        result.verdicts.append(
            Verdict(
                "nobody notices a dead container of \(role.rawValue)", "\(container.name): \(text)",
                unless: [
                    (!isWatched, "it did not serve before"), (!isReplaced, "nothing took its place"),
                    (account.failures > 0, "clients noticed: \(account.firstFailure ?? "")"),
                ]))
        result.update(role) {
            $0.failsOver = .init(
                text, seconds: after.map { $0 / 1000 }, barSeconds: RoleScenario.containerBar,
                held: isInTime && account.failures == 0)
        }
        try await settle(after: died)
    }

    /// The program that has the shared address dies: the other machine of the pair has the address, and a program that serves there.
    func killPaired(_ role: Role, _ result: inout Result) async throws {
        timeline.heading("The active \(role.rawValue) is killed")
        let machines = role == .lb ? RoleMachine.loadBalancers : RoleMachine.monitors
        let address = role == .lb ? RoleMachine.shopAddress : RoleMachine.monitorAddress
        let active = try await holder(of: address, among: machines)
        let witness = try witness(of: role)
        defer { witness.stop() }
        let isWatched = try await wait(5) { witness.account(since: 0).isServed(forSeconds: 0.5) }
        let died = Timeline.now
        let file = role == .lb ? stack.run.file("\(active.rawValue).pid") : stack.monitorProcessFile(active)
        let killed = try await stack.host(active).run(["sh", "-c", "kill -9 $(cat '\(file)')"])
        timeline.note("\(role.rawValue) on \(active.rawValue) is killed", at: died)
        let isBack = try await wait(20) {
            let account = witness.account(since: died)
            return account.failures > 0 && account.isServed(forSeconds: 1)
        }
        let account = witness.account(since: died)
        let next = try await holder(of: address, among: machines)
        let outage = isBack ? account.outage : nil
        let text = outage.map { "\(next.rawValue) serves after \(durationText($0))" } ?? "does not come back"
        result.verdicts.append(
            Verdict(
                "\(role.rawValue) goes on elsewhere",
                "\(active.rawValue): \(text); \(account.failures) of \(account.attempts.count) tries failed",
                unless: [
                    (!isWatched, "it did not serve before"), (!killed.succeeded, "it could not be killed: \(killed.complaint)"),
                    (!isBack, "it did not come back: \(account.attempts.last?.failure ?? "")"),
                    (next == active, "the address stayed with \(active.rawValue)"),
                ]))
        result.update(role) {
            $0.failsOver = .init(
                text, seconds: outage.map { $0 / 1000 }, barSeconds: RoleScenario.containerBar,
                held: outage.map { $0 <= RoleScenario.containerBar * 1000 } ?? false)
        }
    }

    /// The machine that has a shared address.
    func holder(of address: String, among machines: [RoleMachine]) async throws -> RoleMachine {
        for machine in machines {
            let list = try await stack.host(machine).run(["ip", "-o", "-4", "address", "show", "dev", machine.interface])
            if list.output.contains("\(address)/") { return machine }
        }
        throw LabError(.service, "none of \(machines.map(\.rawValue).joined(separator: ", ")) has the address \(address)")
    }

    /// Returns when what was decided on after a time has been done, so that the next scenario finds the stack whole.
    func settle(after time: Double) async throws {
        _ = try await wait(15) {
            let plans = observations.plans(.failover, after: time)
            return !plans.isEmpty && plans.allSatisfy { ["done", "failed", "undone"].contains($0.state) }
        }
    }
}
