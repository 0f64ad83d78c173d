import AgentContract
import Planning
import Telemetry
import Testing
import Topology

enum House {
    static let limits = Resources(cores: 2, memoryBytes: 1 << 30)
    static let whole = Resources(cores: 4, memoryBytes: 4 << 30)

    static func server(_ name: String, _ kind: Server.Kind = .member, health: Server.Health = .up) -> Server {
        Server(
            name: name, kind: kind, address: "10.0.0.\(name.utf8.last! - 48 + (kind == .member ? 0 : 10))",
            agentURL: "http://\(name):7102", capacity: whole, health: health)
    }

    static func container(
        _ name: String, _ role: Role = .web, on server: String, kind: Container.Kind = .active, of active: String? = nil,
        address: String? = nil
    ) -> Container {
        Container(
            name: name, role: role, kind: kind, server: server, address: address ?? "10.0.1.\(name.utf8.last!)/24", port: 80,
            limits: limits, image: role.rawValue, state: kind == .active ? .running : .stopped, backupOf: active)
    }

    /// Two members that are full, two overflow servers, web twice, db once with its backup.
    static var stack: Stack {
        Stack(
            name: "test", servers: [server("s1"), server("s2"), server("o1", .overflow), server("o2", .overflow)],
            containers: [
                container("web1", on: "s1"), container("web2", on: "s2"), container("db1", .db, on: "s1"),
                container("db1b", .db, on: "s2", kind: .backup, of: "db1", address: "10.0.1.49/24"),
                container("mail1", .mail, on: "s2"),
            ])
    }

    static var policy: PlanningPolicy {
        var policy = PlanningPolicy()
        policy.roles = [
            .web: RolePolicy(
                image: "web", limits: limits, port: 80, addresses: (31...36).map { "10.0.2.\($0)/24" },
                sharedFiles: SharedFiles(source: "/a", target: "/b"), healthPath: "/",
                loadBalancers: [.init(server: "s1", pool: "web")], maximum: 6)
        ]
        policy.banServers = ["s1"]
        policy.allow = ["192.0.2.0/24", "2001:db8::/32"]
        return policy
    }

    static func input(utilisation: Double? = nil) -> PlanningInput {
        PlanningInput(
            now: 10_000_000, stack: stack, policy: policy, utilisation: utilisation.map { [.web: $0] } ?? [:])
    }

    static func alert(_ action: String, _ labels: Labels, value: Double = 0.9) -> Alert {
        Alert(
            labels: labels.setting("alertname", to: "Test").setting("action", to: action), state: .firing, value: value,
            activeAt: 1)
    }

    static func forecast(_ values: [Double]) -> Forecast {
        Forecast(
            signal: "utilisation", role: "web", madeAt: 1, leadsSeconds: [60, 300, 3600],
            paths: [.init(quantile: 0.5, values: values.map { $0 / 2 }), .init(quantile: 0.9, values: values)],
            model: "pool", recentError: 0.05)
    }

    /// Of an order that is one plan.
    static func plan(for alert: Alert, _ input: PlanningInput) -> PlanningOutcome { Planner.plans(for: alert, input)[0] }

    static func names(_ plan: Plan?) -> [String] { plan?.steps.map(\.summary) ?? [] }
}

@Suite struct PlannerTests {
    private let scale = House.alert("scale", ["role": "web"])

    @Test("A role in need gets a container on a leased server, health first and the load balancer last")
    func scaleOut() throws {
        let plan = try #require(House.plan(for: scale, House.input(utilisation: 0.9)).plan)
        #expect(
            House.names(plan) == [
                "pool: attach o1", "o1: mount_shared_files", "o1: start_container", "o1: wait_until_healthy",
                "inventory: put web3 on o1", "s1: add_backend",
            ])
        #expect(plan.decision.billedPeriods == 1)
        #expect(plan.decision.evidence.map(\.name) == ["alert Test", "utilisation"])
        guard case .putContainer(let container) = plan.steps[4].action else { Issue.record("no container"); return }
        #expect(container.address == "10.0.2.31/24")
    }

    @Test(
        "The number of containers follows the highest of measure, forecast and alert",
        arguments: [
            (0.71, nil, 1), (0.9, nil, 1), (0.9, [1.2, 1.3, 9.0], 2), (0.5, [0.9, 0.9, 0.9], 1), (0.99, nil, 2),
            (0.9, [2.0, 2.9, 9.0], 4),
        ] as [(Double, [Double]?, Int)])
    func sizes(utilisation: Double, forecast: [Double]?, added: Int) throws {
        var input = House.input(utilisation: utilisation)
        input.forecasts = forecast.map { [House.forecast($0)] } ?? []
        let alert = House.alert("scale", ["role": "web"], value: .nan)
        let plan = try #require(House.plan(for: alert, input).plan)
        #expect(House.names(plan).count { $0.contains("start_container") } == added)
        #expect(House.names(plan).count { $0.contains("attach") } == (added + 1) / 2)
    }

    @Test("A member with room is taken before a server is leased")
    func members() throws {
        var input = House.input(utilisation: 0.9)
        input.stack.containers.removeAll { $0.name == "mail1" }
        let plan = try #require(House.plan(for: scale, input).plan)
        #expect(House.names(plan).first == "s2: mount_shared_files")
        #expect(plan.decision.billedPeriods == 0)
        input.serverUtilisation = ["s2": 0.95]
        #expect(House.names(House.plan(for: scale, input).plan).first == "pool: attach o1")
    }

    @Test("What is under way counts, and is not done twice")
    func underWay() throws {
        var input = House.input(utilisation: 0.9)
        input.underWay = [try #require(House.plan(for: scale, input).plan)]
        #expect(House.plan(for: scale, input).refusal?.code == .underWay)
        input.utilisation[.web] = 1.3
        let more = try #require(
            House.plan(for: House.alert("scale", ["role": "web"], value: 1.3), input).plan)
        #expect(House.names(more).contains("inventory: put web4 on o2"))
    }

    @Test("Refusals say why")
    func refusals() {
        func code(_ alert: Alert? = nil, _ change: (inout PlanningInput) -> Void) -> Refusal.Code? {
            var input = House.input(utilisation: 0.9)
            change(&input)
            return House.plan(for: alert ?? scale, input).refusal?.code
        }
        #expect(code { $0.lastScaled[.web] = $0.now - 14_000 } == .coolDown)
        #expect(code { $0.lastScaled[.web] = $0.now - 16_000 } == nil)
        #expect(code { $0.policy.roles[.web]?.isFrozen = true } == .frozen)
        #expect(code { $0.policy.roles[.web]?.maximum = 2 } == .maximum)
        #expect(code { $0.policy.maximumOverflowServers = 0 } == .maximum)
        #expect(code { $0.policy.roles[.web]?.addresses = [] } == .noRoom)
        #expect(code { $0.stack.servers.removeAll { $0.kind == .overflow } } == .noRoom)
        #expect(
            code {
                $0.stack.servers[2].health = .down; $0.stack.servers[3].health = .down
            } == .noRoom)
        #expect(code(House.alert("scale", ["role": "db"])) { _ in } == .unclear)
        #expect(code(House.alert("scale", [:])) { _ in } == .unclear)
        #expect(code(House.alert("dance", ["role": "web"])) { _ in } == .unclear)
    }

    private func leased(elapsed: Int64, utilisation: Double) -> PlanningInput {
        var input = House.input(utilisation: utilisation)
        input.stack.containers.append(House.container("web3", on: "o1"))
        input.stack.leases = [Lease(server: "o1", from: input.now - elapsed * 1000, fencingToken: 1)]
        return input
    }

    @Test("A server goes back only in the last moments of a paid period, and only when it isn't needed")
    func releases() throws {
        #expect(Planner.release("o1", leased(elapsed: 1800, utilisation: 0.2)).refusal?.code == .unneeded)
        #expect(Planner.release("o1", leased(elapsed: 3500, utilisation: 0.5)).refusal?.code == .unneeded)
        var rising = leased(elapsed: 3500, utilisation: 0.2)
        rising.forecasts = [House.forecast([0.3, 0.6, 0.1])]
        #expect(Planner.release("o1", rising).refusal?.code == .unneeded)
        var unknown = leased(elapsed: 3500, utilisation: 0.2)
        unknown.utilisation = [:]
        #expect(Planner.release("o1", unknown).refusal != nil)
        let plan = try #require(Planner.releases(leased(elapsed: 3500, utilisation: 0.2)).first)
        #expect(
            House.names(plan) == [
                "s1: drain_backend", "s1: remove_backend", "o1: stop_container", "o1: unmount_shared_files",
                "inventory: drop web3", "pool: detach o1",
            ])
        #expect(Planner.release("o1", leased(elapsed: 7100, utilisation: 0.2)).plan != nil)
    }

    @Test("Of two servers only as many go as the load allows")
    func twoReleases() {
        var input = leased(elapsed: 3500, utilisation: 0.4)
        input.stack.containers.append(House.container("web4", on: "o2"))
        input.stack.leases.append(Lease(server: "o2", from: input.now - 3_490_000, fencingToken: 2))
        #expect(Planner.releases(input).count == 1)
        input.utilisation[.web] = 0.2
        #expect(Planner.releases(input).count == 2)
    }

    @Test("A lost server's containers come up elsewhere, each by a plan of its own, the database first")
    func failover() throws {
        var input = House.input()
        input.stack.servers[0].health = .down
        input.stack.containers.removeAll { $0.name == "mail1" }
        input.policy.roles[.web]?.loadBalancers = [.init(server: "s2", pool: "web")]
        let order = House.alert("failover", ["server": "s1"])
        let outcomes = Planner.plans(for: order, input)
        let plan = try #require(outcomes[0].plan)
        #expect(
            House.names(plan) == [
                "s2: start_container", "s2: wait_until_healthy", "inventory: put db1b on s2", "inventory: put db1 on s1",
                "s1: stop_container",
            ])
        // With the database on it, s2 has no room left for web1; the database comes back all the same.
        #expect(outcomes.count == 2 && outcomes[1].refusal?.code == .noRoom)
        guard case .putContainer(let db) = plan.steps[2].action, case .putContainer(let old) = plan.steps[3].action else {
            Issue.record("\(plan)")
            return
        }
        #expect(db.kind == .active && db.address == "10.0.1.49/24" && db.backupOf == nil)
        #expect(old.kind == .backup && old.backupOf == "db1b" && old.state == .failed)
        #expect(plan.steps.last?.mayFail == true)
        for step in plan.steps where !step.mayFail {
            if case .agent(let server, _, _) = step.action { #expect(server != "s1") }
        }
        input.underWay = [plan]
        #expect(Planner.plans(for: order, input).map { $0.refusal?.code } == [.underWay, .noRoom])
    }

    @Test("A lost container without a backup starts where there is room, or the refusal says there is none")
    func withoutBackup() throws {
        var input = House.input()
        input.stack.containers.removeAll { $0.role == .db || $0.role == .mail }
        input.policy.roles[.web]?.loadBalancers = [.init(server: "s2", pool: "web")]
        let order = House.alert("failover", ["server": "s1"])
        let plan = try #require(House.plan(for: order, input).plan)
        #expect(House.names(plan).contains("inventory: put web1 on s2"))
        input.stack.containers.append(House.container("mail1", .mail, on: "s2"))
        #expect(House.plan(for: order, input).refusal?.code == .noRoom)
        #expect(House.plan(for: House.alert("failover", ["server": "x"]), input).refusal?.code == .unclear)
        #expect(House.plan(for: House.alert("failover", ["server": "o1"]), input).refusal?.code == .unneeded)
    }

    @Test("Two lost containers are not put into the same gap")
    func oneGap() {
        var input = House.input()
        input.stack.containers = [
            House.container("web1", on: "s1"), House.container("web2", on: "s1"), House.container("mail1", .mail, on: "s2"),
        ]
        input.policy.roles[.web]?.loadBalancers = []
        let outcomes = Planner.plans(for: House.alert("failover", ["server": "s1"]), input)
        #expect(outcomes[0].plan != nil && outcomes[1].refusal?.code == .noRoom)
    }

    /// `db1` was taken over by `db1b` on s2 while s1 was cut off; s1 is back, and `db1` still runs there.
    private var returned: PlanningInput {
        var input = House.input()
        input.stack.containers[2].kind = .backup
        input.stack.containers[2].state = .failed
        input.stack.containers[2].backupOf = "db1b"
        input.stack.containers[3].kind = .active
        input.stack.containers[3].state = .running
        input.stack.containers[3].backupOf = nil
        input.running = ["db1": ["s1"], "db1b": ["s2"]]
        return input
    }

    @Test("What a returned server still runs is stopped, once its successor is seen to run")
    func strays() throws {
        let order = House.alert("rebalance", ["container": "db1", "server": "s1"])
        let plan = try #require(House.plan(for: order, returned).plan)
        #expect(House.names(plan) == ["s1: stop_container", "s2: start_container", "inventory: put db1 on s1"])
        guard case .putContainer(let ready) = plan.steps[2].action else { Issue.record("\(plan)"); return }
        #expect(ready.kind == .backup && ready.state == .stopped)
        var alone = returned
        alone.running = ["db1": ["s1"]]
        #expect(House.plan(for: order, alone).refusal?.code == .unneeded)
        var busy = returned
        busy.underWay = [plan]
        #expect(House.plan(for: order, busy).refusal?.code == .underWay)
        let rightful = House.alert("rebalance", ["container": "db1b", "server": "s2"])
        #expect(House.plan(for: rightful, returned).refusal?.code == .unneeded)
        let unknown = House.alert("rebalance", ["container": "operators-own", "server": "s2"])
        #expect(House.plan(for: unknown, returned).refusal?.code == .unclear)
    }

    @Test("A container that was started elsewhere is stopped where it was")
    func movedStray() throws {
        var input = House.input()
        input.running = ["web1": ["s1", "s2"]]
        let order = House.alert("rebalance", ["container": "web1", "server": "s2"])
        #expect(House.names(House.plan(for: order, input).plan) == ["s2: stop_container", "s1: start_container"])
    }

    @Test(
        "Own and allowed addresses are never banned",
        arguments: [
            "10.0.0.1", "10.0.1.49", "192.0.2.77", "2001:db8::5", "127.0.0.1", "::1", "::ffff:192.0.2.1", "nonsense", "",
        ])
    func neverBanned(address: String) {
        #expect(House.plan(for: House.alert("ban", ["address": address]), House.input()).plan == nil)
    }

    @Test(
        "A search engine's crawler is never banned, nor a network that holds it",
        arguments: [("66.249.66.1", false), ("66.249.66.0/24", false), ("66.249.67.1", true)])
    func crawlers(address: String, isBanned: Bool) {
        var input = House.input()
        input.crawlers = ["66.249.66.1"]
        #expect((House.plan(for: House.alert("ban", ["address": address]), input).plan != nil) == isBanned)
    }

    @Test(
        "A network is banned as one, unless it holds an address of ours or is too wide",
        arguments: [
            ("2001:470:7:8::/64", "2001:470:7:8::/64"), ("2001:470:7:8:9::1/64", "2001:470:7:8::/64"),
            ("203.0.113.0/24", "203.0.113.0/24"), ("10.0.0.0/24", nil), ("2001:db8::/32", nil), ("203.0.0.0/16", nil),
            ("192.0.2.0/25", nil),
        ])
    func networks(text: String, banned: String?) throws {
        let plan = House.plan(for: House.alert("ban", ["address": text]), House.input()).plan
        let addresses = plan?.steps.compactMap { step -> String? in
            guard case .agent(_, .ban(let address, _, _), _) = step.action else { return nil }
            return address
        }
        #expect(addresses?.first == banned)
    }

    @Test("A ban is narrowed to subjects of its own, in its place; what is banned already is left out")
    func narrowed() throws {
        let whole = try #require(House.plan(for: House.alert("ban", ["address": "203.0.113.5"]), House.input()).plan)
        let session = try #require(BanSubject("session/" + String(repeating: "0A", count: 32)))
        let limit = try #require(BanSubject("limit/10/203.0.113.5/login"))
        var input = House.input()
        let plan = try #require(Planner.narrow(whole, of: "203.0.113.5", to: [session, limit], input))
        let banned = plan.steps.compactMap { step -> String? in
            guard case .agent(_, .ban(let subject, _, let reason), .unban(let undone)?) = step.action, subject == undone,
                reason.hasPrefix("narrowed from 203.0.113.5:")
            else { return nil }
            return subject
        }
        #expect(Set(banned) == ["\(session)", "\(limit)"] && banned.count == plan.steps.count)
        #expect(plan.id != whole.id && plan.decision.summary.contains("in place of all of 203.0.113.5"))
        input.bans["\(session)"] = .init(until: input.now + 1, repetition: 1)
        let rest = try #require(Planner.narrow(whole, of: "203.0.113.5", to: [session, limit], input))
        #expect(rest.steps.count == plan.steps.count / 2)
        #expect(Planner.narrow(whole, of: "203.0.113.5", to: [session], input) == nil)
        let own = try #require(BanSubject("limit/10/10.0.0.1/login"))
        #expect(Planner.narrow(whole, of: "203.0.113.5", to: [own], input) == nil)
    }

    @Test("A server that bans addresses only is told of those, and of no session")
    func addressServers() throws {
        var input = House.input()
        input.policy.addressBanServers = ["mail1"]
        func servers(_ plan: Plan?) -> [String] {
            (plan?.steps ?? []).compactMap { step in
                if case .agent(let server, _, _) = step.action { server } else { nil }
            }
        }
        let plan = House.plan(for: House.alert("ban", ["address": "203.0.113.5"]), input).plan
        #expect(servers(plan) == ["s1", "mail1"])
        let session = try #require(BanSubject("session/" + String(repeating: "A", count: 64)))
        #expect(servers(Planner.narrow(try #require(plan), of: "203.0.113.5", to: [session], input)) == ["s1"])
        #expect(servers(Planner.unban(address: "203.0.113.5", because: "x", input).plan) == ["s1", "mail1"])
        input.policy.banServers = []
        #expect(servers(House.plan(for: House.alert("ban", ["address": "203.0.113.5"]), input).plan) == ["mail1"])
    }

    @Test("Each repetition is banned for longer", arguments: [(0, 600.0), (1, 2400), (2, 9600), (9, 86_400)])
    func bans(past: Int, seconds: Double) throws {
        var input = House.input()
        if past > 0 { input.bans["203.0.113.5"] = .init(until: input.now - 1, repetition: past) }
        let plan = try #require(House.plan(for: House.alert("ban", ["address": "203.0.113.5"]), input).plan)
        guard case .agent("s1", .ban(_, let until, _), .unban?) = plan.steps[0].action else {
            Issue.record("\(plan)")
            return
        }
        #expect(until == input.now + Int64(seconds * 1000))
        input.bans["203.0.113.5"] = .init(until: input.now + 1, repetition: 1)
        #expect(House.plan(for: House.alert("ban", ["address": "203.0.113.5"]), input).refusal?.code == .underWay)
    }

    @Test("A container is never placed beside its other half")
    func antiAffinity() {
        let stack = House.stack
        let backup = House.container("web1b", on: "", kind: .backup, of: "web1")
        let roomy = Stack(
            name: "x", servers: stack.servers, containers: stack.containers.filter { $0.name == "web1" })
        let placement = ContainerPlacement(stack: roomy)
        #expect((try? placement.places(for: [backup], on: [roomy.servers[0]])) == nil)
        for server in roomy.servers.dropFirst() {
            #expect((try? placement.places(for: [backup], on: [roomy.servers[0], server])) == [server.name])
        }
    }
}
