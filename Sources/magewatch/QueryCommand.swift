import ArgumentParser
import Foundation
import StackConfiguration

/// `magewatch query`: PromQL against the monitor.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Ask in PromQL.",
        discussion: """
            EXAMPLES
              magewatch query 'up'
              magewatch query 'sum by (role) (rate(magewatch_http_requests_total[1m]))'
              magewatch query --since 1h --step 5m 'magewatch:role_utilisation:ratio'
            """)

    @Argument(help: "The expression.")
    var expression: String

    @Option(help: "A range from so long ago until now, for instance 1h; without it, the value now.")
    var since: String?

    @Option(help: "Distance of a range's points, for instance 30s; a hundredth of the range by default.")
    var step: String?

    @Option(help: "text or json.")
    var output: OutputForm = .text

    @OptionGroup var monitor: MonitorOptions

    func run() async throws {
        let data: Data
        if let since {
            let seconds = try DurationText.seconds(since)
            let end = Date().timeIntervalSince1970
            let step = try self.step.map(DurationText.seconds) ?? max(1, (seconds / 100).rounded())
            data = try await monitor.client.get(
                "/api/v1/query_range",
                [("query", expression), ("start", "\(end - seconds)"), ("end", "\(end)"), ("step", "\(step)")])
        } else {
            data = try await monitor.client.get("/api/v1/query", [("query", expression)])
        }
        if output == .json {
            print(String(decoding: data, as: UTF8.self))
            return
        }
        let answer = try JSONDecoder().decode(QueryAnswer.self, from: data)
        for warning in (answer.warnings ?? []) + (answer.infos ?? []) {
            FileHandle.standardError.write(Data("note: \(warning)\n".utf8))
        }
        for line in answer.lines() { print(line) }
    }
}

/// How a command prints what it found.
enum OutputForm: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// Durations in arguments.
enum DurationText {
    static func seconds(_ text: String) throws -> Double {
        guard let seconds = Units.seconds(text), seconds > 0 else {
            throw ValidationError("\"\(text)\" is not a duration such as 30s, 5m, 1h or 14d")
        }
        return seconds
    }
}
