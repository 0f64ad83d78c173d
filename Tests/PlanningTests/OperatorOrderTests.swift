import AgentContract
import Planning
import Testing
import Topology

@Suite("Operators' orders become plans") struct OperatorOrderTests {
    /// Three members with room: web on two, the database with its backup, mail alone.
    static var input: PlanningInput {
        var input = House.input()
        input.stack.servers.insert(House.server("s3"), at: 2)
        for index in input.stack.servers.indices {
            input.stack.servers[index].capacity = Resources(cores: 8, memoryBytes: 8 << 30)
        }
        return input
    }

    static func outcome(_ action: OperatorOrder.Action, isForced: Bool = false, _ input: PlanningInput = input) -> PlanningOutcome
    {
        Planner.plan(for: OperatorOrder(action, by: "ann", isForced: isForced), input)
    }

    /// The inventory once a plan is done.
    static func after(_ plan: Plan, _ stack: Stack) -> Stack {
        var stack = stack
        for step in plan.steps {
            switch step.action {
            case .putContainer(let container):
                stack.containers.removeAll { $0.name == container.name }
                stack.containers.append(container)
            case .dropContainer(let name): stack.containers.removeAll { $0.name == name }
            case .setDrained(let name, let isDrained):
                for index in stack.servers.indices where stack.servers[index].name == name {
                    stack.servers[index].isDrained = isDrained
                }
            case .agent, .attach, .detach: continue
            }
        }
        return stack
    }

    @Test("A container behind a load balancer is restarted out of traffic, and healthy before it gets any")
    func restart() throws {
        let plan = try #require(Self.outcome(.restart(container: "web1")).plan)
        #expect(
            House.names(plan) == [
                "s1: drain_backend", "s1: remove_backend", "s1: stop_container", "s1: start_container", "s1: wait_until_healthy",
                "s1: add_backend",
            ])
        #expect(plan.decision.evidence.first?.text == "restart web1, by ann")
    }

    @Test("What is stopped stays in the inventory, and starts again")
    func stopAndStart() throws {
        var input = Self.input
        let stop = try #require(Self.outcome(.stop(container: "web2"), input).plan)
        #expect(House.names(stop).suffix(2) == ["s2: stop_container", "inventory: put web2 on s2"])
        input.stack = Self.after(stop, input.stack)
        #expect(input.stack.container("web2")?.state == .stopped)
        #expect(Self.outcome(.stop(container: "web1"), input).refusal?.code == .minimum)
        #expect(Self.outcome(.stop(container: "web1"), isForced: true, input).plan != nil)
        let start = try #require(Self.outcome(.start(container: "web2"), input).plan)
        #expect(House.names(start).last == "s1: add_backend")
        #expect(
            Self.after(start, input.stack).containers.sorted { $0.name < $1.name }
                == Self.input.stack.containers.sorted { $0.name < $1.name })
    }

    @Test("A drained container runs on without traffic until it is started")
    func drain() throws {
        var input = Self.input
        let plan = try #require(Self.outcome(.drain(container: "web1"), input).plan)
        #expect(House.names(plan) == ["s1: drain_backend", "s1: remove_backend", "inventory: put web1 on s1"])
        input.stack = Self.after(plan, input.stack)
        #expect(input.stack.container("web1")?.state == .draining)
        #expect(Self.outcome(.drain(container: "web2"), input).refusal?.code == .minimum)
        let start = try #require(Self.outcome(.start(container: "web1"), input).plan)
        #expect(House.names(start) == ["s1: wait_until_healthy", "inventory: put web1 on s1", "s1: add_backend"])
    }

    @Test("A backup takes over when its active is moved, and the old one stops first")
    func moveByTakeOver() throws {
        let plan = try #require(Self.outcome(.move(container: "db1", server: nil)).plan)
        #expect(
            House.names(plan) == [
                "s1: stop_container", "s2: start_container", "s2: wait_until_healthy", "inventory: put db1b on s2",
                "inventory: put db1 on s1",
            ])
        let stack = Self.after(plan, Self.input.stack)
        #expect(stack.container("db1b")?.kind == .active && stack.container("db1b")?.address == "10.0.1.49/24")
        #expect(stack.container("db1")?.backupOf == "db1b" && stack.container("db1")?.state == .stopped)
    }

    @Test("The only container that serves a role is replaced before it goes")
    func moveTheOnlyOne() throws {
        var input = Self.input
        input.stack.containers.removeAll { $0.name == "web2" }
        let names = House.names(Self.outcome(.move(container: "web1", server: "s3"), input).plan)
        let joined = try #require(names.firstIndex(of: "s1: add_backend"))
        let left = try #require(names.firstIndex(of: "s1: drain_backend"))
        #expect(names.contains("inventory: put web2 on s3") && joined < left && names.last == "inventory: drop web1")
    }

    @Test("An order that can't be is refused with what to do")
    func refusals() {
        func code(_ action: OperatorOrder.Action, _ change: (inout PlanningInput) -> Void = { _ in }) -> Refusal.Code? {
            var input = Self.input
            change(&input)
            return Self.outcome(action, input).refusal?.code
        }
        #expect(code(.restart(container: "nobody")) == .unclear)
        #expect(code(.move(container: "web1", server: "nowhere")) == .unclear)
        #expect(code(.move(container: "web1", server: "s1")) == .unneeded)
        #expect(code(.move(container: "web1", server: "o1")) == .noRoom)
        #expect(code(.move(container: "web1", server: "s3")) { $0.stack.servers[2].isDrained = true } == .noRoom)
        #expect(code(.move(container: "web1", server: "s3")) { $0.stack.servers[2].capacity.cores = 1 } == .noRoom)
        #expect(code(.start(container: "web1")) == .unneeded)
        #expect(code(.start(container: "db1b")) == .unneeded)
        #expect(code(.drain(container: "db1")) == .unneeded)
        #expect(code(.returnServer("s1")) == .unneeded)
        #expect(code(.scale(role: .web, by: 5, forSeconds: nil)) == .maximum)
        #expect(code(.scale(role: .web, by: -2, forSeconds: nil)) == .minimum)
        #expect(code(.scale(role: .web, by: -1, forSeconds: 60)) == .unclear)
        #expect(code(.scale(role: .web, by: 1, forSeconds: .infinity)) == .unclear)
        #expect(code(.scale(role: .db, by: 1, forSeconds: nil)) == .unclear)
        #expect(code(.scale(role: .web, by: 1, forSeconds: nil)) { $0.policy.roles[.web]?.isFrozen = true } == .frozen)
        #expect(code(.rollout(role: .web, image: "web")) == .unneeded)
        #expect(code(.rollout(role: .acc, image: "acc")) == .unclear)
        #expect(
            code(.restart(container: "web1")) { input in
                input.underWay = [Self.outcome(.stop(container: "web1"), input).plan].compactMap(\.self)
            } == .underWay)
    }

    @Test("An evacuated server is empty and closed, what ran runs elsewhere, and nothing is placed there until it is returned")
    func evacuate() throws {
        var input = Self.input
        let plan = try #require(Self.outcome(.evacuateServer("s2"), input).plan)
        #expect(House.names(plan).first == "inventory: close s2")
        let before = input.stack
        input.stack = Self.after(plan, input.stack)
        #expect(input.stack.containers(on: "s2").isEmpty)
        #expect(Set(input.stack.containers.map(\.name)) == Set(before.containers.map(\.name)))
        #expect(input.stack.container("db1b")?.server == "s3", "never beside its active")
        #expect(input.stack.container("web2")?.server == "s3", "never beside the other web while there is another server")
        let more = try #require(Self.outcome(.scale(role: .web, by: 3, forSeconds: nil), input).plan)
        #expect(!House.names(more).contains { $0.contains("on s2") })
        let back = try #require(Self.outcome(.returnServer("s2"), input).plan)
        input.stack = Self.after(back, input.stack)
        let one = try #require(Self.outcome(.scale(role: .web, by: 1, forSeconds: nil), input).plan)
        #expect(House.names(one).contains("inventory: put web3 on s2"))
    }

    @Test("A server that can't be emptied is left as it is")
    func noRoomToEvacuate() {
        var input = Self.input
        input.stack.servers.removeAll { $0.name == "s3" }
        input.stack.servers[0].capacity = Resources(cores: 5, memoryBytes: 8 << 30)
        #expect(Self.outcome(.evacuateServer("s2"), input).refusal?.code == .noRoom)
    }

    @Test("A drained server is out of traffic and closed; what is behind no load balancer stays; returned, all is as before")
    func drainServer() throws {
        var input = Self.input
        let plan = try #require(Self.outcome(.drainServer("s2"), input).plan)
        #expect(
            House.names(plan) == ["inventory: close s2", "s1: drain_backend", "s1: remove_backend", "inventory: put web2 on s2"])
        #expect(plan.decision.evidence.contains { $0.name == "stays" && $0.text.hasPrefix("mail1") })
        input.stack = Self.after(plan, input.stack)
        #expect(Self.outcome(.drainServer("s1"), input).refusal?.code == .minimum)
        let back = try #require(Self.outcome(.returnServer("s2"), input).plan)
        let stack = Self.after(back, input.stack)
        #expect(stack.containers.sorted { $0.name < $1.name } == Self.input.stack.containers.sorted { $0.name < $1.name })
        #expect(stack.servers == Self.input.stack.servers)
    }

    @Test("An order that holds names what it started, and gives it back when its time is over and the load allows")
    func held() throws {
        var input = Self.input
        input.utilisation[.web] = 0.3
        let order = OperatorOrder(.scale(role: .web, by: 2, forSeconds: 60), by: "ann")
        let plan = try #require(Planner.plan(for: order, input).plan)
        let held = try #require(HeldOrder(order, carriedOutBy: plan))
        #expect(held.containers == ["web3", "web4"] && held.until == input.now + 60_000)
        input.stack = Self.after(plan, input.stack)
        var busy = input
        busy.utilisation[.web] = 0.5
        #expect(Planner.end(of: held, busy).refusal?.code == .unneeded)
        let end = try #require(Planner.end(of: held, input).plan)
        #expect(Self.after(end, input.stack).containers(of: .web).map(\.name).sorted() == ["web1", "web2"])
        input.stack = Self.after(end, input.stack)
        #expect(Planner.end(of: held, input).plan == nil)
    }

    @Test("A rollout renews one container after the other, and new ones start from what all of it runs")
    func rollout() throws {
        var input = Self.input
        let plan = try #require(Self.outcome(.rollout(role: .web, image: "web-2"), input).plan)
        let names = House.names(plan)
        #expect(names.count == 14)
        #expect(names.firstIndex(of: "s1: add_backend") == 6)
        #expect(names.firstIndex(of: "s2: stop_container") == 9, "the second only once the first serves")
        input.stack = Self.after(plan, input.stack)
        #expect(input.stack.containers(of: .web).allSatisfy { $0.image == "web-2" })
        let more = try #require(Self.outcome(.scale(role: .web, by: 1, forSeconds: nil), input).plan)
        #expect(Self.after(more, input.stack).container("web3")?.image == "web-2")
    }
}
