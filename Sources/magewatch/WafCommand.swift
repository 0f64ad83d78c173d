import ArgumentParser

/// `magewatch waf`: attacks in logs, and why a request counts as one.
struct WafCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waf", abstract: "Attacks: judge values, requests and whole logs by the shipped signatures.",
        discussion: """
            EXAMPLES
              echo "1' or 1=1 --" | magewatch waf test --param
              magewatch waf test --log access /var/log/nginx/access.log --output json
            """,
        subcommands: [WafTestCommand.self, WafRulesCommand.self])
}
