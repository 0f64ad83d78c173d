package import AgentContract

/// What is known of attacks; given by the composition root.
package protocol AttackSource: Sendable {
    /// Counts and the timeline.
    func summary() -> AttackSummary
    /// The worst first.
    func offenders(limit: Int) -> [OffenderReport]
    /// Why an address counts as an offender; nil where nothing is held against it.
    func offender(_ address: String) -> OffenderReport?
    /// The largest first.
    func campaigns() -> [CampaignReport]
    /// Lines of access logs that no parser took, the latest last.
    func unparsedLines() -> [String]
}

/// Where nothing looks for attacks.
package struct NoAttacks: AttackSource {
    package init() {}

    package func summary() -> AttackSummary {
        AttackSummary(requests: 0, attacks: 0, offenders: 0, unparsed: 0, rules: [:], timeline: [])
    }
    package func offenders(limit: Int) -> [OffenderReport] { [] }
    package func offender(_ address: String) -> OffenderReport? { nil }
    package func campaigns() -> [CampaignReport] { [] }
    package func unparsedLines() -> [String] { [] }
}
