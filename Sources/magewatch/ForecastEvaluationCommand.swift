import ArgumentParser
import Forecasting
import Foundation

/// `magewatch forecast eval`: the forecaster's error on series whose end it is not shown.
struct ForecastEvaluationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Measure forecasts on files of series.",
        discussion: """
            A file holds lines of `time,value`, or a series a line as the M4 competition's files do (id, then values). The last HORIZON
            values of each series are held back and forecast. If a later file (or --test) has lines with the ids of an earlier one, these are the truth, and
            series without one are left out.

            With --leads the short layer is measured instead: it runs through the series value by value, and is judged at these leads (steps
            ahead) at every sixth step of the last 40 %, in units of the in-sample error of the seasonal naive forecast.

            OWA is sMAPE and MASE against Naive2's, as in the M4 competition: of the means over all series.

            EXAMPLES
              magewatch forecast eval Hourly-train.csv Hourly-test.csv --horizon 48 --season 24
              magewatch forecast eval requests.csv --step 5m --horizon 288 --season 288 --origins 5 --output json
              magewatch forecast eval requests.csv queries.csv --step 5m --season 288 --leads 1,6,24,288
            """)

    @Argument(help: "Files of series.")
    var files: [String]

    @Option(help: "Steps to forecast.")
    var horizon = 48

    @Option(help: "Steps of a season: 24 for hours, 288 for five minutes. Its sevenfold is used as well.")
    var season: Int

    @Option(help: "A file of M4 lines with what came after the series of the same id.")
    var test: [String] = []

    @Option(help: "Put `time,value` samples on a grid of this step, for instance 5m; their own distance by default.")
    var step: String?

    @Option(help: "Ends held back of each series, a horizon apart.")
    var origins = 1

    @Option(help: "Measure the short layer at these leads, in steps: 1,6,24,288.")
    var leads: String?

    @Option(help: "text or json.")
    var output: OutputForm = .text

    func validate() throws {
        guard (1...100_000).contains(horizon) else { throw ValidationError("--horizon is from 1 to 100000") }
        guard (1...100_000).contains(season) else { throw ValidationError("--season is from 1 to 100000") }
        guard (1...1000).contains(origins) else { throw ValidationError("--origins is from 1 to 1000") }
    }

    func run() throws {
        if let leads { return try measureShortLayer(leads) }
        let cases = try EvaluationCases(files: files, tests: test, stepSeconds: try step.map(DurationText.seconds))
            .cases(horizon: horizon, origins: origins)
        guard !cases.isEmpty else {
            throw CommandFailure("no series is longer than the \(horizon) steps to be held back: nothing can be measured")
        }
        let evaluation = HoldoutEvaluation(season: season)
        var reports: [(file: String, scores: [HoldoutEvaluation.Score])] = []
        let started = clock()
        for item in cases {
            if reports.last?.file != item.file { reports.append((item.file, [])) }
            if let score = evaluation.score(history: item.history, truth: item.truth) {
                reports[reports.count - 1].scores.append(score)
            }
        }
        // Processor time: what others do on the machine does not count.
        let milliseconds = Double(clock() - started) / Double(CLOCKS_PER_SEC) * 1000 / Double(cases.count)
        let report = EvaluationReport(
            horizon: horizon, season: season, millisecondsPerSeries: milliseconds, files: reports, count: cases.count)
        print(output == .json ? try report.json() : report.text())
    }

    private func measureShortLayer(_ text: String) throws {
        let leads = try text.split(separator: ",").map { part -> Int in
            guard let lead = Int(part), (1...OnlineForecaster.maximumLeadDays * season).contains(lead) else {
                throw ValidationError("--leads are steps, at most a week's, for instance 1,6,24,288")
            }
            return lead
        }
        let evaluation = RollingEvaluation(leads: leads, stepsPerDay: season)
        var found: [(name: String, microseconds: Double, scores: [RollingEvaluation.LeadScore])] = []
        for file in files {
            for series in try SeriesFile.read(file) {
                let values =
                    series.seconds.isEmpty ? series.values : series.grid(stepSeconds: try step.map(DurationText.seconds)).values
                let started = clock()
                guard let scores = evaluation.scores(values) else { continue }
                let microseconds = Double(clock() - started) / Double(CLOCKS_PER_SEC) * 1e6 / Double(values.count)
                found.append((series.name.isEmpty ? file : "\(file) \(series.name)", microseconds, scores))
            }
        }
        guard !found.isEmpty else {
            throw CommandFailure("no series is longer than two seasons and moves: nothing can be measured")
        }
        let report = RollingReport(found)
        print(output == .json ? try report.json() : report.text())
    }
}
