import AgentContract
import Monitor
import Testing

@Suite("The report on attacks")
struct AttackReportTests {
    private func offender(_ address: String, lastSeen: Int64, request: String = "GET /") -> OffenderReport {
        OffenderReport(
            address: address, score: 10, attacks: 2, requests: 5, bytes: 1, busySeconds: 0.25, family: "sqli",
            firstSeen: lastSeen - 1,
            lastSeen: lastSeen,
            evidence: [.init(time: lastSeen, family: "sqli", rule: "sqli-tautology", reason: "r", detail: "d", request: request)])
    }

    private func report(from: Int64 = 0, request: String = "GET /") -> String {
        AttackReport(
            summary: AttackSummary(
                requests: 10, attacks: 3, offenders: 2, unparsed: 4, rules: [:],
                timeline: [.init(start: 0, families: ["sqli": 2]), .init(start: 90_000_000, families: ["xss": 1])]),
            offenders: [offender("192.0.2.1", lastSeen: 90_000_000, request: request), offender("192.0.2.2", lastSeen: 1_000)],
            campaigns: [
                CampaignReport(
                    addresses: ["192.0.2.1"], rules: ["a"], family: "sqli", attacks: 2, firstSeen: 1, lastSeen: 90_000_000,
                    growthPerHour: 0.04)
            ],
            bans: [BanReport(address: "192.0.2.1", reason: "sqli", from: 0, until: 172_800_000)], from: from, to: 100_000_000,
            limit: 10
        ).markdown
    }

    @Test("Families, days, offenders, campaigns and bans are tables")
    func whole() {
        let text = report()
        #expect(text.hasPrefix("# Attacks, 1970-01-01 to 1970-01-02\n\n3 attacks by 2 clients, who made 10 requests"))
        for line in [
            "| sqli | 2 |", "| 1970-01-02 | 1 |",
            "| 192.0.2.1 | 10 | 2 | 5 | 0.3 | sqli |  | 1970-01-02 01:00 | sqli-tautology: GET / |",
        ] {
            #expect(text.contains(line.replacing("0.3", with: "0.2")) || text.contains(line), "\(line) in \(text)")
        }
        #expect(text.contains("| 192.0.2.1 | 1970-01-03 00:00 | sqli |"))
        #expect(text.contains("4 lines could not be read"))
    }

    @Test("What is older than the span is left out")
    func span() {
        let text = report(from: 80_000_000)
        #expect(text.contains("1 attacks by 1 clients"))
        #expect(!text.contains("192.0.2.2"))
        #expect(!text.contains("1970-01-01 |"))
    }

    @Test("An attacker's request can't write into the page")
    func escaped() {
        let text = report(request: "GET /?a=|<script>[x](http://y)`\n# z")
        #expect(!text.contains("<script>"))
        #expect(!text.contains("](http"))
        #expect(!text.contains("\n# z"))
    }
}
