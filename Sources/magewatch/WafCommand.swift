import ArgumentParser

/// `magewatch waf`: attacks in logs, and why a request counts as one.
struct WafCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waf", abstract: "Attacks: who attacks, how and why it counts as an attack: live, or from logs.",
        discussion: """
            EXAMPLES
              echo "1' or 1=1 --" | magewatch waf test --param
              magewatch waf top                                         what the monitor has seen
              magewatch waf top --log access /var/log/nginx/access.log
              magewatch waf explain 203.0.113.7 --log access /var/log/nginx/access.log
            """,
        subcommands: [
            WafTopCommand.self, WafTimelineCommand.self, WafOffendersCommand.self, WafCampaignsCommand.self,
            WafExplainCommand.self,
            WafReplayCommand.self, WafTrafficCommand.self, WafReportCommand.self, WafUnparsedCommand.self, WafTestCommand.self,
            WafRulesCommand.self, WafCasesCommand.self, WafAllowCommand.self, WafDisallowCommand.self,
        ])
}
