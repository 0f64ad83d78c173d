import AgentContract
import Planning
import Telemetry
import Testing
import Topology

@Suite("The scaler stands down when it can't trust itself") struct StandDownTests {
    private static func forecast(_ recent: Double?, week: Double = 0.95, lead: Double = 300, count: Int = 500) -> Forecast {
        var forecast = House.forecast([0.5, 0.5, 0.5])
        forecast.records = [
            .init(leadSeconds: lead, meanAbsoluteError: 0.1, coverage: week, count: count, recentCoverage: recent)
        ]
        return forecast
    }

    private static func judge(
        _ forecast: Forecast?, failed: [Bool] = [], secondsAgo: Double = 10, previous: [StandDown] = []
    ) -> [StandDown] {
        let now: Milliseconds = 100_000_000
        return StandDown.judge(
            .web, forecasts: forecast.map { [$0] } ?? [],
            outcomes: failed.enumerated().map { index, failed in
                .init(hasFailed: failed, endedAt: now - Milliseconds(secondsAgo * 1000) - Milliseconds(index) * 60_000)
            }, previous: previous, rules: StandDownRules(), at: now)
    }

    @Test(
        "Coverage that broke lately, over enough truths and at leads that matter",
        arguments: [
            (forecast(0.69), true), (forecast(0.71), false), (forecast(nil, week: 0.5), true), (forecast(0.2, count: 100), false),
            (forecast(0.2, lead: 3600), false), (nil, false),
        ] as [(Forecast?, Bool)])
    func coverage(forecast: Forecast?, isDown: Bool) {
        let judged = Self.judge(forecast)
        #expect(judged.map(\.cause) == (isDown ? [.coverage] : []))
        if forecast?.records.first?.recentCoverage == 0.69 {
            #expect(
                judged[0].reason.contains("guard rail scaler.stand-down.coverage: the 95 % band of web 300 s ahead held 69 %"))
        }
    }

    @Test("In the first hours nobody counts on bands, and nothing is held against them")
    func young() {
        var forecast = Self.forecast(0.2)
        forecast.weights = [.init(layer: "young", model: "trend", weight: 1)]
        #expect(Self.judge(forecast).isEmpty)
        forecast.weights = [.init(layer: "short", model: "level", weight: 1)]
        #expect(Self.judge(forecast).map(\.cause) == [.coverage])
    }

    @Test("Once broken, it has to be clearly better")
    func hysteresis() {
        let down = [StandDown(cause: .coverage, reason: "")]
        #expect(!Self.judge(Self.forecast(0.79), previous: down).isEmpty)
        #expect(Self.judge(Self.forecast(0.81), previous: down).isEmpty)
    }

    @Test(
        "Failures in a row, until one more is tried an hour later; a success ends them",
        arguments: [
            ([true, true, true], 10.0, true), ([true, true], 10, false), ([false, true, true, true], 10, false),
            ([true, true, true, true, true], 3599, true), ([true, true, true], 3601, false), ([], 10, false),
        ] as [([Bool], Double, Bool)])
    func failures(failed: [Bool], secondsAgo: Double, isDown: Bool) {
        #expect(Self.judge(nil, failed: failed, secondsAgo: secondsAgo).map(\.cause) == (isDown ? [.plans] : []))
    }

    @Test("A role that is not foreseen is still scaled out by what is measured, and nothing of it is given back")
    func consequences() throws {
        var input = House.input(utilisation: 0.9)
        input.forecasts = [House.forecast([2.0, 2.9, 9.0])]
        let alert = House.alert("scale", ["role": "web"], value: .nan)
        #expect(House.names(House.plan(for: alert, input).plan).count { $0.contains("start_container") } == 4)
        input.stoodDown[.web] = [StandDown(cause: .coverage, reason: "not foreseen")]
        #expect(House.names(House.plan(for: alert, input).plan).count { $0.contains("start_container") } == 1)
        input.utilisation[.web] = 0.1
        input.forecasts = []
        input.stack.containers.append(House.container("web3", on: "o1"))
        input.stack.leases = [Lease(server: "o1", from: input.now - 3_500_000, until: nil, fencingToken: 1)]
        #expect(Planner.release("o1", input).refusal?.guardRail == "scaler.stand-down.coverage")
        input.stoodDown = [:]
        #expect(Planner.release("o1", input).plan != nil)
    }
}
