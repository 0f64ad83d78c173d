import AgentContract
import Synchronization
import Testing
import Topology

@testable import Lab

@Suite("What is seen, and what is concluded from it")
struct ObservationTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private func statistics(_ servers: [(String, Int)], queued: Int = 0) throws -> LoadBalancerStatistics {
        let header = "# pxname,svname,qcur,scur,status,hrsp_2xx,"
        let lines = servers.map { "web,\($0.0),0,1,UP,\($0.1)," }
        let text = ([header, "shop,FRONTEND,,3,OPEN,9,"] + lines + ["web,BACKEND,\(queued),2,UP,9,", "other,x,0,0,UP,1,"])
            .joined(separator: "\n")
        return try LoadBalancerStatistics(parsing: text, pool: "web")
    }

    @Test("HAProxy's table gives the pool's servers and the queue")
    func table() throws {
        let read = try statistics([("web1", 4), ("web3", 0)], queued: 7)
        #expect(read.servers.map(\.name) == ["web1", "web3"])
        #expect(read.server("web1")?.successes == 4)
        #expect(read.queued == 7)
    }

    @Test("What is no table is an error that shows it", arguments: ["", "Unknown command", "# pxname,svname\n"])
    func noTable(text: String) {
        #expect(throws: LabError.self) { try LoadBalancerStatistics(parsing: text, pool: "web") }
    }

    @Test("A backend's life is noted once a turn: in, served, out, and again")
    func backends() throws {
        let lines = Lines()
        let observations = Observations(timeline: Timeline(begin: 0) { line in lines.all.withLock { $0.append(line) } })
        observations.saw(try statistics([("web3", 0)]), at: 1000)
        observations.saw(try statistics([("web3", 0)]), at: 1100)
        observations.saw(try statistics([("web3", 2)]), at: 1200)
        observations.saw(try statistics([]), at: 5000)
        observations.saw(try statistics([("web3", 0)]), at: 6000)
        #expect(
            observations.backends == [
                .init(name: "web3", appearedAt: 1000, firstServedAt: 1200, goneAt: 5000),
                .init(name: "web3", appearedAt: 6000),
            ])
        #expect(lines.all.withLock { $0.count } == 4)
    }

    @Test("The time from decision to serving is that of the backend that came after it")
    func decisionToServing() throws {
        let observations = Observations(timeline: Timeline(begin: 0) { _ in })
        observations.saw(try statistics([("web3", 9)]), at: 100)
        observations.saw(try statistics([]), at: 200)
        let container = Container(
            name: "web3", role: .web, server: "o1", address: "10.77.0.100/24", port: 80, limits: .zero, image: "web")
        let plan = Plan(
            id: "scale-out-web-1000", purpose: .scaleOut, role: .web, createdAt: 1000,
            steps: [PlannedStep(.attach(server: "o1")), PlannedStep(.putContainer(container))],
            decision: Decision(summary: "web needs 3"))
        observations.saw(plans: [PlanReport(plan: plan, state: "running", startedAt: 1000, finishedAt: nil, steps: [])], at: 1010)
        #expect(observations.decisionToServing(after: 500).isEmpty)
        observations.saw(try statistics([("web3", 0)]), at: 1300)
        observations.saw(try statistics([("web3", 1)]), at: 1500)
        let served = observations.decisionToServing(after: 500)
        #expect(served.map(\.container) == ["web3"])
        #expect(served.first?.seconds == 0.5)
        #expect(observations.decisionToServing(after: 2000).isEmpty)
    }

    @Test("An alert fires once however often it is seen, and again after it was over")
    func alerts() {
        let observations = Observations(timeline: Timeline(begin: 0) { _ in })
        let labels = ["alertname": "RoleSaturated", "role": "web"]
        for time in [10.0, 20, 30] { observations.saw(firing: [labels], at: time) }
        observations.saw(firing: [], at: 40)
        observations.saw(firing: [labels], at: 50)
        let lives = observations.alerts("RoleSaturated", after: 0)
        #expect(lives.map(\.from) == [10, 50])
        #expect(lives.map(\.until) == [40, nil])
        #expect(observations.alerts("RoleSaturated", after: 45).count == 1)
    }

    @Test("Leases are held from the monitor's time to when they are seen gone")
    func leases() {
        let observations = Observations(timeline: Timeline(begin: 0) { _ in })
        observations.saw(leases: [Lease(server: "o1", from: 100, fencingToken: 1)], at: 200)
        #expect(observations.leasedServers == ["o1"])
        observations.saw(leases: [], at: 300)
        #expect(observations.leasedServers.isEmpty)
        #expect(observations.leases.map(\.until) == [300])
    }

    @Test("Saturation is the first reading at the level after the time asked for")
    func saturation() {
        let observations = Observations(timeline: Timeline(begin: 0) { _ in })
        for (time, value) in [(1.0, 0.99), (2, 0.5), (3, 0.98), (4, 1.0)] { observations.saw(utilisation: value, at: time) }
        #expect(observations.saturated(after: 1.5) == 3)
        #expect(observations.saturated(after: 5) == nil)
        #expect(observations.peak(after: 2) == 1.0)
    }

    @Test("Utilisation is that of the containers that were there all the time")
    func utilisation() {
        let value = UtilisationMeter.utilisation(
            from: ["s1/web1": 1, "s2/web2": 2], to: ["s1/web1": 1.2, "o1/web3": 9], over: 2, coresEach: 0.1)
        #expect(value.map { abs($0 - 1.0) < 1e-9 } == true)
        #expect(UtilisationMeter.utilisation(from: [:], to: ["a": 1], over: 1, coresEach: 1) == nil)
    }

    @Test(
        "A release is early unless it is decided on in the last part of a billed period",
        arguments: [(10.0, true), (47.0, true), (49.0, false), (59.9, false), (61.0, true), (109.0, false)])
    func early(seconds: Double, isEarly: Bool) {
        #expect(Scenario.isEarly(release: 5000 + seconds * 1000, leaseFrom: 5000) == isEarly)
    }

    @Test("Lines found are counted once, and those found again are doubled")
    func delivery() {
        let batches = DeliveryBatches(count: 2500, tag: "abc123")
        let lines = batches.lines(host: "client1")
        #expect(batches.batches == 3)
        #expect(lines.count == 2500)
        #expect(lines[1000].contains(batches.marker(1)))
        #expect(!lines[999].contains(batches.marker(1)))
        var count = DeliveryBatches.Count()
        count.add(lines.dropLast().map { String($0.drop { $0 != "o" }) })
        count.add([lines[7]])
        count.add(["something else"])
        #expect(count.distinct == 2499)
        #expect(count.doubled == 1)
    }
}
