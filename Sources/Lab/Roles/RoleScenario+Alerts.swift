import AgentContract
import Topology

extension RoleScenario {
    /// A role that more containers do not help: what is full is told of, and nothing is started.
    private struct Filling {
        var series: String
        var alert: String
        var what: String
        var connections: Int
        var address: String
        var port: Int
        var why: String
    }

    private static func filling(_ role: Role) -> Filling? {
        switch role {
        case .db:
            Filling(
                series: "mysql_global_status_threads_connected", alert: RoleRules.databaseAlert, what: "connections of MariaDB",
                connections: DatabaseRole.maximumConnections - 3, address: DatabaseRole.address, port: DatabaseRole.port,
                why: "alert only: one primary writes")
        case .acc:
            Filling(
                series: "magewatch_service_used", alert: RoleRules.accessAlert, what: "logins under way", connections: 19,
                address: AccessRole.address, port: AccessRole.port, why: "alert only: one address")
        case .lb:
            Filling(
                series: "haproxy_process_current_connections", alert: RoleRules.balancerAlert, what: "connections of HAProxy",
                connections: LoadBalancerRole.maximumConnections * 9 / 10, address: RoleMachine.shopAddress, port: 80,
                why: "alert only: one address")
        default: nil
        }
    }

    /// Connections are opened and kept until the alert fires.
    func saturateConnections(_ role: Role, _ result: inout Result) async throws {
        guard let filling = RoleScenario.filling(role) else { return }
        timeline.heading("\(role.rawValue): \(filling.what) are used up")
        guard try await isMeasured(role, filling.series, &result) else { return }
        let began = Timeline.now
        let (connections, address, port) = (filling.connections, filling.address, filling.port)
        let holder = Connections()
        try await stack.vantage().perform { try holder.open(connections, to: address, port: port) }
        let fired = try await alert(filling.alert, after: began)
        holder.close()
        let plans = observations.plans(.scaleOut, after: began).count { $0.plan.role == role }
        told(role, filling.what, filling.alert, fired, plans, filling.why, &result)
    }

    /// The world takes no mail: the queue of `mail` grows old, which is told of, and all of it goes once the world is back.
    func saturateMail(_ result: inout Result) async throws {
        timeline.heading("mail: the world takes no mail")
        guard try await isMeasured(.mail, "postfix_queue_oldest_age_seconds", &result) else { return }
        let began = Timeline.now
        try await stack.host(.world).signal("smtp-sink", "STOP")
        var orders: [String] = []
        for _ in 0..<5 { orders.append(try await shop("/order.php").text.replacing("\n", with: "")) }
        let fired = try await alert(RoleRules.mailAlert, after: began)
        try await stack.host(.world).signal("smtp-sink", "CONT")
        let isSent = try await wait(25, every: .milliseconds(250)) { orders.allSatisfy(mailed) }
        told(.mail, "mail that waits", RoleRules.mailAlert, fired, 0, "alert only: the world is what is slow", &result)
        result.verdicts.append(
            Verdict("mail that waited is sent", "\(orders.count) orders", unless: [(!isSent, "not all of it arrived")]))
    }

    /// Whether an agent measures what the scenario is about; where none does, that is what the table says.
    private func isMeasured(_ role: Role, _ series: String, _ result: inout Result) async throws -> Bool {
        if try await wait(8, every: .milliseconds(500), until: { await monitor.hasSeries(series) }) { return true }
        timeline.note("\(role.rawValue) is not saturated: no agent gives \(series)")
        result.update(role) { $0.saturates = .init("not measured: no agent gives \(series)") }
        return false
    }

    private func alert(_ name: String, after time: Double) async throws -> Double? {
        _ = try await wait(20) { !observations.alerts(name, after: time).isEmpty }
        return observations.alerts(name, after: time).first.map { ($0.from - time) / 1000 }
    }

    private func told(
        _ role: Role, _ what: String, _ alert: String, _ fired: Double?, _ plans: Int, _ why: String, _ result: inout Result
    ) {
        let text = fired.map { "alert after \(durationText($0 * 1000))" } ?? "no alert"
        result.verdicts.append(
            Verdict(
                "\(role.rawValue) is saturated", "\(what): \(text)",
                unless: [
                    (fired == nil, "the alert \(alert) did not fire"), (plans > 0, "something was started, which does not help"),
                ]))
        result.update(role) {
            $0.saturates = .init("\(what): \(text)", seconds: fired, barSeconds: 20, held: fired != nil)
            $0.scales = .init(why)
        }
    }
}
