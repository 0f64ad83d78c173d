package import Telemetry

/// A script that loads log entries and says what queries over them give.
///
/// ```
/// load
///   {app="web"} "status={{.i}}" @ 10s [repeat every 10s for 6] [metadata zone="eu"]
///
/// eval instant at 60s count_over_time({app="web"}[1m])
///   {app="web"} 6
/// ```
package struct LogScript: Sendable {
    /// Most entries that one `load` line may repeat.
    package static let maximumRepeats = 1_000_000

    /// One command.
    package enum Command: Sendable {
        case clear
        case load([LoadLine])
        case evaluate(Evaluation)
    }

    /// Entries of one stream.
    package struct LoadLine: Sendable {
        package var stream: Labels
        package var line: String
        package var start: Nanoseconds
        package var step: Nanoseconds
        package var count: Int
        package var metadata: Labels
    }

    /// A query and what it should give.
    package struct Evaluation: Sendable {
        /// Line of the script, counted from 1.
        package var lineNumber: Int
        package var query: String
        /// From, to and step; all one time and 0 where the query is instant.
        package var from: Nanoseconds
        package var to: Nanoseconds
        package var step: Nanoseconds
        package var isInstant: Bool
        package var expectation: Expectation
        package var isOrdered: Bool
    }

    /// What a query should give.
    package enum Expectation: Sendable {
        case empty
        case scalar(Double)
        /// Per series one value a step, nil for a gap.
        case series([(labels: Labels, values: [Double?])])
        /// Fails, with a message that contains a text or matches an expression.
        case failure(contains: String?, matches: String?)
    }

    package let commands: [Command]

    /// - Throws: ``LogQLError`` with the line of the script that is wrong.
    package init(_ text: String) throws(LogQLError) {
        commands = try LogScriptParser.parse(text)
    }
}
