import Forecasting
import Telemetry
import TestKit
import Testing

@Suite("Forecasts of a role's utilisation")
struct RoleForecasterTests {
    let forecaster = RoleForecaster(leadsSeconds: [15, 30, 60], limit: 0.85, stepSeconds: 1)

    func history(_ values: [Double]) -> SignalHistory {
        SignalHistory(stepSeconds: 1, lastTimestamp: 1_000_000, values: values)
    }

    func path(_ forecast: Forecast, _ quantile: Double) throws -> [Double] {
        try #require(forecast.paths.first { $0.quantile == quantile }).values
    }

    @Test("A steady signal stays where it is and saturates never")
    func steady() throws {
        var generator = SeededGenerator(seed: 1)
        let values = (0..<200).map { _ in 0.4 + Double.random(in: -0.02...0.02, using: &generator) }
        let forecast = try #require(forecaster.forecast(signal: "utilisation", role: "web", history(values)))
        for value in try path(forecast, 0.5) { #expect(abs(value - 0.4) < 0.03) }
        for value in try path(forecast, 0.9) { #expect(value < 0.5) }
        #expect(forecast.secondsToSaturation == nil)
        #expect(forecast.secondsToSaturationEarly == nil)
    }

    @Test("A ramp is foreseen to cross the limit, the early quantile before the median", arguments: [3, 4, 5] as [UInt64])
    func ramp(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        // 60 s steady at 0.3, then 0.006 a second; at the end 0.6, so 0.85 is 42 s away.
        let values = (0..<110).map { 0.3 + max(0, Double($0 - 60)) * 0.006 + Double.random(in: -0.02...0.02, using: &generator) }
        let forecast = try #require(forecaster.forecast(signal: "utilisation", role: "web", history(values)))
        let median = try #require(forecast.secondsToSaturation, "seed \(seed): \(forecast)")
        let early = try #require(forecast.secondsToSaturationEarly)
        #expect((15...60).contains(median), "seed \(seed): \(median)")
        #expect(early <= median)
    }

    @Test("A daily season is learnt")
    func season() throws {
        let seasonal = RoleForecaster(leadsSeconds: [3600, 21_600], limit: 0.85, stepSeconds: 900)
        var generator = SeededGenerator(seed: 2)
        func truth(_ step: Int) -> Double { 0.45 + 0.3 * sine(Double(step) / 96) }
        let values = (0..<960).map { truth($0) + Double.random(in: -0.03...0.03, using: &generator) }
        let forecast = try #require(
            seasonal.forecast(
                signal: "utilisation", role: "web", SignalHistory(stepSeconds: 900, lastTimestamp: 0, values: values)))
        let median = try path(forecast, 0.5)
        #expect(abs(median[0] - truth(963)) < 0.06, "\(forecast)")
        #expect(abs(median[1] - truth(983)) < 0.06, "\(forecast)")
    }

    @Test(
        "Whatever comes in, finite numbers or nothing go out",
        arguments: [
            [], [1], [.nan, .nan], [Double](repeating: 0, count: 50), [Double](repeating: .infinity, count: 50),
            (0..<50).map { $0 % 2 == 0 ? 1e300 : -1e300 },
            [Double](repeating: .nan, count: 30) + [Double](repeating: 0.5, count: 20),
            (0..<60).map { -Double($0) },
        ])
    func nasty(values: [Double]) {
        guard let forecast = forecaster.forecast(signal: "s", role: "r", history(values)) else { return }
        for path in forecast.paths {
            let areFinite = path.values.allSatisfy(\.isFinite)
            #expect(areFinite, "\(values.prefix(3))")
        }
    }

    @Test("The 0.9 quantile covers about nine of ten outcomes")
    func coverage() throws {
        var generator = SeededGenerator(seed: 9)
        var level = 0.5
        let values = (0..<600).map { _ -> Double in
            level += 0.1 * (0.5 - level) + Double.random(in: -0.04...0.04, using: &generator)
            return level
        }
        var covered = 0
        var count = 0
        for origin in stride(from: 200, to: 580, by: 4) {
            let forecast = try #require(forecaster.forecast(signal: "s", role: "r", history(Array(values[..<origin]))))
            let bound = try path(forecast, 0.9)[0]
            covered += values[origin + 14] <= bound ? 1 : 0
            count += 1
        }
        let share = Double(covered) / Double(count)
        #expect((0.8...0.98).contains(share), "\(share)")
    }

    /// The sine of a whole turn, without importing a mathematics library for it.
    private func sine(_ turns: Double) -> Double {
        let x = (turns - turns.rounded()) * 2 * Double.pi
        var term = x
        var sum = x
        for n in 1..<12 {
            term *= -x * x / Double((2 * n) * (2 * n + 1))
            sum += term
        }
        return sum
    }
}

@Suite("The grid that models run on")
struct SignalHistoryTests {
    @Test("Samples are averaged by step, short gaps bridged, long ones left open")
    func grid() {
        let columns = SampleColumns(timestamps: [1000, 1500, 2000, 9000], values: [1, 3, 5, 7])
        let history = SignalHistory(columns, now: 9999, stepSeconds: 1)
        #expect(history.values.prefix(5) == [2, 5, 5, 5, 5])
        #expect(history.values[5].isNaN)
        #expect(history.values.last == 7)
    }

    @Test("No samples make no history")
    func empty() {
        #expect(SignalHistory(SampleColumns(), now: 0, stepSeconds: 1).count == 0)
    }

    @Test(
        "Leads are written as people write them",
        arguments: [(15.0, "15s"), (90, "90s"), (300, "5m"), (21_600, "6h"), (86_400, "1d"), (0.5, "500ms")])
    func leads(seconds: Double, text: String) {
        #expect(Forecast.leadText(seconds) == text)
    }
}
