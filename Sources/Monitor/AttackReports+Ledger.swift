package import AgentContract
package import GeoDatabase
import Topology
package import WAF

/// The WAF's findings in the form in which the API and the command line tell them.
extension OffenderReport {
    /// - Parameter origins: tell where the client is at home.
    package init(_ offender: Offender, _ origins: inout OriginTable) {
        self.init(offender)
        let address = offender.client.address.bytes
        let origin = origins.origin(of: address)
        country = origin.country?.description
        system = origin.system.map(Int.init)
        organization = origins.organization(of: address)
    }

    package init(_ offender: Offender) {
        self.init(
            address: "\(offender.client)", score: offender.score, attacks: offender.attacks, requests: offender.requests,
            bytes: offender.bytes, busySeconds: offender.busySeconds, family: offender.family?.rawValue,
            firstSeen: offender.firstSeen / 1_000_000, lastSeen: offender.lastSeen / 1_000_000,
            evidence: offender.evidence.map {
                Evidence(
                    time: $0.time / 1_000_000, family: $0.family.rawValue, rule: $0.rule, reason: $0.reason, detail: $0.detail,
                    request: $0.request)
            })
    }
}

extension CampaignReport {
    package init(_ campaign: Campaign) {
        self.init(
            addresses: campaign.clients.map(\.description), rules: campaign.rules, family: campaign.family?.rawValue,
            attacks: campaign.attacks, firstSeen: campaign.firstSeen / 1_000_000, lastSeen: campaign.lastSeen / 1_000_000,
            growthPerHour: campaign.growthPerHour)
    }
}

extension AttackSummary {
    /// - Parameter unparsed: lines that were no records, where the ledger did not see them itself.
    package init(_ ledger: AttackLedger, unparsed: Int? = nil) {
        self.init(
            requests: ledger.requests, attacks: ledger.attacks, offenders: ledger.offenders.count,
            unparsed: unparsed ?? ledger.unparsed, rules: ledger.rules,
            timeline: ledger.timeline.sorted { $0.key < $1.key }.map { hour, families in
                Hour(
                    start: hour / 1_000_000,
                    families: Dictionary(uniqueKeysWithValues: families.map { ($0.key.rawValue, $0.value) }))
            })
        guard !ledger.origins.isEmpty else { return }
        countries = Dictionary(uniqueKeysWithValues: ledger.countries.map { ($0.key.description, $0.value) })
        systems = Dictionary(uniqueKeysWithValues: ledger.systems.map { ("AS\($0.key)", $0.value) })
    }
}
