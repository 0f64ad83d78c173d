import ArgumentParser

/// `magewatch logs`: LogQL against the monitor.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Ask in LogQL, follow, and compare.",
        discussion: """
            EXAMPLES
              magewatch logs '{host="web1"}'
              magewatch logs --since 15m --limit 20 '{app="haproxy"} |= " 503 "'
              magewatch logs --context 20 '{app="shop"} |= "panic"'
              magewatch logs --follow '{app="nginx"}'
              magewatch logs '{app="shop"} | shape'
              magewatch logs 'sum by (app) (count_over_time({host=~".+"}[5m]))'
              magewatch logs diff --at 14:05 '{app="shop"}'
            """,
        subcommands: [LogsQueryCommand.self, LogsDiffCommand.self], defaultSubcommand: LogsQueryCommand.self)
}
