import Placement
import Planning
import Testing
import Topology

@Suite struct StackPlacementTests {
    private var stack: Stack {
        var stack = House.stack
        stack.containers.append(House.container("queue1b", .queue, on: "s1", kind: .backup, of: "queue1"))
        return stack
    }

    @Test("A stack's attached servers and containers become a problem; an idle backup asks for nothing and stays apart")
    func problem() throws {
        let problem = try PlacementProblem(stack)
        #expect(problem.servers.map(\.name) == ["s1", "s2"])
        #expect(problem.servers[0].capacity == ResourceAmounts(milliCores: 4000, memoryMiB: 4096, networkMbit: 0))
        let database = try #require(problem.containers.first { $0.name == "db1" })
        let backup = try #require(problem.containers.first { $0.name == "db1b" })
        #expect(database.demand == ResourceAmounts(milliCores: 2000, memoryMiB: 1024, networkMbit: 0))
        #expect(backup.demand == .zero && backup.isBackup)
        #expect(backup.group == database.group && backup.group != nil)
        #expect(database.moveCost > backup.moveCost)
        let web = problem.containers.filter { $0.role == "web" }
        #expect(web.map(\.pool) == [web[0].pool, web[0].pool] && web[0].pool != nil)
        #expect(problem.containers.first { $0.name == "queue1b" }?.group == nil, "its active is not in the inventory")
    }

    @Test("Forecast demand goes before limits, whatever numbers it has")
    func demands() throws {
        let odd = Resources(cores: .nan, memoryBytes: -5, networkBitsPerSecond: .infinity)
        let problem = try PlacementProblem(
            stack, demands: ["web1": Resources(cores: 0.2501, memoryBytes: 1_048_577, networkBitsPerSecond: 1), "web2": odd])
        #expect(problem.containers[0].demand == ResourceAmounts(milliCores: 251, memoryMiB: 2, networkMbit: 1))
        #expect(problem.containers[1].demand == .zero)
    }

    @Test("A lost server's actives are taken over, and their backups are had again elsewhere")
    func loss() throws {
        var stack = House.stack
        stack.servers.append(House.server("s3"))
        let (changed, lost) = try WhatIf("lose s1").apply(to: stack)
        #expect(lost == ["s1"])
        #expect(changed.container("db1b")?.kind == .active)
        #expect(changed.container("db1")?.backupOf == "db1b")
        let problem = try PlacementProblem(changed, lost: lost)
        let solution = try PlacementSolver.solve(problem, .steady)
        let lostServer = try #require(problem.servers.firstIndex { $0.name == "s1" })
        #expect(!solution.places.contains(lostServer))
        let pair = problem.containers.indices.filter { problem.containers[$0].role == "db" }.map { solution.places[$0] }
        #expect(Set(pair).count == 2)
    }

    @Test("More containers of a role are made after one that is there, under free names")
    func addition() throws {
        let (changed, lost) = try WhatIf("add 2 web, add 1 mail").apply(to: House.stack)
        #expect(lost.isEmpty)
        #expect(changed.containers.suffix(3).map(\.name) == ["web3", "web4", "mail2"])
        #expect(try PlacementProblem(changed).containers.suffix(3).map(\.current) == [nil, nil, nil])
    }

    @Test(
        "A question that can't be answered says why",
        arguments: [
            ("", "asks nothing"), ("lose", "not understood"), ("lose s9", "no server s9"), ("add 0 web", "no number"),
            ("add 1001 web", "no number"), ("add 2 webs", "no role \"webs\""), ("add 1 acc", "no acc to take"),
        ])
    func unclear(text: String, why: String) {
        #expect {
            try WhatIf(text).apply(to: House.stack)
        } throws: {
            ($0 as? WhatIfError)?.description.contains(why) ?? false
        }
    }
}

@Suite struct NaturalLayoutTests {
    @Test("One server has one of each")
    func one() {
        #expect(
            NaturalLayout.slots(servers: 1).map(\.name) == [
                "lb1", "web1", "db1", "search1", "queue1", "monitor1", "mail1", "acc1",
            ])
        #expect(NaturalLayout.slots(servers: 0).isEmpty)
    }

    @Test("Two share the work, with the backups crosswise")
    func two() {
        let slots = NaturalLayout.slots(servers: 2)
        func actives(on server: Int) -> Set<String> {
            Set(slots.filter { $0.server == server && $0.backupOf == nil }.map(\.name))
        }
        #expect(actives(on: 0) == ["lb1", "web1", "search1", "queue1", "monitor1", "mail1", "acc1"])
        #expect(actives(on: 1) == ["db1", "web2"])
        for slot in slots {
            guard let active = slots.first(where: { $0.name == slot.backupOf }) else { continue }
            #expect(active.server != slot.server && active.role == slot.role)
        }
    }

    @Test("From three on each server has one of each role, and no two counterparts share one", arguments: 3...9)
    func many(servers: Int) {
        let slots = NaturalLayout.slots(servers: servers)
        #expect(Set(slots.map(\.name)).count == slots.count)
        for role in Role.allCases {
            #expect(slots.filter { $0.role == role }.map(\.server).sorted() == Array(0..<servers), "\(role)")
        }
        let actives = slots.filter { $0.backupOf == nil && !NaturalLayout.sharing.contains($0.role) }
        #expect(Set(actives.map(\.server)).count == min(servers, actives.count), "the single actives are spread")
    }
}
