import AgentContract
import ArgumentParser
import Foundation
import Monitor

/// `magewatch waf report`: what happened, in Markdown, for people who were not there.
struct WafReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Attacks of the last days in Markdown: families by day, offenders, campaigns, bans.",
        discussion: """
            EXAMPLES
              magewatch waf report                                      the last seven days, as the monitor saw them
              magewatch waf report --since 30d > attacks.md
              magewatch waf report --log any --since 3650d access.log auth.log
            """)

    @OptionGroup var logs: WafLogOptions

    @Option(help: "How far back, or from when on.")
    var since = "7d"

    @Option(help: "How many offenders and campaigns.")
    var limit = 20

    func run() async throws {
        let now = TimeText.now
        let start = try TimeText.nanoseconds(since, now: now) / 1_000_000
        let (summary, offenders) = try await logs.report(limit: 100_000)
        let campaigns = try await logs.campaigns()
        var bans: [BanReport] = []
        if !logs.readsLogs { bans = try await logs.monitor.client.decode([BanReport].self, "/api/magewatch/v1/bans") }
        let report = AttackReport(
            summary: summary, offenders: offenders, campaigns: campaigns, bans: bans, from: start, to: now / 1_000_000,
            limit: limit)
        print(report.markdown)
    }
}
