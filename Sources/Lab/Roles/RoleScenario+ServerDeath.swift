import AgentContract
import Topology

extension RoleScenario {
    /// A server's death to all of its roles serving.
    private static let serverBar = 8.0

    /// A server dies with all that is on it: every role serves elsewhere, and those that several share lose not one request.
    func serverDeath() async throws -> Verdict {
        let inventory = try await monitor.stack().containers.filter { $0.kind == .active }
        // The one without the broker, whose start would be most of what is measured.
        let broker = inventory.first { $0.host == QueueRole.address }?.server
        guard let server = [RoleMachine.s1, .s2].first(where: { $0.rawValue != broker }) else {
            throw LabError(.answer, "there is no server without the broker")
        }
        let lost = inventory.filter { $0.server == server.rawValue }
        timeline.heading("Server \(server.rawValue) dies with \(lost.map(\.name).joined(separator: ", "))")
        let roles = Role.allCases.filter { role in
            role != .queue && role != .monitor && role != .lb && lost.contains { $0.role == role }
        }
        let witnesses = try roles.map { role in
            guard let exchange = RoleScenario.exchangeThroughDeath(role) else { return try witness(of: role) }
            let witness = Witness(role.rawValue)
            witness.start(from: try stack.vantage(), exchange)
            return witness
        }
        defer { for witness in witnesses { witness.stop() } }
        let isWatched = try await wait(8) { witnesses.allSatisfy { $0.account(since: 0).isServed(forSeconds: 0.5) } }
        let died = Timeline.now
        try await stack.network.cut(server.rawValue)
        try stack.host(server).powerOff()
        timeline.note("\(server.rawValue) is dead", at: died)
        // Until the failovers are done and each has been served for a second.
        let isBack = try await wait(25) {
            Timeline.now - died > 3000 && witnesses.allSatisfy { $0.account(since: died).isServed(forSeconds: 1) }
                && observations.plans(.failover, after: died).count >= lost.count
        }
        if let plan = observations.plans(.failover, after: died).first(where: { $0.plan.role == .db }) { tell(plan) }
        let accounts = witnesses.map { ($0.name, $0.account(since: died)) }
        let late = accounts.filter { name, account in
            let bar = name == Role.db.rawValue ? RoleScenario.databaseBar : RoleScenario.serverBar
            return (account.outage ?? .infinity) > bar * 1000
        }.map(\.0)
        let noticed = accounts.filter { ["web", "search"].contains($0.0) && $0.1.failures > 0 }.map(\.0)
        let words = accounts.map { name, account in
            "\(name) \(account.outage.map { durationText($0) } ?? "not back") (\(account.failures) failed)"
        }
        return Verdict(
            "a server's death",
            "\(server.rawValue): \(words.joined(separator: ", ")); bar \(durationText(RoleScenario.serverBar * 1000)), db \(durationText(RoleScenario.databaseBar * 1000))",
            unless: [
                (!isWatched, "not all served before"), (!isBack, "not all came back"),
                (!noticed.isEmpty, "clients of \(noticed.joined(separator: " and ")) noticed"),
                (!late.isEmpty, "\(late.joined(separator: " and ")) took longer than the bar"),
            ])
    }

    /// What clients of the roles behind the load balancer do while a server dies, all of whom are to be served.
    private static func exchangeThroughDeath(_ role: Role) -> (@Sendable () throws -> Void)? {
        let (shop, patience) = (RoleMachine.shopAddress, visitorPatience)
        return switch role {
        // The shop's page needs the database, whose death is another's: here web is asked for what it gives by itself.
        case .web: { try Exchange.http(shop, port: 80, path: WebRole.healthPath, patience: patience) }
        // The load balancer can't send a search again that was under way, as the server speaks first; the client does, like the shop's page.
        case .search:
            {
                do { try Exchange.search(shop, patience: patience) } catch { try Exchange.search(shop, patience: patience) }
            }
        default: nil
        }
    }
}
