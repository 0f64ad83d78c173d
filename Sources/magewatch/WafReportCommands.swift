import AgentContract
import ArgumentParser

/// `magewatch waf top`: the families, rules and offenders that weigh most.
struct WafTopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Families, rules and offenders of a log, the heaviest first.",
        discussion: """
            EXAMPLES
              magewatch waf top                                    what the monitor has seen
              magewatch waf top --log access /var/log/nginx/access.log
            """)

    @OptionGroup var logs: WafLogOptions

    @Option(help: "How many of each.")
    var limit = 10

    func run() async throws {
        let (summary, offenders) = try await logs.report(limit: limit)
        print(
            "\(summary.requests) requests, \(summary.attacks) attacks, \(summary.offenders) offenders, \(summary.unparsed) lines not parsed"
        )
        var families: [String: Int] = [:]
        for hour in summary.timeline { families.merge(hour.families, uniquingKeysWith: +) }
        print("\nFAMILY            ATTACKS")
        for (family, count) in families.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }).prefix(limit) {
            print(padded(family, 16) + "  \(count)")
        }
        print("\nRULE                          ATTACKS")
        for (rule, count) in summary.rules.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }).prefix(limit) {
            print(padded(rule, 28) + "  \(count)")
        }
        print("\n" + WafOffenderRow.header)
        for offender in offenders { print(WafOffenderRow.text(offender)) }
    }
}

/// `magewatch waf timeline`: attacks by hour and family.
struct WafTimelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "Attacks of a log by hour and family.",
        discussion: """
            EXAMPLES
              magewatch waf timeline                                    what the monitor has seen
              magewatch waf timeline --log access access.log.1 access.log
            """)

    @OptionGroup var logs: WafLogOptions

    func run() async throws {
        for hour in try await logs.summary().timeline {
            let counts = hour.families.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            print(wafTime(hour.start) + "  " + counts.map { "\($0.key) \($0.value)" }.joined(separator: "  "))
        }
    }
}

/// `magewatch waf offenders`: who attacked.
struct WafOffendersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offenders", abstract: "Clients that attacked, the worst first.",
        discussion: """
            IPv6 clients are counted by their /64. A score is the points of all their attacks and of the scenarios that they tripped.

            EXAMPLES
              magewatch waf offenders                                    what the monitor has seen
              magewatch waf offenders --log access access.log --limit 50
            """)

    @OptionGroup var logs: WafLogOptions

    @Option(help: "How many.")
    var limit = 100

    func run() async throws {
        print(WafOffenderRow.header)
        for offender in try await logs.report(limit: limit).offenders { print(WafOffenderRow.text(offender)) }
    }
}

/// `magewatch waf campaigns`: offenders that are one.
struct WafCampaignsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaigns", abstract: "Offenders that fire the same rules with the same user agent.",
        discussion: """
            EXAMPLES
              magewatch waf campaigns                                    what the monitor has seen
              magewatch waf campaigns --log access access.log
            """)

    @OptionGroup var logs: WafLogOptions

    func run() async throws {
        for campaign in try await logs.campaigns() {
            let growth = (campaign.growthPerHour * 10).rounded() / 10
            print(
                "\(campaign.addresses.count) clients, \(campaign.attacks) attacks, \(campaign.family ?? "-"), \(wafTime(campaign.firstSeen)) to "
                    + "\(wafTime(campaign.lastSeen)), \(growth) new an hour: \(campaign.rules.joined(separator: ", "))")
            print("  " + campaign.addresses.prefix(20).joined(separator: " "))
        }
    }
}

/// One offender on one line.
enum WafOffenderRow {
    static let header =
        "CLIENT                                    SCORE  ATTACKS  REQUESTS  FAMILY       LAST SEEN             FROM"

    static func text(_ offender: OffenderReport) -> String {
        padded(offender.address, 40) + "  " + padded(String(offender.score), 5) + "  "
            + padded(String(offender.attacks), 7) + "  "
            + padded(String(offender.requests), 8) + "  " + padded(offender.family ?? "-", 11) + "  "
            + padded(wafTime(offender.lastSeen), 20) + "  " + (origin(offender) ?? "-")
    }

    /// Where a client is at home, as far as the databases tell: `DE AS64500 Example Telecom`.
    static func origin(_ offender: OffenderReport) -> String? {
        let parts = [offender.country, offender.system.map { "AS\($0)" }, offender.organization].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}

private func padded(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
}
