import Foundation
import Telemetry
import TestKit
import Testing

@testable import Forecasting

@Suite("One signal, forecast as it comes")
struct SignalForecasterTests {
    /// Quarters of an hour: a day of 96 steps.
    private func forecaster() -> SignalForecaster {
        SignalForecaster(leadsSeconds: [900, 3600, 21_600], limit: 0.85, stepSeconds: 900)
    }

    private func course(_ step: Int) -> Double { 0.45 + 0.3 * sin(Double(step) / 96 * 2 * .pi) }

    private func observed(_ count: Int, seed: UInt64) -> SignalForecaster {
        var generator = SeededGenerator(seed: seed)
        var forecaster = forecaster()
        for step in 0..<count { forecaster.observe(course(step) + Double.random(in: -0.02...0.02, using: &generator)) }
        return forecaster
    }

    @Test("A daily course is foreseen by both layers, with bands in order around it", arguments: [1, 2, 3] as [UInt64])
    func daily(seed: UInt64) throws {
        var forecaster = observed(96 * 12, seed: seed)
        let made = forecaster.forecast(signal: "utilisation", role: "web", madeAt: 7)
        let forecast = try #require(made)
        let median = try #require(forecast.paths.first { $0.quantile == 0.5 })
        for (value, lead) in zip(median.values, [1, 4, 24]) {
            #expect(abs(value - course(96 * 12 - 1 + lead)) < 0.05, "seed \(seed), lead \(lead): \(value)")
        }
        for (low, high) in zip(forecast.paths, forecast.paths.dropFirst()) {
            for (below, above) in zip(low.values, high.values) { #expect(below <= above) }
        }
        for layer in ["short", "long"] {
            let sum = forecast.weights.filter { $0.layer == layer }.reduce(0) { $0 + $1.weight }
            #expect((0.9...1.0001).contains(sum), "\(layer) \(sum)")
        }
    }

    @Test("What becomes of its forecasts is counted: error and coverage of every lead", arguments: [4, 5] as [UInt64])
    func records(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var forecaster = forecaster()
        var last: Forecast?
        for step in 0..<96 * 16 {
            forecaster.observe(course(step) + Double.random(in: -0.02...0.02, using: &generator))
            if step > 96 * 10, step.isMultiple(of: 2) { last = forecaster.forecast(signal: "s", role: "r", madeAt: 0) }
        }
        let records = try #require(last).records
        #expect(records.map(\.leadSeconds) == [900, 3600, 21_600])
        for record in records {
            #expect(record.count > 200)
            #expect(record.meanAbsoluteError < 0.03, "seed \(seed): \(record)")
            #expect((0.85...1).contains(record.coverage), "seed \(seed): \(record)")
        }
    }

    @Test("A new signal has a forecast within minutes, and a rising one says when it saturates")
    func young() throws {
        var forecaster = SignalForecaster(leadsSeconds: [15, 30, 60], limit: 0.85, stepSeconds: 1)
        for step in 0..<110 { forecaster.observe(0.3 + max(0, Double(step - 60)) * 0.006) }
        let made = forecaster.forecast(signal: "utilisation", role: "web", madeAt: 0)
        let forecast = try #require(made)
        #expect(forecast.weights.allSatisfy { $0.layer == "young" } && !forecast.weights.isEmpty)
        let seconds = try #require(forecast.secondsToSaturation)
        #expect((20...60).contains(seconds))
    }

    @Test("The whole path reaches to the horizon and begins with the short leads")
    func path() throws {
        let forecaster = observed(96 * 8, seed: 6)
        let path = try #require(forecaster.path(signal: "s", role: "r", madeAt: 0, horizonSeconds: 2 * 86_400))
        #expect(path.leadsSeconds.first == 900)
        #expect(path.leadsSeconds.last == 172_800.0)
        #expect(path.leadsSeconds == path.leadsSeconds.sorted())
        let median = try #require(path.paths.first { $0.quantile == 0.5 })
        let worst = zip(path.leadsSeconds, median.values).map { abs($1 - course(96 * 8 - 1 + Int($0 / 900))) }.max()
        #expect(try #require(worst) < 0.1)
    }

    @Test(
        "Whatever comes in, finite numbers or nothing go out",
        arguments: [
            [], [1], [.nan, .nan], [Double](repeating: 0, count: 300), [Double](repeating: .infinity, count: 300),
            (0..<300).map { $0 % 2 == 0 ? 1e300 : -1e300 }, (0..<300).map { $0 % 5 == 0 ? 0.5 : .nan },
            (0..<300).map { -Double($0) }, (0..<300).map { Double($0) * 1e137 },
        ] as [[Double]])
    func nasty(values: [Double]) {
        var forecaster = forecaster()
        for value in values { forecaster.observe(value) }
        for forecast in [
            forecaster.forecast(signal: "s", role: "r", madeAt: 0),
            forecaster.path(signal: "s", role: "r", madeAt: 0, horizonSeconds: .infinity),
        ] {
            let isFinite = forecast?.paths.allSatisfy { $0.values.allSatisfy { $0.isFinite && $0 >= 0 } } ?? true
            #expect(isFinite, "\(values.prefix(3))")
        }
    }

    @Test("A forecast settles when its truth comes, and a missing truth settles it uncounted")
    func ledger() {
        var ledger = LeadLedger(lead: 2, week: 100)
        ledger.note(median: 1, bounds: 0...2, at: 0)
        ledger.note(median: 1, bounds: 0...2, at: 1)
        ledger.note(median: 1, bounds: 0...2, at: 2)
        ledger.learn(9, at: 1)
        #expect(ledger.count == 0)
        ledger.learn(3, at: 2)
        #expect(ledger.count == 1 && ledger.coverage == 0 && ledger.meanAbsoluteError == 2)
        ledger.learn(.nan, at: 3)
        ledger.learn(1, at: 4)
        #expect(ledger.count == 2 && ledger.coverage == 0.5 && ledger.meanAbsoluteError == 1)
    }

    @Test("Quantiles of the normal distribution", arguments: [(0.5, 0.0), (0.9, 1.28155), (0.975, 1.95996), (0.025, -1.95996)])
    func normal(probability: Double, value: Double) {
        #expect(abs(NormalDistribution.quantile(probability) - value) < 0.001)
    }
}
