import AgentContract
import Planning
import Telemetry
import Testing
import Topology

@Suite("Decisions are compared with what happened") struct DecisionReviewTests {
    static let start: Milliseconds = 1_000_000_000

    /// Demand by minute, at ticks of 15 s.
    private static func history(_ demand: [Double], containers: [Double]) -> RoleHistory {
        RoleHistory(
            start: start, tickSeconds: 15, demand: demand.flatMap { [Double](repeating: $0, count: 4) },
            containers: containers.flatMap { [Double](repeating: $0, count: 4) })
    }

    private static func report(
        _ purpose: Plan.Purpose, minute: Double, seconds: Double = 60, count: Int = 1, state: String = "done"
    ) -> PlanReport {
        let created = start + Milliseconds(minute * 60_000)
        var steps: [PlannedStep] = []
        for number in 0..<count {
            let container = House.container("web\(3 + number)", on: "o1")
            steps +=
                purpose == .scaleOut
                ? [PlannedStep(.attach(server: "o\(number)")), PlannedStep(.putContainer(container))]
                : [PlannedStep(.dropContainer(name: container.name)), PlannedStep(.detach(server: "o\(number)"))]
        }
        let plan = Plan(
            id: "p", purpose: purpose, role: .web, createdAt: created, steps: steps,
            decision: Decision(summary: "", billedPeriods: purpose == .scaleOut ? count : 0))
        return PlanReport(
            plan: plan, state: state, startedAt: created, finishedAt: created + Milliseconds(seconds * 1000), steps: [])
    }

    private static func outcome(_ report: PlanReport, _ history: RoleHistory) -> ScalerReport.DecisionOutcome? {
        DecisionReview(history, billedPeriodSeconds: 600, moneyPerPeriod: 0.5, currency: "EUR").outcome(of: report)
    }

    /// Twenty minutes of quiet with a demand from minute five on.
    private static func rise(to demand: Double, from minute: Int = 5, until end: Int = 12) -> [Double] {
        (0..<20).map { $0 >= minute && $0 < end ? demand : 1.5 }
    }

    @Test(
        "A scale-out is judged by what its period needed",
        arguments: [
            (rise(to: 2.5), 1, "all needed", 0.0, 0, 0), (rise(to: 1.9), 1, "not needed, 0.50 EUR for nothing", 0.5, 0, 0),
            (rise(to: 2.5), 2, "1 of 2 needed, 0.50 EUR for nothing", 0.5, 0, 0),
            (rise(to: 3.5), 1, "all needed, too few for 7 min", 0, 0, 7),
            (rise(to: 2.5, from: 2), 1, "all needed, 3 min too late", 0, 3, 0),
        ])
    func scaleOut(demand: [Double], count: Int, verdict: String, regret: Double, before: Int, after: Int) throws {
        // Two serve; what is added at minute two serves from minute five on.
        let history = Self.history(demand, containers: (0..<20).map { $0 < 5 ? 2 : Double(2 + count) })
        let seconds = 179.0
        let outcome = try #require(Self.outcome(Self.report(.scaleOut, minute: 2, seconds: seconds, count: count), history))
        #expect(outcome.verdict == verdict)
        #expect(outcome.regretMoney == regret && outcome.money == 0.5 * Double(count))
        #expect(outcome.saturatedBefore == before && outcome.saturatedAfter == after)
        #expect(outcome.containersBefore == 2 && outcome.change == count && outcome.seconds == seconds)
    }

    @Test("What was given back is judged by whether it was missed within the period")
    func returned() throws {
        let containers = (0..<20).map { $0 < 3 ? 3.0 : 2 }
        let good = try #require(
            Self.outcome(Self.report(.release, minute: 2, seconds: 50), Self.history(Self.rise(to: 1.9), containers: containers)))
        #expect(good.verdict == "not missed" && good.money == -0.5 && good.regretMoney == 0 && good.change == -1)
        let bad = try #require(
            Self.outcome(Self.report(.release, minute: 2, seconds: 50), Self.history(Self.rise(to: 2.5), containers: containers)))
        #expect(bad.verdict == "missed within the period: 1 more were needed, saturated for 7 min" && bad.regretMoney == 0.5)
    }

    @Test("What was not carried out, not measured, of another kind or of another time is told as such")
    func others() {
        let history = Self.history(Self.rise(to: 2.5), containers: [Double](repeating: 2, count: 20))
        #expect(Self.outcome(Self.report(.scaleOut, minute: 2, state: "failed"), history)?.verdict == "not carried out: failed")
        #expect(Self.outcome(Self.report(.restart, minute: 2), history) == nil)
        #expect(Self.outcome(Self.report(.scaleOut, minute: -1), history) == nil)
        #expect(Self.outcome(Self.report(.scaleOut, minute: 20), history) == nil)
        let dark = Self.history([Double](repeating: .nan, count: 20), containers: [Double](repeating: .nan, count: 20))
        let unknown = Self.outcome(Self.report(.scaleOut, minute: 2), dark)
        #expect(unknown?.verdict == "what came after it was not measured" && unknown?.demandBefore == nil)
    }

    @Test("Time that was not measured at either end is not judged")
    func trimmed() {
        let history = RoleHistory(
            start: 1000, tickSeconds: 15, demand: [.nan, 1, 2, .nan, 3, 4], containers: [1, .nan, 1, 1, 1, .nan])
        let trimmed = history.trimmed
        #expect(trimmed.start == 31_000 && trimmed.containers == [1, 1, 1] && trimmed.demand[0] == 2 && trimmed.demand[2] == 3)
        let dark = RoleHistory(start: 1000, tickSeconds: 15, demand: [.nan], containers: [1])
        #expect(dark.trimmed.demand.isEmpty)
    }

    @Test("The report replays the same demand with the code of the simulation, and prices it by the server")
    func review() throws {
        let rules = FleetRules(ownedServers: 2, attachSeconds: 30, billedPeriodSeconds: 3600)
        let learned = (0..<5760).map { 1 + 0.8 * Double($0 / 240 % 2) }
        let demand = (0..<5760).map { 1 + 1.4 * Double($0 / 240 % 2) }
        var containers = [Double](repeating: 3, count: demand.count)
        for tick in 240..<250 { containers[tick] = 2 }
        containers[0] = .nan
        let history = RoleHistory(start: Self.start, tickSeconds: 15, demand: demand, containers: containers)
        let review = RoleReview(
            .init(rules: rules, options: .init(), containersPerServer: 2, moneyPerPeriod: 0.5, currency: "EUR"))
        let report = review.report(on: .web, history, learned: learned, billedPeriods: 7, plans: [])
        #expect(report.policies.map(\.name) == ["actual", "magewatch", "hpa-70", "hpa-70-paid-hour", "static", "oracle"])
        let actual = report.policies[0]
        #expect(actual.saturatedMinutes == 3 && actual.periods == 7 && actual.money == 3.5)
        let asked = demand.dropFirst().reduce(0, +)
        #expect(abs(actual.unservedShare - 10 * 0.4 / asked) < 1e-12)
        let simulation = ScalingSimulation(demand: learned + demand, rules: rules, start: learned.count).comparison()
        for (policy, result) in zip(report.policies.dropFirst(), simulation) {
            #expect(policy.name == result.name && policy.periods == Double(result.overflowPeriods) / 2)
            #expect(policy.money == policy.periods * 0.5)
            #expect(policy.saturatedMinutes == (result.saturatedShare * 1440).rounded())
        }
        // One more all day long, and there when it begins: 25 hours of half a server.
        #expect(report.policies[4].periods == 12.5)
    }
}
