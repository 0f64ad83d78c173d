import ArgumentParser
import Foundation
import StackConfiguration

/// `magewatch logs`: LogQL against the monitor.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Ask in LogQL.",
        discussion: """
            EXAMPLES
              magewatch logs '{host="web1"}'
              magewatch logs --since 15m --limit 20 '{app="haproxy"} |= " 503 "'
              magewatch logs 'sum by (app) (count_over_time({host=~".+"}[5m]))'
              magewatch logs --follow '{app="nginx"}'
            """)

    @Argument(help: "The query.")
    var query: String

    @Option(help: "How far back to look.")
    var since = "1h"

    @Option(help: "Most lines, the newest are taken.")
    var limit = 100

    @Option(help: "text, raw (the lines alone) or json.")
    var output: Form = .text

    @Flag(name: [.short, .long], help: "Go on with new lines as they arrive.")
    var follow = false

    @OptionGroup var monitor: MonitorOptions

    enum Form: String, ExpressibleByArgument, CaseIterable {
        case text, raw, json
    }

    func run() async throws {
        let end = Int64(Date().timeIntervalSince1970 * 1e9)
        let start = end - Int64(try DurationText.seconds(since) * 1e9)
        var last = try await show(from: start, to: end + 1, direction: "backward")
        guard follow else { return }
        while true {
            try await Task.sleep(for: .milliseconds(500))
            last = try await show(
                from: last + 1, to: Int64(Date().timeIntervalSince1970 * 1e9), direction: "forward", after: last)
        }
    }

    /// Prints what is there between two times, oldest first, and returns the time of the newest line (or the start).
    private func show(from start: Int64, to end: Int64, direction: String, after: Int64? = nil) async throws -> Int64 {
        guard start < end else { return after ?? start }
        let data = try await monitor.client.get(
            "/loki/api/v1/query_range",
            [("query", query), ("start", "\(start)"), ("end", "\(end)"), ("limit", "\(limit)"), ("direction", direction)])
        if output == .json {
            print(String(decoding: data, as: UTF8.self))
            return end
        }
        let answer = try JSONDecoder().decode(QueryAnswer.self, from: data)
        guard answer.data.resultType == "streams" else {
            for line in answer.lines() { print(line) }
            return end
        }
        let entries = answer.series.flatMap { series in (series.values ?? []).map { (series.stream ?? [:], $0) } }
            .sorted { $0.1.nanoseconds < $1.1.nanoseconds }
        for (labels, point) in entries {
            print(output == .raw ? point.text : "\(QueryAnswer.clock(point.time)) \(LogsCommand.origin(labels)) \(point.text)")
        }
        return entries.last?.1.nanoseconds ?? after ?? start
    }

    /// The few labels that tell where a line is from.
    private static func origin(_ labels: [String: String]) -> String {
        let known = ["host", "app", "filename"].compactMap { labels[$0] }
        return known.isEmpty ? QueryAnswer.name(labels) : known.joined(separator: " ")
    }
}
