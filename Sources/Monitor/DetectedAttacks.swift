import AgentContract
import Ingest
import MonitorAPI
import Topology
import WAF

/// The running detector as the API shows it.
struct DetectedAttacks: AttackSource {
    let detector: Detector
    let access: AccessMetrics

    func summary() -> AttackSummary {
        let unparsed = access.unparsedCount
        return detector.read { AttackSummary($0, unparsed: unparsed) }
    }

    func offenders(limit: Int) -> [OffenderReport] {
        var (offenders, origins) = detector.read { (Array($0.ranking.prefix(limit)), $0.origins) }
        return offenders.map { OffenderReport($0, &origins) }
    }

    func offender(_ address: String) -> OffenderReport? {
        guard let client = ClientAddress.network(of: Array(address.utf8)[...]) ?? NetworkRange(address) else { return nil }
        var (offender, origins) = detector.read { ($0.offenders[client], $0.origins) }
        return offender.map { OffenderReport($0, &origins) }
    }

    func campaigns() -> [CampaignReport] { detector.read { $0.campaigns }.map(CampaignReport.init) }

    func unparsedLines() -> [String] { access.unparsedLines.map(\.text) }
}
