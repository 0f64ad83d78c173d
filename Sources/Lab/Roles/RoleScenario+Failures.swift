import AgentContract
import Drivers
import Foundation
import Topology

extension RoleScenario {
    /// An agent stands still while its server's containers serve: nobody notices, nothing is moved and nothing runs twice; people are told.
    func hangAgent() async throws -> Verdict {
        let server = try await serverWithoutBroker()
        timeline.heading("The agent of \(server.rawValue) hangs; what runs there serves on")
        let roles: [Role] = [.web, .db, .mail, .acc]
        let witnesses = try roles.map(witness(of:))
        defer { for witness in witnesses { witness.stop() } }
        let isWatched = try await wait(8) { witnesses.allSatisfy { $0.account(since: 0).isServed(forSeconds: 0.5) } }
        let before = runningContainers()
        let hung = Timeline.now
        try await stack.host(server).signal("agent", "STOP")
        timeline.note("the agent of \(server.rawValue) stands still", at: hung)
        func alert() -> Observations.AlertLife? { observations.alerts("ServerDown", after: hung).first }
        let isTold = try await wait(15) { alert() != nil }
        // Long enough for what must not happen: a decision takes a quarter of a second, a takeover one.
        try await Task.sleep(for: .seconds(6))
        let during = runningContainers()
        let plans = observations.plans(.failover, after: hung).count
        let woken = Timeline.now
        try await stack.host(server).signal("agent", "CONT")
        timeline.note("the agent of \(server.rawValue) goes on", at: woken)
        let isOver = try await wait(15) { alert()?.until != nil }
        let after = Timeline.now - woken
        let accounts = witnesses.map { ($0.name, $0.account(since: hung)) }
        let failed = accounts.filter { $0.1.failures > 0 }.map { "\($0.0): \($0.1.firstFailure ?? "")" }
        let told = alert().map { durationText($0.from - hung) } ?? "never"
        return Verdict(
            "an agent that hangs",
            "\(server.rawValue): told after \(told), \(plans) plans, \(failed.count) roles noticed; seen again after "
                + durationText(after),
            unless: [
                (!isWatched, "not all served before"), (!isTold, "nobody was told"),
                (plans > 0, "what serves was moved"), (!failed.isEmpty, failed.joined(separator: "; ")),
                (before != during, "other containers run: \(during.symmetricDifference(before).sorted())"),
                (!isOver, "it was not seen again"),
            ])
    }

    /// The active HAProxy is restarted, without a server in its configuration: the other one serves, and the agent gives the new one what it had.
    /// Then the other dies, so that what was given back has to serve.
    func restartLoadBalancer() async throws -> Verdict {
        timeline.heading("HAProxy is restarted, and is to be what it was")
        let first = try await holder(of: RoleMachine.shopAddress, among: RoleMachine.loadBalancers)
        guard let second = RoleMachine.loadBalancers.first(where: { $0 != first }) else {
            throw LabError(.construction, "there is one load balancer only")
        }
        let wanted = try servers(of: second)
        let witness = try witness(of: .web)
        defer { witness.stop() }
        let isWatched = try await wait(5) { witness.account(since: 0).isServed(forSeconds: 0.5) }
        let killed = try await killBalancer(first)
        let outage = try await outage(of: witness, since: killed)
        // The keeper starts it anew after a pause.
        let isUp = try await wait(15, every: .milliseconds(10)) { (try? servers(of: first)) != nil }
        let upAt = Timeline.now
        let isWhole = try await wait(15, every: .milliseconds(10)) { (try? servers(of: first)) == wanted }
        let whole = Timeline.now - upAt
        try await Task.sleep(for: .seconds(1))
        let again = try await killBalancer(second)
        let secondOutage = try await self.outage(of: witness, since: again)
        let bar = RoleScenario.containerBar * 1000
        return Verdict(
            "HAProxy is restarted",
            "\(second.rawValue) serves after \(outage.map(durationText) ?? "never"); \(first.rawValue) has its \(wanted.count) servers again "
                + "\(durationText(whole)) after its start, and serves after \(secondOutage.map(durationText) ?? "never")",
            unless: [
                (!isWatched, "it did not serve before"), (wanted.isEmpty, "there was no server to lose"),
                (!isUp, "it did not start"), (!isWhole, "it has \((try? servers(of: first)) ?? []), not \(wanted)"),
                (outage ?? .infinity > bar || secondOutage ?? .infinity > bar, "it took longer than the bar"),
            ])
    }

    private func killBalancer(_ machine: RoleMachine) async throws -> Double {
        let time = Timeline.now
        let file = stack.run.file("\(machine.rawValue).pid")
        let killed = try await stack.host(machine).run(["sh", "-c", "kill -9 $(cat '\(file)')"])
        guard killed.succeeded else { throw LabError(.service, "HAProxy can't be killed: \(killed.complaint)") }
        timeline.note("HAProxy on \(machine.rawValue) is killed", at: time)
        return time
    }

    private func outage(of witness: Witness, since time: Double) async throws -> Double? {
        let isBack = try await wait(20) {
            let account = witness.account(since: time)
            return account.isServed(forSeconds: 1) && Timeline.now - time > 2000
        }
        let account = witness.account(since: time)
        return isBack ? account.outage : nil
    }

    private func servers(of machine: RoleMachine) throws -> Set<String> {
        Set(try RoleWatcher.reading(of: stack.loadBalancerSocket(machine)).servers.map(\.name))
    }

    /// The member on which the broker is not, whose start would be most of what is measured.
    func serverWithoutBroker() async throws -> RoleMachine {
        let broker = try await activeContainer(at: QueueRole.address).server
        guard let server = [RoleMachine.s1, .s2].first(where: { $0.rawValue != broker }) else {
            throw LabError(.answer, "there is no server without the broker")
        }
        return server
    }

    /// `server/container` of all that run, by the control groups.
    func runningContainers() -> Set<String> {
        Set(
            RoleMachine.servers.flatMap { machine in
                stack.groups.containers(machine: machine.rawValue).map { "\(machine.rawValue)/\($0)" }
            })
    }
}
