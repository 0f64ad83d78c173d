import ArgumentParser
import LogQL

/// `magewatch logql`: LogQL without a monitor.
struct LogQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logql", abstract: "LogQL without a monitor.", subcommands: [Test.self])

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run scripts of log entries, queries and expected results.",
            discussion: """
                Failing cases are printed with their line; then the exit status is 1.

                EXAMPLE of a script, status.test
                  load
                    {app="web"} "status={{.i}}" @ 10s [repeat every 10s for 6]

                  eval instant at 60s count_over_time({app="web"}[1m])
                    {app="web"} 6

                  magewatch logql test status.test
                """)

        @Flag(help: "Name the cases that are left out, too, with the reason.")
        var verbose = false

        @Argument(help: "The scripts.")
        var files: [String]

        func run() throws {
            var tally = ScriptTally(isVerbose: verbose)
            for file in files {
                do {
                    // Each file starts with nothing loaded.
                    var runner = LogScriptRunner()
                    for report in runner.run(try LogScript(try ScriptTally.text(of: file))) { tally.count(report, in: file) }
                } catch let error as LogQLError {
                    tally.fail("\(file):\(error.line): \(error.message)", [])
                } catch let error as CommandFailure {
                    tally.fail(error.description, [])
                }
            }
            try tally.finish()
        }
    }
}

extension ScriptTally {
    fileprivate mutating func count(_ report: LogScriptRunner.Report, in file: String) {
        let place = "\(file):\(report.lineNumber): \(report.query)"
        switch report.outcome {
        case .passed: pass()
        case .failed(let difference): fail(place, [difference])
        case .leftOut(let reason): leaveOut(place, reason)
        }
    }
}
