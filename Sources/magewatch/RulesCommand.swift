import Alerting
import ArgumentParser
import Foundation

/// `magewatch rules`: rules without a monitor.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Alerting and recording rules without a monitor.", subcommands: [Test.self])

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run unit tests of rules.",
            discussion: """
                The files have the form of Prometheus' unit tests: series, then what expressions and alerts must be. Rule files are looked for \
                beside the test. Failing cases are printed with their line; then the exit status is 1.

                EXAMPLE of a test, errors-test.yaml
                  rule_files: [errors.yaml]
                  tests:
                    - interval: 1m
                      input_series: [{series: 'errors_total{site="shop"}', values: "0+60x10"}]
                      alert_rule_test:
                        - {alertname: TooManyErrors, eval_time: 10m, exp_alerts: [{exp_labels: {site: shop}}]}

                  magewatch rules test errors-test.yaml
                """)

        @Argument(help: "The tests.")
        var files: [String]

        func run() throws {
            var tally = ScriptTally(isVerbose: false)
            for file in files {
                do {
                    for outcome in try outcomes(of: file) { tally.count(outcome) }
                } catch let error as AlertingError {
                    tally.fail(error.description, [])
                } catch let error as CommandFailure {
                    tally.fail(error.description, [])
                }
            }
            try tally.finish()
        }

        private func outcomes(of file: String) throws -> [RuleTestOutcome] {
            let test = try RuleTestFile(try ScriptTally.text(of: file), file: file)
            let directory = URL(fileURLWithPath: file).deletingLastPathComponent()
            let groups = try test.ruleFiles.flatMap { name in
                let path = name.hasPrefix("/") ? name : directory.appendingPathComponent(name).path
                return try RuleFile.parse(try ScriptTally.text(of: path), file: name)
            }
            return test.run(groups)
        }
    }
}

extension ScriptTally {
    fileprivate mutating func count(_ outcome: RuleTestOutcome) {
        switch outcome.verdict {
        case .passed: pass()
        case .failed(let expected, let got): fail(outcome.place, ["expected: \(expected)", "got:      \(got)"])
        }
    }
}
