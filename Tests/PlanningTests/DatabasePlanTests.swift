import AgentContract
import Planning
import Telemetry
import Testing
import Topology

/// The order of steps for a replicated role.
@Suite("Plans for a replicated database")
struct DatabasePlanTests {
    static let access = DatabaseAccess(port: 3306, user: "magewatch", passwordFile: "/p", socket: "/s")

    static func container(_ number: Int, of active: String? = "db1", _ state: Container.State = .running) -> Container {
        Container(
            name: "db\(number)", role: .db, kind: active == nil ? .active : .backup, server: "s\(number)",
            address: "10.0.1.4\(number)/24", port: 3306, limits: House.limits, image: "v1", state: state, backupOf: active)
    }

    static func input(_ containers: [Container], down: Set<String> = []) -> PlanningInput {
        let servers = (1...3).map { House.server("s\($0)", health: down.contains("s\($0)") ? .down : .up) }
        var policy = PlanningPolicy()
        policy.roles[.db] = RolePolicy(
            image: "v1", limits: House.limits, port: 3306, addresses: ["10.0.1.60/24"],
            loadBalancers: [.init(server: "s3", pool: "db")], maximum: 5,
            replication: .init(access: access, serviceAddress: "10.0.1.50/24"))
        return PlanningInput(
            now: 1_000_000, stack: Stack(name: "t", servers: servers, containers: containers), policy: policy)
    }

    static let three = [container(1, of: nil), container(2), container(3)]

    static func lost(_ name: String, _ server: String, isServer: Bool) -> PlanningOutcome {
        House.plan(for: alert(name, server, isServer: isServer), input(three, down: isServer ? [server] : []))
    }

    static func alert(_ name: String, _ server: String, isServer: Bool) -> Alert {
        House.alert(
            "failover",
            isServer ? ["container": name, "server": server, "lost": "server"] : ["container": name])
    }

    static let heard: [String: PlanningInput.SeenDatabase] = [
        "db1": .init(isWritable: true, isReceiving: nil), "db2": .init(isWritable: false, isReceiving: true),
        "db3": .init(isWritable: false, isReceiving: true),
    ]

    /// Steps on agents by name and server, fences of others than the server's own by number, inventory by state.
    static func lines(_ plan: Plan) -> [String] {
        plan.steps.map { planned in
            switch planned.action {
            case .agent(let server, let step, _) where Self.fenced(step) != nil:
                "\(server) \(step.name)" + (fenced(step) == server.last ? "" : " of \(fenced(step) ?? "0")")
            case .agent(let server, let step, _): "\(server) \(step.name)"
            case .putContainer(let container): "\(container.name) \(container.kind.rawValue) \(container.state.rawValue)"
            default: planned.summary
            }
        }
    }

    private static func fenced(_ step: Step) -> Character? {
        switch step {
        case .fence(let address), .unfence(let address): address.last
        default: nil
        }
    }

    @Test("A lost server's primary is fenced, its replicas cease to listen, the one with most is promoted, and then it serves")
    func lostServer() throws {
        var input = Self.input(Self.three, down: ["s1"])
        input.databases = [
            "db2": .init(isWritable: false, isReceiving: false, position: [0: 10]),
            "db3": .init(isWritable: false, isReceiving: false, position: [0: 11]),
        ]
        let plan = try #require(House.plan(for: Self.alert("db1", "s1", isServer: true), input).plan)
        #expect(
            Self.lines(plan) == [
                "s3 remove_backend", "s1 fence", "s1 demote_database", "s1 release_service_address", "s2 sever_replica",
                "s3 sever_replica", "db2 backup starting", "s2 release_service_address", "s3 claim_service_address",
                "s3 unfence of 2",
                "s3 promote_database",
                "db3 active running", "db1 backup failed",
                "db2 backup starting", "s3 add_backend", "s3 fence of 1", "s3 fence of 2",
                "s3 unfence of 2",
                "s2 follow_primary", "s2 await_replica", "s2 resume_replica", "s3 require_replica", "s2 await_replica",
                "db2 backup running",
            ])
        let mayFail = zip(Self.lines(plan), plan.steps).filter { $0.1.mayFail }.map(\.0)
        #expect(
            mayFail == [
                "s3 remove_backend", "s1 fence", "s1 demote_database", "s1 release_service_address", "s2 release_service_address",
            ])
        #expect(plan.steps.filter(\.isPointOfNoReturn).count == 1 && plan.steps[10].isPointOfNoReturn)
        #expect(plan.steps.filter(\.mayFail).allSatisfy { $0.timeoutSeconds <= 2 })
        guard case .agent(_, .promoteDatabase(_, let promotion), _) = plan.steps[10].action else {
            Issue.record("no promotion"); return
        }
        #expect(promotion.peers.map(\.container) == ["db2"] && promotion.lost.map(\.container) == ["db1"])
        #expect(!promotion.requiresReplica)
        guard case .agent(_, .severReplica(_, let expectsLoss), _) = plan.steps[4].action else {
            Issue.record("not severed"); return
        }
        #expect(expectsLoss)
    }

    @Test("Where the server is there, fence and demotion have to succeed")
    func lostDatabase() throws {
        var input = Self.input(Self.three)
        input.databases = Self.heard
        let plan = try #require(House.plan(for: Self.alert("db1", "s1", isServer: false), input).plan)
        let lines = Self.lines(plan)
        let promoted = try #require(lines.firstIndex(of: "s2 promote_database"))
        for name in ["s1 fence", "s1 demote_database"] {
            let index = try #require(lines.firstIndex(of: name))
            #expect(index < promoted && !plan.steps[index].mayFail)
        }
    }

    @Test("One that does not answer is ended before anybody is promoted; one that answers is demoted, and runs on")
    func silent() throws {
        func names(_ databases: [String: PlanningInput.SeenDatabase]) throws -> [String] {
            var input = Self.input(Self.three)
            input.databases = databases
            return Self.lines(try #require(House.plan(for: Self.alert("db1", "s1", isServer: false), input).plan))
        }
        var seen = Self.heard
        #expect(try !names(seen).contains("s1 stop_container"))
        seen["db1"] = nil
        let lines = try names(seen)
        let end = try #require(lines.firstIndex(of: "s1 stop_container"))
        let fence = try #require(lines.firstIndex(of: "s1 fence"))
        let promote = try #require(lines.firstIndex { $0.hasSuffix("promote_database") })
        #expect(fence < end && end < promote)
    }

    @Test("A container that is apart is no member: it is asked by no promotion, and fails over as others do")
    func apart() throws {
        var cache = Self.container(9, of: nil)
        cache.name = "cache1"
        cache.server = "s1"
        var input = Self.input(Self.three + [cache])
        input.databases = Self.heard
        input.policy.roles[.db]?.replication?.apart = ["cache1"]
        let plan = try #require(House.plan(for: Self.alert("db1", "s1", isServer: false), input).plan)
        let touched = plan.steps.contains { step in
            guard case .agent(_, .promoteDatabase(_, let promotion), _) = step.action else { return false }
            return (promotion.peers + promotion.lost).contains { $0.container == "cache1" }
        }
        #expect(!touched && Self.lines(plan).allSatisfy { !$0.contains("cache1") })
        let other = try #require(House.plan(for: Self.alert("cache1", "s1", isServer: false), input).plan)
        #expect(Self.lines(other).allSatisfy { !$0.contains("database") })
        #expect(Self.lines(other).contains("cache1 active running"))
    }

    @Test("A replica that hears the primary forbids the failover of its server")
    func witness() {
        var input = Self.input(Self.three, down: ["s1"])
        input.databases = ["db3": .init(isWritable: false, isReceiving: true)]
        #expect(House.plan(for: Self.alert("db1", "s1", isServer: true), input).refusal?.code == .unneeded)
    }

    @Test("A bound replica that is lost as well forbids it, one that was written off does not")
    func blind() {
        let order = Self.alert("db1", "s1", isServer: true)
        #expect(House.plan(for: order, Self.input(Self.three, down: ["s1", "s3"])).refusal != nil)
        let written = [Self.three[0], Self.three[1], Self.container(3, .failed)]
        var input = Self.input(written, down: ["s1", "s3"])
        input.policy.guardRails.blastRadius.down = 1
        #expect(House.plan(for: order, input).plan != nil)
    }

    @Test("Without a bound replica the data is where it was: started again there, or nothing")
    func alone() throws {
        let containers = [Self.three[0], Self.container(2, .failed)]
        let plan = try #require(
            House.plan(for: Self.alert("db1", "s1", isServer: false), Self.input(containers)).plan)
        #expect(Self.lines(plan).contains("s1 promote_database"))
        // Nothing is asked of the other but to give up an address that it may have kept.
        #expect(Self.lines(plan).filter { $0.hasPrefix("s2") } == ["s2 release_service_address"])
        let gone = House.plan(for: Self.alert("db1", "s1", isServer: true), Self.input(containers, down: ["s1"]))
        #expect(gone.refusal?.code == .noRoom)
    }

    @Test("A lost replica is written off before the primary goes on alone, and only the last one lets it")
    func lostReplica() throws {
        let two = Self.input(Array(Self.three.prefix(2)), down: ["s2"])
        let last = try #require(House.plan(for: Self.alert("db2", "s2", isServer: true), two).plan)
        #expect(Self.lines(last) == ["s1 unfence", "s1 fence of 2", "db2 backup failed", "s1 waive_replica"])
        var three = Self.input(Self.three, down: ["s2"])
        three.databases = Self.heard
        let one = try #require(House.plan(for: Self.alert("db2", "s2", isServer: true), three).plan)
        #expect(
            Self.lines(one) == ["s1 unfence", "s1 fence of 2", "s3 resume_replica", "s3 await_replica", "db2 backup failed"])
        // What only one of two had acknowledged could not be asked of the other: they go together.
        three.databases["db3"]?.isReceiving = false
        let both = try #require(House.plan(for: Self.alert("db2", "s2", isServer: true), three).plan)
        #expect(
            Self.lines(both) == [
                "s1 unfence", "s1 fence of 2", "s1 fence of 3", "db2 backup failed", "db3 backup failed", "s1 waive_replica",
            ])
    }

    @Test("With every member's database down and the servers there, all are started and the primary asks its replicas first")
    func allDown() throws {
        let plan = try #require(Self.lost("db1", "s1", isServer: false).plan)
        #expect(
            Self.lines(plan) == [
                "s1 stop_container", "s1 start_container", "s1 wait_until_healthy", "s2 start_container", "s2 demote_database",
                "s3 start_container", "s3 demote_database", "s2 release_service_address", "s3 release_service_address",
                "s1 claim_service_address", "s1 unfence", "s1 unfence of 2", "s1 unfence of 3", "s1 promote_database",
                "s3 add_backend", "s2 resume_replica", "s3 resume_replica",
            ])
        guard case .agent(_, .promoteDatabase(_, let promotion), _) = plan.steps[13].action else {
            Issue.record("no promotion"); return
        }
        #expect(promotion.peers.map(\.container) == ["db2", "db3"] && promotion.requiresReplica)
    }

    @Test("A bound replica that does not run is started and asked; a former primary that still takes writes is demoted")
    func oneDown() throws {
        let former = Self.container(3, of: "db1", .failed)
        var input = Self.input([Self.three[0], Self.three[1], former], down: ["s1"])
        input.databases = ["db2": .init(isWritable: false, isReceiving: false), "db3": .init(isWritable: true, isReceiving: nil)]
        let lines = Self.lines(try #require(House.plan(for: Self.alert("db1", "s1", isServer: true), input).plan))
        let promoted = try #require(lines.firstIndex(of: "s2 promote_database"))
        #expect(lines.prefix(promoted).contains("s3 demote_database") && !lines.contains("s2 start_container"))
        var two = Self.input(Self.three, down: ["s1"])
        two.databases = ["db2": .init(isWritable: false, isReceiving: false)]
        let woken = Self.lines(try #require(House.plan(for: Self.alert("db1", "s1", isServer: true), two).plan))
        let start = try #require(woken.firstIndex(of: "s3 start_container"))
        #expect(start < (woken.firstIndex(of: "s3 sever_replica") ?? 0))
    }

    @Test("A further replica is written down before it acknowledges, whoever it followed last")
    func further() throws {
        let containers = [Self.container(1, of: "db3", .failed), Self.container(2, of: nil), Self.container(3, of: "db2")]
        let order = House.alert("rebalance", ["container": "db1", "server": "s1"])
        let lines = Self.lines(try #require(House.plan(for: order, Self.input(containers)).plan))
        #expect(
            lines.suffix(6) == [
                "s2 fence of 1", "s2 unfence of 1", "s1 follow_primary", "s1 await_replica", "db1 backup running",
                "s1 resume_replica",
            ])
    }

    @Test("A stop that is taken back has the primary wait for its replicas again")
    func stopTakenBack() throws {
        let order = OperatorOrder(.stop(container: "db1"), by: "eva", isForced: true)
        let plan = try #require(Planner.plan(for: order, Self.input(Self.three)).plan)
        let promotions = plan.steps.compactMap { step in
            if case .agent(_, .demoteDatabase, .promoteDatabase(_, let promotion)?) = step.action { promotion } else { nil }
        }
        #expect(promotions.map(\.requiresReplica) == [true])
    }

    @Test("What comes back is demoted before anything else, and waited for before it is written down")
    func rejoin() throws {
        let containers = [Self.container(1, of: "db2", .failed), Self.container(2, of: nil)]
        let order = House.alert("rebalance", ["container": "db1", "server": "s1"])
        let plan = try #require(House.plan(for: order, Self.input(containers)).plan)
        #expect(
            Self.lines(plan) == [
                "s1 fence", "s1 demote_database", "s1 release_service_address", "s1 start_container", "s1 demote_database",
                "s1 sever_replica", "s1 unfence", "s1 unfence of 2", "s1 wait_until_healthy", "s2 unfence",
                "s1 release_service_address", "s2 claim_service_address", "s3 add_backend", "s2 fence of 1", "s2 unfence of 1",
                "s1 follow_primary",
                "s1 await_replica", "s1 resume_replica", "s2 require_replica", "s1 await_replica", "db1 backup running",
            ])
        #expect(House.plan(for: order, Self.input(containers, down: ["s1"])).refusal?.code == .noRoom)
        // One that was never told writes what it can't acknowledge: it is ended before its clients are.
        var input = Self.input(containers)
        input.databases["db1"] = .init(isWritable: true, isReceiving: nil)
        let former = try #require(House.plan(for: order, input).plan)
        #expect(Array(Self.lines(former).prefix(2)) == ["s1 fence", "s1 stop_container"])
    }

    @Test("A switchover demotes, waits, severs and promotes; the old primary follows and is bound")
    func move() throws {
        let order = OperatorOrder(.move(container: "db1", server: nil), by: "eva")
        let plan = try #require(Planner.plan(for: order, Self.input(Array(Self.three.prefix(2)))).plan)
        #expect(
            Self.lines(plan) == [
                "s3 remove_backend", "s1 demote_database", "s1 release_service_address", "s2 await_replica", "s2 sever_replica",
                "s1 release_service_address", "s2 claim_service_address", "s2 unfence of 1", "s2 promote_database",
                "db2 active running", "db1 backup starting", "s3 add_backend",
                "s1 unfence of 2", "s2 fence of 1", "s2 unfence of 1", "s1 follow_primary", "s1 await_replica",
                "s1 resume_replica",
                "s2 require_replica", "s1 await_replica", "db1 backup running",
            ])
        let to = OperatorOrder(.move(container: "db2", server: "s3"), by: "eva")
        #expect(Planner.plan(for: to, Self.input(Self.three)).refusal?.reason.contains("does not move") == true)
    }

    @Test("A rollout renews replicas one by one, then the primary by a switchover")
    func rollout() throws {
        let order = OperatorOrder(.rollout(role: .db, image: "v2"), by: "eva")
        let plan = try #require(Planner.plan(for: order, Self.input(Array(Self.three.prefix(2)))).plan)
        let lines = Self.lines(plan)
        #expect(lines.prefix(4) == ["s1 fence of 2", "db2 backup starting", "s1 waive_replica", "s2 stop_container"])
        #expect(lines.filter { $0 == "s2 promote_database" }.count == 1 && lines.filter { $0 == "s1 stop_container" }.count == 1)
        #expect(lines.last == "db1 backup running")
        let images = plan.steps.compactMap { step in
            if case .agent(_, .startContainer(let specification), _) = step.action { specification.image } else { nil }
        }
        #expect(images == ["v2", "v2"])
    }

    @Test("It is not scaled by containers, and a failover does not overtake a plan that works on the primary")
    func refusals() throws {
        let scale = House.alert("scale", ["role": "db"])
        #expect(House.plan(for: scale, Self.input(Self.three)).refusal?.reason.contains("one primary") == true)
        var input = Self.input(Self.three)
        let move = try #require(Planner.plan(for: OperatorOrder(.move(container: "db1", server: nil), by: "eva"), input).plan)
        input.underWay = [move]
        #expect(House.plan(for: Self.alert("db1", "s1", isServer: false), input).refusal?.code == .underWay)
    }
}
