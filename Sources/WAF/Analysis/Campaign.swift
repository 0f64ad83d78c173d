package import Telemetry
package import Topology

/// Offenders that are one: they fire the same rules with the same user agent.
package struct Campaign: Sendable {
    /// Fewer are a coincidence.
    package static let minimumOffenders = 3

    /// Its members, the worst first.
    package let clients: [NetworkRange]
    /// What they all fire.
    package let rules: [String]
    /// What kind of attack it is.
    package let family: AttackFamily?
    /// When the first of them came.
    package let firstSeen: Nanoseconds
    /// When one of them was last seen.
    package let lastSeen: Nanoseconds
    /// Attacks of all of them.
    package let attacks: Int

    /// New offenders an hour, over the time the campaign lasts.
    package var growthPerHour: Double {
        let hours = max((Double(lastSeen) - Double(firstSeen)) / 3_600e9, 1)
        return Double(clients.count) / hours
    }

    /// Groups offenders by their rules and user agent.
    static func group(_ offenders: [Offender]) -> [Campaign] {
        var groups: [[String]: [UInt64: [Offender]]] = [:]
        for offender in offenders where offender.attacks > 0 {
            groups[offender.ruleMask.sorted(), default: [:]][offender.agent, default: []].append(offender)
        }
        return groups.flatMap { rules, byAgent in
            byAgent.values.filter { $0.count >= minimumOffenders }.map { members in
                Campaign(
                    clients: members.map(\.client), rules: rules, family: members[0].family,
                    firstSeen: members.map(\.firstSeen).min() ?? 0, lastSeen: members.map(\.lastSeen).max() ?? 0,
                    attacks: members.reduce(0) { $0 + $1.attacks })
            }
        }
        .sorted { ($0.clients.count, $0.attacks, $1.rules.joined()) > ($1.clients.count, $1.attacks, $0.rules.joined()) }
    }
}
