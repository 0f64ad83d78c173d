import Foundation
import TestKit
import Testing

@testable import Forecasting

@Suite("The short layer", .ownThread)
struct OnlineForecasterTests {
    /// A day of 96 steps with noise.
    static func course(_ count: Int, seed: UInt64, noise: Double) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { step in
            let place = Double(step % 96) / 96
            return 10 + 8 * place * (1 - place) * 4 + Double.random(in: -noise...noise, using: &generator)
        }
    }

    @Test("A daily course is learnt at every lead, and 95 of 100 truths fall into the interval", arguments: [1, 2] as [UInt64])
    func daily(seed: UInt64) throws {
        let values = OnlineForecasterTests.course(96 * 20, seed: seed, noise: 0.5)
        let scores = try #require(RollingEvaluation(leads: [1, 8, 96], stepsPerDay: 96, stride: 3).scores(values))
        for score in scores {
            #expect(score.mase < 0.9 * score.naiveMASE || score.lead == 96, "seed \(seed): \(score)")
            #expect((0.90...0.99).contains(score.coverage), "seed \(seed): \(score)")
        }
    }

    @Test("A random walk is not forecast worse than by its last value", arguments: [1, 2, 3, 4] as [UInt64])
    func randomWalk(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var level = 100.0
        let values = (0..<2000).map { _ -> Double in
            level += Double.random(in: -1...1, using: &generator)
            return level
        }
        for score in try #require(RollingEvaluation(leads: [1, 6, 96], stepsPerDay: 96).scores(values)) {
            #expect(score.mase <= 1.05 * score.naiveMASE, "seed \(seed): \(score)")
        }
    }

    @Test("After a shift of level the forecast is there within minutes")
    func shift() {
        var forecaster = OnlineForecaster(leads: [1, 6], stepsPerDay: 96)
        for value in OnlineForecasterTests.course(96 * 10, seed: 3, noise: 0.1) { forecaster.observe(value) }
        for _ in 0..<12 { forecaster.observe(100) }
        for value in forecaster.forecast { #expect(abs(value - 100) < 20) }
    }

    @Test(
        "Whatever comes, finite numbers go out",
        arguments: [
            [], [.nan, .nan], [5], [Double](repeating: 0, count: 400), (0..<400).map { $0 % 2 == 0 ? 1e300 : -1e300 },
            (0..<400).map { $0 % 3 == 0 ? .nan : .infinity }, (0..<400).map { -Double($0 % 96) },
            (0..<400).map { Double($0) * 1e137 },
            (0..<400).map { $0 == 200 ? 1e139 : 1 }, [Double](repeating: .leastNonzeroMagnitude, count: 400),
        ] as [[Double]])
    func nasty(values: [Double]) {
        var forecaster = OnlineForecaster(leads: [1, 6, 96, 100_000], stepsPerDay: 96)
        for value in values { forecaster.observe(value) }
        for path in [forecaster.forecast, forecaster.quantile(0.001), forecaster.quantile(0.999)] {
            let isFinite = path.count == 4 && path.allSatisfy(\.isFinite)
            #expect(isFinite, "\(values.prefix(3)): \(path)")
        }
    }

    @Test("Regression learns coefficients, and an outlier does not unlearn them")
    func regression() {
        var generator = SeededGenerator(seed: 4)
        var regression = LeadRegression(prior: [0, 1, 0], halfLife: .infinity, penalty: 1e-6, solveEvery: 1)
        for step in 0..<400 {
            let features = [1, Double.random(in: -1...1, using: &generator), Double.random(in: -1...1, using: &generator)]
            let target = 2 + 0.5 * features[1] - 3 * features[2] + Double.random(in: -0.01...0.01, using: &generator)
            regression.learn(features, step == 300 ? 1e9 : target)
        }
        for (weight, expected) in zip(regression.weights, [2, 0.5, -3]) { #expect(abs(weight - expected) < 0.01) }
    }

    @Test(
        "No series of the operations data is forecast worse than naively",
        .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
    func neverWorseThanNaive() throws {
        for file in [
            "ms/mongo-03.csv", "nab/realAWSCloudwatch/grok_asg_anomaly.csv",
            "nab/realAWSCloudwatch/rds_cpu_utilization_cc0c53.csv",
        ] {
            let text = try String(contentsOf: SharedMaterial.url("data/\(file)"), encoding: .utf8)
            let values = try #require(SeriesText(text).series.first).grid(stepSeconds: 300).values
            let scores = try #require(RollingEvaluation(leads: [1, 6, 24, 288], stepsPerDay: 288).scores(values))
            for score in scores { #expect(score.mase <= 1.02 * score.naiveMASE, "\(file): \(score)") }
        }
    }
}
