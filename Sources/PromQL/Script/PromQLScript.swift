import Telemetry

/// A test script: series to load, queries to run, results to expect.
///
/// The language is that of Prometheus' own tests:
/// ```
/// load 1m
///     errors_total{job="a"} 0+10x10
/// eval instant at 5m rate(errors_total[5m])
///     {job="a"} 0.16666666666666666
/// ```
/// Parse once, then ``run(_:)``. What may not be run is left out with its reason, never counted as passed.
package struct PromQLScript: Sendable {
    /// Something to do, in the order of the file.
    enum Command: Sendable {
        case clear
        case load([ScriptSeries])
        case evaluate(ScriptEvaluation)
    }

    /// What the file is called in reports.
    package let file: String
    let commands: [Command]

    /// Reads a script.
    package init(_ text: String, file: String) throws(PromQLScriptError) {
        var parser = ScriptParser(text, file: file)
        self.file = file
        commands = try parser.commands()
    }

    /// Runs all evaluations in order. Those that use what the options rule out are left out.
    package func run(_ options: PromQLEngine.Options = PromQLEngine.Options()) -> [PromQLScriptOutcome] {
        var outcomes: [PromQLScriptOutcome] = []
        var series = ScriptSeriesSource()
        for command in commands {
            switch command {
            case .clear: series = ScriptSeriesSource()
            case .load(let loaded): series.load(loaded)
            case .evaluate(let evaluation):
                outcomes.append(
                    PromQLScriptOutcome(
                        file: file, line: evaluation.line, query: evaluation.query, verdict: evaluation.run(on: series, options)))
            }
        }
        return outcomes
    }
}

/// What became of one evaluation of a script.
package struct PromQLScriptOutcome: Sendable {
    /// How it went.
    package enum Verdict: Sendable, Equatable {
        case passed
        case failed(expected: String, got: String)
        /// Not run, with the reason.
        case leftOut(String)
    }

    /// The file it stands in.
    package let file: String
    /// The line of the file, counted from 1.
    package let line: Int
    /// The query that was run.
    package let query: String
    /// How it went.
    package let verdict: Verdict
}

/// Why a script can't be read.
package struct PromQLScriptError: Error, Sendable, CustomStringConvertible {
    /// The file it stands in.
    package let file: String
    /// The line of the file, counted from 1.
    package let line: Int
    /// What is wrong, and what was expected.
    package let message: String

    /// File, line and message, as editors jump to them.
    package var description: String { "\(file):\(line): \(message)" }
}
