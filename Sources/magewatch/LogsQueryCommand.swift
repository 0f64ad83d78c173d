import ArgumentParser
import Foundation

/// `magewatch logs QUERY`: what a query finds, printed.
struct LogsQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Ask in LogQL (what `magewatch logs QUERY` does).",
        discussion: """
            A log query prints lines, the oldest first; a metric query its numbers now; one that ends in | shape the kinds of messages.
            On a terminal lines are coloured by their level: that of the label "level", or else of the first word such as ERROR.

            EXAMPLES
              magewatch logs --since 15m --limit 20 '{app="haproxy"} |= " 503 "'
              magewatch logs --since 2h --until 1h --output csv '{app="shop"} | json' > lines.csv
              magewatch logs --output json '{app="shop"}' | jq .line
              magewatch logs --stats '{host=~".+"} |= "timeout"'
            """)

    @Argument(help: "The query.")
    var query: String

    @Option(help: "From when on: how long ago (1h), or a time (14:05, 2026-11-24 08:00, RFC 3339).")
    var since = "1h"

    @Option(help: "Until when, in the same forms.")
    var until: String?

    @Option(help: "Most lines, the newest are taken; most shapes, the most frequent.")
    var limit = 100

    @Option(help: "text; raw, the lines alone; json, an object a line; csv.")
    var output: LogPrinter.Form = .text

    @Option(name: [.customShort("C"), .long], help: "Lines around each one found, from all streams of its host.")
    var context = 0

    @Flag(name: [.short, .long], help: "Go on with new lines as they arrive.")
    var follow = false

    @Flag(help: "Tell what the query read, on standard error.")
    var stats = false

    @Option(help: "auto, always or never.")
    var color: LogPrinter.Colour = .auto

    @OptionGroup var monitor: MonitorOptions

    func validate() throws {
        if follow, until != nil || context > 0 || stats {
            throw ValidationError("--follow goes on for ever: it takes neither --until nor --context nor --stats")
        }
        if limit < 1 || context < 0 { throw ValidationError("--limit and --context count lines") }
    }

    func run() async throws {
        let now = TimeText.now
        let start = try TimeText.nanoseconds(since, now: now)
        let end = try until.map { try TimeText.nanoseconds($0, now: now) } ?? now + 1
        guard start <= end else { throw ValidationError("--until lies before --since") }
        let printer = LogPrinter(form: output, colour: color)
        let source = LogClient(client: monitor.client)
        if follow {
            try await source.follow(query, from: start, limit: limit) { printer.print($0) }
            return
        }
        let answer = try await source.range(query, from: start, to: end, limit: limit)
        if let entries = answer.entries {
            if context > 0 {
                for (index, passage) in try await source.passages(around: entries, lines: context).enumerated() {
                    if index > 0 { printer.printGap() }
                    printer.print(passage.entries, highlighting: passage.hits)
                }
            } else {
                printer.print(entries)
            }
        } else {
            printer.print(answer.body)
        }
        if stats { FileHandle.standardError.write(Data((answer.statistics + "\n").utf8)) }
    }
}
