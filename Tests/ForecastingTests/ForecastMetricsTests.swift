import Forecasting
import Foundation
import TestKit
import Testing

@Suite("Measures of forecasts", .ownThread)
struct ForecastMetricsTests {
    @Test("sMAPE, MASE, pinball loss and interval score by hand")
    func byHand() throws {
        #expect(abs(ForecastMetrics.sMAPE([1, 3], [3, 3]) - 50) < 1e-12)
        #expect(ForecastMetrics.sMAPE([0], [0]) == 0)
        // In-sample errors at lag 2: 2 and 2.
        #expect(try #require(ForecastMetrics.mase([5, 5], [4, 7], insample: [1, 2, 3, 4], season: 2)) == 0.75)
        #expect(ForecastMetrics.mase([5], [4], insample: [1, 1, 1], season: 1) == nil)
        #expect(abs(ForecastMetrics.pinball([10], [12], probability: 0.9) - 1.8) < 1e-12)
        #expect(abs(ForecastMetrics.pinball([10], [8], probability: 0.9) - 0.2) < 1e-12)
        #expect(abs(ForecastMetrics.intervalScore([0], [1], [2], level: 0.95) - 41) < 1e-9)
    }

    @Test("Naive2 repeats the season of the last value, and is naive where there is none")
    func naive2() {
        let season = (0..<96).map { [1.0, 2, 4, 1][$0 % 4] }
        let path = Naive2.forecast(season, season: 4, horizon: 4)
        for (value, expected) in zip(path, [1.0, 2, 4, 1]) { #expect(abs(value - expected) < 1e-9) }
        #expect(Naive2.forecast([1, 5, 3], season: 24, horizon: 2) == [3, 3])
    }

    @Test("Naive2 gives the competition's own figures", .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
    func published() throws {
        func series(_ file: String) throws -> [SeriesText.Series] {
            SeriesText(try String(contentsOf: SharedMaterial.url("data/m4/\(file)"), encoding: .utf8)).series
        }
        let histories = Dictionary(uniqueKeysWithValues: try series("Hourly-train.csv").map { ($0.name, $0.values) })
        let errors = try series("Hourly-test-odd.csv").map { truth -> (Double, Double) in
            let history = try #require(histories[truth.name])
            let path = Naive2.forecast(history, season: 24, horizon: 48)
            let mase = try #require(ForecastMetrics.mase(path, truth.values, insample: history, season: 24))
            return (ForecastMetrics.sMAPE(path, truth.values), mase)
        }
        #expect(abs(ForecastMetrics.mean(errors.map(\.0)) - 18.224) < 0.001)
        #expect(abs(ForecastMetrics.mean(errors.map(\.1)) - 2.432) < 0.001)
    }
}

@Suite("Series as text")
struct SeriesTextTests {
    @Test("Times in several forms, values, gaps and what can't be read")
    func table() throws {
        let text = SeriesText(
            "ts,value\n1970-01-02T00:00Z,1\n1970-01-02 00:01:00,\n86520,3\nnonsense\n1970-01-02T00:03:00.5Z,-4e3\n")
        let series = try #require(text.series.first)
        #expect(series.seconds == [86_400, 86_460, 86_520, 86_580.5])
        #expect(series.values[0] == 1 && series.values[1].isNaN && series.values[3] == -4000)
        #expect(text.skippedLines == 1)
    }

    @Test("M4 lines of unequal length")
    func m4() {
        let text = SeriesText("\"V1\",\"V2\",\"V3\",\"V4\"\n\"H1\",\"1\",\"2\",\"3\"\n\"H2\",\"4\",\"5\",\"\"\n")
        #expect(text.series.map(\.name) == ["H1", "H2"])
        #expect(text.series.map(\.values) == [[1, 2, 3], [4, 5]])
    }

    @Test("A grid averages, leaves gaps open and goes forward only; a gap of years does not fill memory")
    func grid() {
        let series = SeriesText.Series(name: "", seconds: [0, 30, 60, 20, 240, 1e15], values: [1, 3, 5, 9, 7, 1])
        let grid = series.grid(stepSeconds: 60)
        #expect(grid.values.count == 5)
        #expect(grid.values[0] == 2 && grid.values[1] == 5 && grid.values[2].isNaN && grid.values[4] == 7)
    }
}
