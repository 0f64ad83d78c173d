import AgentContract
import Foundation
import Topology

extension RoleScenario {
    /// A decision to the new container's first work, on a server that is attached for it.
    static let scaleBar = 5.0
    /// How long an alert may take once a role is full, and a scenario altogether.
    static let alertSeconds = 20.0
    private static let scaleSeconds = 40.0

    /// More visitors than two containers of `web` can serve: PHP's processor time is used up, and a third one comes, on the overflow server.
    func saturateWeb(_ result: inout Result) async throws {
        timeline.heading("More visitors than web can serve")
        let cost = try await costOfPage()
        let rate = 1.5 * 2 * WebRole.cores / cost
        timeline.note("a page costs \(durationText(cost * 1000)) of web's processor time; \(Int(rate)) pages/s are asked for")
        let began = Timeline.now
        var phase = LoadPhase("web", rate: rate, seconds: 24)
        phase.path = "/shop.php?p="
        let summary = try await loader.offer(phase)
        let scaled = scaledOut(.web, since: began)
        let leased = observations.leases.filter { $0.from >= began }.map(\.server)
        result.verdicts.append(
            verdict(
                "web is saturated", .web, alert: RoleRules.busyAlert, since: began, scaled,
                [(summary.failed > 0, "\(summary.failed) of \(summary.requests) requests failed")],
                "\(summary.requests) requests, \(summary.failed) failed"
                    + (leased.isEmpty ? "" : ", on \(leased.joined(separator: ", "))")))
        report(.web, alert: RoleRules.busyAlert, since: began, "processor time of PHP", scaled, &result)
    }

    /// More searches than two containers can find: a third comes, with an index of its own.
    func saturateSearch(_ result: inout Result) async throws {
        timeline.heading("More searches than search can find")
        let searchers = (0..<4).map { Witness("searcher \($0)") }
        let began = Timeline.now
        for searcher in searchers {
            searcher.start(from: try stack.vantage(), beat: .milliseconds(2)) {
                try Exchange.mysql(
                    RoleMachine.shopAddress, port: SearchRole.port, user: "witness",
                    statement:
                        "SELECT id, WEIGHT() AS w FROM products WHERE MATCH('*n* | *e* | *o*') ORDER BY w DESC, price ASC LIMIT 50"
                )
            }
        }
        _ = try await wait(RoleScenario.scaleSeconds) { scaledOut(.search, since: began) != nil }
        for searcher in searchers { searcher.stop() }
        let scaled = scaledOut(.search, since: began)
        let accounts = searchers.map { $0.account(since: began) }
        let count = accounts.reduce(0) { $0 + $1.attempts.count }
        result.verdicts.append(
            verdict("search is saturated", .search, alert: RoleRules.busyAlert, since: began, scaled, [], "\(count) searches"))
        report(.search, alert: RoleRules.busyAlert, since: began, "processor time of searchd", scaled, &result)
    }

    /// More orders than one worker carries out: others come, and the queue empties.
    func saturateQueue(_ result: inout Result) async throws {
        timeline.heading("More orders than a worker carries out")
        let began = Timeline.now
        let before = await consumers()
        let bodies = (0..<600).map { "bulk \($0)" }
        try await stack.vantage().perform {
            for start in stride(from: 0, to: bodies.count, by: 50) {
                try Exchange.stomp(
                    QueueRole.address, destination: "/queue/\(QueueRole.queue)", bodies: Array(bodies[start..<start + 50]))
            }
        }
        var joined: Double?
        _ = try await wait(RoleScenario.scaleSeconds, every: .milliseconds(100)) {
            guard await consumers() > before else { return false }
            joined = Timeline.now
            return true
        }
        let isEmptied = try await wait(30, every: .milliseconds(200)) { await ready() == 0 }
        let emptied = Timeline.now - began
        let plan = observations.plans(.scaleOut, after: began).first { $0.plan.role == .queue }
        let scaled = joined.flatMap { joined in plan.map { (joined - Double($0.plan.createdAt)) / 1000 } }
        result.verdicts.append(
            verdict(
                "queue is saturated", .queue, alert: RoleRules.queueAlert, since: began, scaled,
                [(!isEmptied, "the queue does not empty")], "\(bodies.count) orders, all taken after \(durationText(emptied))"))
        report(.queue, alert: RoleRules.queueAlert, since: began, "orders that wait", scaled, &result)
    }

    /// A figure of the broker's own, summed over its lines for the queue.
    private func brokerFigure(_ name: String) async -> Double {
        let request = PlainHTTP.Request(address: QueueRole.address, port: QueueRole.metricsPort, path: "/metrics/per-object")
        guard let vantage = try? stack.vantage(), let text = try? await vantage.http(request).text else { return 0 }
        return text.split(separator: "\n").filter { $0.hasPrefix(name + "{") && $0.contains("queue=\"\(QueueRole.queue)\"") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    private func consumers() async -> Double { await brokerFigure("rabbitmq_queue_consumers") }
    private func ready() async -> Double { await brokerFigure("rabbitmq_queue_messages_ready") }

    private var loader: LoadGenerator {
        get throws {
            LoadGenerator(client: try stack.host(.client), run: stack.run, target: "http://\(RoleMachine.shopAddress)/")
        }
    }

    /// Processor seconds that a container of `web` spends on a page.
    private func costOfPage() async throws -> Double {
        func used() -> Double {
            RoleMachine.servers.filter { stack.hosts[$0]?.isOn == true }.reduce(0) { sum, machine in
                stack.groups.containers(machine: machine.rawValue).filter { $0.hasPrefix("web") }.reduce(sum) {
                    $0 + (stack.groups.processorSeconds(machine: machine.rawValue, container: $1) ?? 0)
                }
            }
        }
        var phase = LoadPhase("calibration", rate: 10, seconds: 3)
        phase.path = "/shop.php?p="
        let before = used()
        let summary = try await loader.offer(phase)
        let spent = used() - before
        guard summary.requests > 0, summary.failed == 0, spent > 0 else {
            throw LabError(
                .service, "the shop does not serve: \(summary.requests) requests, \(summary.failed) failed, \(spent) s used")
        }
        return spent / Double(summary.requests)
    }

    /// Seconds from the decision to the first work of the slowest container that was added.
    private func scaledOut(_ role: Role, since time: Double) -> Double? {
        let names = observations.plans(.scaleOut, after: time).filter { $0.plan.role == role }.flatMap(\.plan.steps)
            .compactMap { step -> String? in if case .putContainer(let container) = step.action { container.name } else { nil } }
        return observations.decisionToServing(after: time).filter { names.contains($0.container) }.map(\.seconds).max()
    }

    private func verdict(
        _ name: String, _ role: Role, alert: String, since began: Double, _ scaled: Double?, _ others: [(Bool, String)],
        _ detail: String
    ) -> Verdict {
        let fired = observations.alerts(alert, after: began).first
        return Verdict(
            name,
            "alert \(fired.map { "after \(durationText($0.from - began))" } ?? "none"), "
                + "\(scaled.map { "another works \(durationText($0 * 1000)) after the decision" } ?? "nothing was added"); \(detail)",
            unless: [(fired == nil, "the alert \(alert) did not fire"), (scaled == nil, "no container was added")] + others)
    }

    private func report(
        _ role: Role, alert: String, since began: Double, _ what: String, _ scaled: Double?, _ result: inout Result
    ) {
        let fired = observations.alerts(alert, after: began).first.map { ($0.from - began) / 1000 }
        result.update(role) {
            $0.saturates = .init(
                "\(what): \(fired.map { "alert after \(durationText($0 * 1000))" } ?? "no alert")", seconds: fired,
                barSeconds: RoleScenario.alertSeconds, held: fired.map { $0 <= RoleScenario.alertSeconds } ?? false)
            $0.scales = .init(
                scaled.map { "works \(durationText($0 * 1000)) after the decision" } ?? "not", seconds: scaled,
                barSeconds: RoleScenario.scaleBar, held: scaled.map { $0 <= RoleScenario.scaleBar } ?? false)
        }
    }
}
