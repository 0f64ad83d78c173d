import ArgumentParser
import Foundation
import Telemetry

/// `magewatch metrics`: the metric store itself.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "What the metric store holds.", subcommands: [Stats.self])

    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Where series come from, and what their samples cost.",
            discussion: """
                Series in memory are counted by metric, label, pair and source, so that whoever makes them many is seen. Values in blocks are
                told by their encoding; of large stores the newest 256 MiB are looked at.

                EXAMPLES
                  magewatch metrics stats
                  magewatch metrics stats --top 50
                  magewatch metrics stats --output json
                """)

        @Option(help: "Entries of each list, the greatest first.")
        var top = 10

        @Option(help: "text or json.")
        var output: OutputForm = .text

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let data = try await monitor.client.get("/api/magewatch/v1/metrics/stats", [("limit", "\(top)")])
            if output == .json {
                print(String(decoding: data, as: UTF8.self))
                return
            }
            for line in CardinalityText.lines(try JSONDecoder().decode(Cardinality.self, from: data)) { print(line) }
        }
    }
}
