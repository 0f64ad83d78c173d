import Foundation
import TestKit
import Testing

@testable import Forecasting

@Suite("The long layer", .ownThread)
struct LongForecasterTests {
    /// A level, a day and a week in it, and noise.
    static func hours(_ count: Int, seed: UInt64, noise: Double = 0.02) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { hour in
            let day = [0.2, 0.1, 0.3, 0.9, 1, 0.8, 0.7, 0.4][hour % 24 / 3]
            let week = hour / 24 % 7 >= 5 ? 0.5 : 1
            return 10 + 5 * day * week + Double.random(in: -noise...noise, using: &generator)
        }
    }

    @Test("A day and a week are learnt: the error is the noise", arguments: [1, 2, 3] as [UInt64])
    func weekly(seed: UInt64) throws {
        let all = LongForecasterTests.hours(24 * 7 * 6, seed: seed)
        let forecast = try #require(LongForecaster(season: 24).forecast(Array(all.dropLast(48)), horizon: 48))
        let worst = zip(forecast.mean, all.suffix(48)).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 0.2, "seed \(seed)")
    }

    @Test("Nothing of the future is used: what comes after an origin does not change its path")
    func noLookAhead() throws {
        let values = LongForecasterTests.hours(24 * 7 * 4, seed: 5)
        var changed = values
        for index in 400..<changed.count { changed[index] = 1000 }
        for model in LongPool.models(season: 24, count: values.count) {
            let original = model.paths(values, origins: [400, values.count], horizon: 24)
            let other = model.paths(changed, origins: [400, values.count], horizon: 24)
            #expect(original.first == other.first, "\(model.name)")
        }
    }

    @Test("Quantiles keep their order and hold the mean between them")
    func order() throws {
        let values = LongForecasterTests.hours(24 * 7 * 4, seed: 6, noise: 0.5)
        let forecast = try #require(LongForecaster(season: 24).forecast(values, horizon: 48))
        let paths = [0.025, 0.25, 0.5, 0.75, 0.975].map(forecast.path)
        for (lower, upper) in zip(paths, paths.dropFirst()) {
            let isOrdered = zip(lower, upper).allSatisfy { $0 <= $1 }
            #expect(isOrdered)
        }
        #expect(abs(forecast.weights.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
    }

    @Test("The same history gives the same forecast, in any unit", arguments: [1e-200, 1e-3, 1, 1e200])
    func scale(unit: Double) throws {
        let values = LongForecasterTests.hours(24 * 7 * 4, seed: 7)
        let forecaster = LongForecaster(season: 24)
        let plain = try #require(forecaster.forecast(values, horizon: 24))
        let scaled = try #require(forecaster.forecast(values.map { $0 * unit }, horizon: 24))
        for (one, other) in zip(plain.mean, scaled.mean) { #expect(abs(one * unit - other) < 1e-6 * unit) }
    }

    static let oddities: [(name: String, values: [Double])] = [
        ("empty", []), ("only gaps", [.nan, .nan, .infinity]), ("one point", [3]), ("two points", [3, 4]),
        ("constant", [Double](repeating: 7, count: 900)), ("zero", [Double](repeating: 0, count: 900)),
        ("negative", (0..<900).map { -Double($0 % 24) }), ("huge", (0..<900).map { $0 % 24 < 12 ? 1e300 : -1e300 }),
        ("largest", (0..<900).map { _ in Double.greatestFiniteMagnitude }),
        ("tiny", (0..<900).map { Double($0 % 24) * .leastNonzeroMagnitude }),
        ("a gap of weeks", (0..<900).map { $0 > 200 && $0 < 700 ? .nan : Double($0 % 24) }),
        ("a gap at the end", (0..<900).map { $0 > 600 ? .nan : Double($0 % 24) }),
        ("every other missing", (0..<900).map { $0 % 2 == 0 ? .nan : Double($0 % 24) }),
        ("one outlier", (0..<900).map { $0 == 450 ? 1e300 : Double($0 % 24) }),
        ("growth", (0..<900).map { Double($0) * Double($0) }),
    ]

    @Test(
        "Whatever comes in, finite numbers or nothing go out", arguments: LongForecasterTests.oddities.indices, [1, 2, 24, 5000])
    func nasty(index: Int, season: Int) {
        let (name, values) = LongForecasterTests.oddities[index]
        let forecast = LongForecaster(season: season).forecast(values, horizon: 48)
        #expect((forecast == nil) == values.allSatisfy { !$0.isFinite }, "\(name)")
        guard let forecast else { return }
        for path in [forecast.mean, forecast.path(0.025), forecast.path(0.975)] {
            let isFinite = path.count == 48 && path.allSatisfy(\.isFinite)
            #expect(isFinite, "\(name), season \(season)")
        }
    }

    @Test("Hourly series of the M4 competition: OWA is under 0.45", .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
    func m4() throws {
        func series(_ file: String) throws -> [SeriesText.Series] {
            SeriesText(try String(contentsOf: SharedMaterial.url("data/m4/\(file)"), encoding: .utf8)).series
        }
        let histories = Dictionary(uniqueKeysWithValues: try series("Hourly-train.csv").map { ($0.name, $0.values) })
        let evaluation = HoldoutEvaluation(season: 24)
        // Every fourth one: the whole set is for the benchmark.
        let truths = try series("Hourly-test-odd.csv").enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
        let scores = truths.compactMap { truth in
            histories[truth.name].flatMap { evaluation.score(history: $0, truth: truth.values) }
        }
        let mean = try #require(HoldoutEvaluation.Score.mean(scores))
        #expect(mean.series == truths.count)
        #expect(try #require(mean.owa) < 0.45)
    }
}
