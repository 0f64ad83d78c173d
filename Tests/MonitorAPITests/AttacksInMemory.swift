import AgentContract

@testable import MonitorAPI

/// Two offenders of one campaign.
struct AttacksInMemory: AttackSource {
    static let offenders = ["203.0.113.9", "203.0.113.8"].map { address in
        OffenderReport(
            address: address, score: 40, attacks: 8, requests: 10, bytes: 4096, busySeconds: 0.5, family: "sqli", firstSeen: 1,
            lastSeen: 2,
            evidence: [
                OffenderReport.Evidence(
                    time: 1, family: "sqli", rule: "sqli-tautology", reason: "Always true.", detail: "\"1=1\" in parameter",
                    request: "GET /?q=1 HTTP/1.1")
            ])
    }

    func summary() -> AttackSummary {
        AttackSummary(
            requests: 100, attacks: 16, offenders: 2, unparsed: 1, rules: ["sqli-tautology": 16],
            timeline: [AttackSummary.Hour(start: 0, families: ["sqli": 16])])
    }

    func offenders(limit: Int) -> [OffenderReport] { Array(Self.offenders.prefix(limit)) }
    func offender(_ address: String) -> OffenderReport? { Self.offenders.first { $0.address == address } }
    func campaigns() -> [CampaignReport] {
        [
            CampaignReport(
                addresses: Self.offenders.map(\.address), rules: ["sqli-tautology"], family: "sqli", attacks: 16, firstSeen: 1,
                lastSeen: 2, growthPerHour: 2)
        ]
    }
    func unparsedLines() -> [String] { ["\u{16}\u{3}"] }
}
