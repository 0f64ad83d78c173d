import ArgumentParser
import PromQL

/// `magewatch promql`: PromQL without a monitor.
struct PromQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promql", abstract: "PromQL without a monitor.", subcommands: [Test.self])

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run scripts of series, queries and expected results.",
            discussion: """
                The scripts have the form of Prometheus' own tests. Failing cases are printed with their line; then the exit status is 1.

                EXAMPLE of a script, errors.test
                  load 1m
                    errors_total{site="shop"} 0+60x10

                  eval instant at 5m rate(errors_total[5m])
                    {site="shop"} 1

                  eval range from 0 to 2m step 1m errors_total
                    errors_total{site="shop"} 0 60 120

                  magewatch promql test errors.test
                """)

        @Flag(help: "Name the cases that are left out, too, with the reason.")
        var verbose = false

        @Flag(help: "Leave out what Prometheus counts as experimental.")
        var stable = false

        @Argument(help: "The scripts.")
        var files: [String]

        func run() throws {
            var tally = ScriptTally(isVerbose: verbose)
            var options = PromQLEngine.Options()
            options.allowsExperimental = !stable
            for file in files {
                do {
                    let script = try PromQLScript(try ScriptTally.text(of: file), file: file)
                    for outcome in script.run(options) { tally.count(outcome) }
                } catch let error as PromQLScriptError {
                    tally.fail(error.description, [])
                } catch let error as CommandFailure {
                    tally.fail(error.description, [])
                }
            }
            try tally.finish()
        }
    }
}

extension ScriptTally {
    fileprivate mutating func count(_ outcome: PromQLScriptOutcome) {
        let place = "\(outcome.file):\(outcome.line): \(outcome.query)"
        switch outcome.verdict {
        case .passed: pass()
        case .failed(let expected, let got): fail(place, ["expected: \(expected)", "got:      \(got)"])
        case .leftOut(let reason): leaveOut(place, reason)
        }
    }
}
