package import AgentContract
import Foundation

/// Attacks of a span of time as a page of Markdown.
package struct AttackReport: Sendable {
    private let summary: AttackSummary
    private let offenders: [OffenderReport]
    private let campaigns: [CampaignReport]
    private let bans: [BanReport]
    private let from: Int64
    private let to: Int64
    private let limit: Int

    /// - Parameters:
    ///   - from: milliseconds since 1970; what was last seen before is left out.
    ///   - limit: how many offenders and campaigns are listed.
    package init(
        summary: AttackSummary, offenders: [OffenderReport], campaigns: [CampaignReport], bans: [BanReport], from: Int64,
        to: Int64,
        limit: Int
    ) {
        self.summary = summary
        self.offenders = offenders.filter { $0.lastSeen >= from && $0.firstSeen <= to }
        self.campaigns = campaigns.filter { $0.lastSeen >= from && $0.firstSeen <= to }
        self.bans = bans
        self.from = from
        self.to = to
        self.limit = limit
    }

    /// The page.
    package var markdown: String {
        ([heading] + [families, days, offenderTable, campaignTable, banTable].filter { !$0.isEmpty }).joined(separator: "\n\n")
    }

    private var hours: [AttackSummary.Hour] { summary.timeline.filter { $0.start + 3_600_000 > from && $0.start <= to } }

    private var counts: [String: Int] {
        hours.reduce(into: [:]) { counts, hour in counts.merge(hour.families, uniquingKeysWith: +) }
    }

    private var heading: String {
        let attacks = counts.values.reduce(0, +)
        let seconds = (offenders.reduce(0) { $0 + $1.busySeconds } * 10).rounded() / 10
        return """
            # Attacks, \(AttackReport.day(from)) to \(AttackReport.day(to))

            \(attacks) attacks by \(offenders.count) clients, who made \(offenders.reduce(0) { $0 + $1.requests }) requests and kept servers busy \
            for \(seconds) s. \(bans.count) bans are in force. \(summary.unparsed) lines could not be read.
            """
    }

    private var families: String {
        AttackReport.table(
            "## By kind", ["family", "attacks"],
            counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { [$0.key, String($0.value)] })
    }

    private var days: String {
        let byDay = hours.reduce(into: [String: Int]()) { days, hour in
            days[AttackReport.day(hour.start), default: 0] += hour.families.values.reduce(0, +)
        }
        return AttackReport.table(
            "## By day", ["day", "attacks"], byDay.sorted { $0.key < $1.key }.map { [$0.key, String($0.value)] })
    }

    private var offenderTable: String {
        AttackReport.table(
            "## Who", ["client", "score", "attacks", "requests", "servers, s", "kind", "from", "last seen", "why"],
            offenders.prefix(limit).map { offender in
                [
                    offender.address, String(offender.score), String(offender.attacks), String(offender.requests),
                    String((offender.busySeconds * 10).rounded() / 10), offender.family ?? "",
                    [offender.country, offender.system.map { "AS\($0)" }, offender.organization].compactMap(\.self).joined(
                        separator: " "),
                    AttackReport.minute(offender.lastSeen),
                    offender.evidence.first.map { "\($0.rule): \($0.request)" } ?? "",
                ]
            })
    }

    private var campaignTable: String {
        AttackReport.table(
            "## Campaigns", ["clients", "attacks", "kind", "from", "to", "new an hour", "rules"],
            campaigns.prefix(limit).map { campaign in
                [
                    String(campaign.addresses.count), String(campaign.attacks), campaign.family ?? "",
                    AttackReport.minute(campaign.firstSeen), AttackReport.minute(campaign.lastSeen),
                    String((campaign.growthPerHour * 10).rounded() / 10), campaign.rules.joined(separator: ", "),
                ]
            })
    }

    private var banTable: String {
        AttackReport.table(
            "## Bans in force", ["client", "until", "why"],
            bans.sorted { $0.until > $1.until }.prefix(limit).map { [$0.address, AttackReport.minute($0.until), $0.reason] })
    }

    /// Empty where there are no rows.
    private static func table(_ title: String, _ columns: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        func line(_ cells: [String]) -> String { "| " + cells.map(escaped).joined(separator: " | ") + " |" }
        return ([title, "", line(columns), "|" + String(repeating: "---|", count: columns.count)] + rows.map(line))
            .joined(separator: "\n")
    }

    /// Requests are the attacker's to write: nothing of them may become a column, a tag or a link.
    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars.prefix(160) {
            switch scalar {
            case "|", "<", ">", "[", "]", "*", "_", "`", "\\", "&": output += "&#\(scalar.value);"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: output += " "
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    private static func day(_ milliseconds: Int64) -> String { String(minute(milliseconds).prefix(10)) }

    /// `2026-11-24 08:00`, UTC.
    private static func minute(_ milliseconds: Int64) -> String {
        let text = Date(timeIntervalSince1970: Double(milliseconds / 1_000)).formatted(.iso8601)
        return String(text.prefix(16)).replacingOccurrences(of: "T", with: " ")
    }
}
