import ArgumentParser
import Forecasting
import Foundation

/// `magewatch anomalies`: how well unusual values are found.
struct AnomaliesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anomalies", abstract: "How well unusual values are found.", subcommands: [Evaluation.self])

    struct Evaluation: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "eval", abstract: "Score the detector on labelled files, by the rules of the Numenta Anomaly Benchmark.",
            discussion: """
                The detector runs through each file value by value, with one threshold for all. The labels are NAB's own
                (labels/combined_windows.json of its repository): an object of lists of windows, by the end of the file's path. A file without
                labels has no anomaly.

                0 is a detector that never speaks, 100 one that finds every window at its first moment and nothing else.

                EXAMPLE
                  magewatch anomalies eval --labels combined_windows.json data/realAWSCloudwatch/*.csv
                """)

        @Argument(help: "Files of `time,value` lines.")
        var files: [String]

        @Option(help: "NAB's combined_windows.json.")
        var labels: String

        @Option(help: "standard, few-false-positives or few-false-negatives.")
        var profile: Profile = .standard

        @Option(help: "Steps of a day: 288 for five minutes.")
        var stepsPerDay = 288

        @Option(help: "text or json.")
        var output: OutputForm = .text

        enum Profile: String, ExpressibleByArgument, CaseIterable {
            case standard, fewFalsePositives = "few-false-positives", fewFalseNegatives = "few-false-negatives"

            var weights: NABScore.Profile {
                switch self {
                case .standard: .standard
                case .fewFalsePositives: .fewFalsePositives
                case .fewFalseNegatives: .fewFalseNegatives
                }
            }
        }

        func run() throws {
            let labels = try AnomalyLabels(file: labels)
            var total = NABScore(profile: profile.weights)
            var lines: [AnomalyReport.Line] = []
            for file in files {
                guard let series = try SeriesFile.read(file).first, !series.seconds.isEmpty else {
                    throw CommandFailure("\(file) has no lines of `time,value`")
                }
                var detector = AnomalyDetector(stepsPerDay: stepsPerDay)
                let flags = series.values.map { detector.observe($0).isAlarm }
                var own = NABScore(profile: profile.weights)
                let windows = labels.windows(of: file)
                own.add(times: series.seconds, isFlagged: flags, windows: windows)
                total.add(times: series.seconds, isFlagged: flags, windows: windows)
                lines.append(AnomalyReport.Line(name: file, score: own))
            }
            let report = AnomalyReport(files: lines, total: AnomalyReport.Line(name: "all", score: total))
            print(output == .json ? try report.json() : report.text())
        }
    }
}
