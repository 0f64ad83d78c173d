import ArgumentParser
import Telemetry
import Topology
import WAF

/// `magewatch waf top`: the families, rules and offenders that weigh most.
struct WafTopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Families, rules and offenders of a log, the heaviest first.",
        discussion: """
            EXAMPLE
              magewatch waf top --log access /var/log/nginx/access.log
            """)

    @OptionGroup var logs: WafLogOptions

    @Option(help: "How many of each.")
    var limit = 10

    func run() throws {
        let ledger = try logs.ledger()
        print(
            "\(ledger.requests) requests, \(ledger.attacks) attacks, \(ledger.offenders.count) offenders, \(ledger.unparsed) lines not parsed"
        )
        var families: [AttackFamily: Int] = [:]
        for counts in ledger.timeline.values { families.merge(counts, uniquingKeysWith: +) }
        print("\nFAMILY            ATTACKS")
        for (family, count) in families.sorted(by: { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }).prefix(limit) {
            print(padded(family.rawValue, 16) + "  \(count)")
        }
        print("\nRULE                          ATTACKS")
        for (rule, count) in ledger.rules.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }).prefix(limit) {
            print(padded(rule, 28) + "  \(count)")
        }
        print("\n" + WafOffenderRow.header)
        for offender in ledger.ranking.prefix(limit) { print(WafOffenderRow.text(offender)) }
    }
}

/// `magewatch waf timeline`: attacks by hour and family.
struct WafTimelineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "Attacks of a log by hour and family.",
        discussion: """
            EXAMPLE
              magewatch waf timeline --log access access.log.1 access.log
            """)

    @OptionGroup var logs: WafLogOptions

    func run() throws {
        let timeline = try logs.ledger().timeline
        for hour in timeline.keys.sorted() {
            let counts = timeline[hour, default: [:]].sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
            print(wafTime(hour) + "  " + counts.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: "  "))
        }
    }
}

/// `magewatch waf offenders`: who attacked.
struct WafOffendersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offenders", abstract: "Clients that attacked, the worst first.",
        discussion: """
            IPv6 clients are counted by their /64. A score is the points of all their attacks and of the scenarios that they tripped.

            EXAMPLE
              magewatch waf offenders --log access access.log --limit 50
            """)

    @OptionGroup var logs: WafLogOptions

    @Option(help: "How many.")
    var limit = 100

    func run() throws {
        print(WafOffenderRow.header)
        for offender in try logs.ledger().ranking.prefix(limit) { print(WafOffenderRow.text(offender)) }
    }
}

/// `magewatch waf campaigns`: offenders that are one.
struct WafCampaignsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaigns", abstract: "Offenders that fire the same rules with the same user agent.",
        discussion: """
            EXAMPLE
              magewatch waf campaigns --log access access.log
            """)

    @OptionGroup var logs: WafLogOptions

    func run() throws {
        for campaign in try logs.ledger().campaigns {
            let growth = (campaign.growthPerHour * 10).rounded() / 10
            print(
                "\(campaign.clients.count) clients, \(campaign.attacks) attacks, \(campaign.family?.rawValue ?? "-"), \(wafTime(campaign.firstSeen)) to "
                    + "\(wafTime(campaign.lastSeen)), \(growth) new an hour: \(campaign.rules.joined(separator: ", "))")
            print("  " + campaign.clients.prefix(20).map(\.description).joined(separator: " "))
        }
    }
}

/// One offender on one line.
enum WafOffenderRow {
    static let header = "CLIENT                                    SCORE  ATTACKS  REQUESTS  FAMILY       LAST SEEN"

    static func text(_ offender: Offender) -> String {
        padded(offender.client.description, 40) + "  " + padded(String(offender.score), 5) + "  "
            + padded(String(offender.attacks), 7) + "  "
            + padded(String(offender.requests), 8) + "  " + padded(offender.family?.rawValue ?? "-", 11) + "  "
            + wafTime(offender.lastSeen)
    }
}

private func padded(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
}
