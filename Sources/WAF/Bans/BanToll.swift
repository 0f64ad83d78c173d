/// What a ban would have refused, and how much of it was no attack.
package struct BanToll: Sendable, Equatable {
    /// Above any of these a ban is narrowed, or left to a person.
    package struct Limits: Sendable, Equatable {
        /// Paid orders hit.
        package var orders = 0
        /// Logins hit of those who did not attack.
        package var logins = 0
        /// Share of the hit requests that were no attack, where there were at least ``BanToll/minimumRequests``.
        package var innocentShare = 0.5
        /// Requests that a path's limit lets through in a minute.
        package var requestsPerMinute = 10

        /// The limits that the product ships with.
        package init() {}
    }

    /// Of fewer requests, a share says nothing.
    package static let minimumRequests = 20
    private static let maximumNames = 20_000

    /// Requests that it would have refused.
    package private(set) var requests = 0
    /// Attacks among them.
    package private(set) var attacks = 0
    /// Logins among them that succeeded and are no attack.
    package private(set) var logins = 0
    /// Those by clients that never attacked, as far as session or user agent tell.
    package private(set) var innocentLogins = 0
    /// Paid orders among them.
    package private(set) var orders = 0
    private var agents: Set<UInt64> = []
    private var sessions: Set<Int32> = []

    init() {}

    /// Different user agents among the hit: several tell a shared address.
    package var agentCount: Int { agents.count }
    /// Different sessions among the hit, where the log tells them.
    package var sessionCount: Int { sessions.count }
    /// The share that was no attack.
    package var innocentShare: Double { requests > 0 ? Double(requests - attacks) / Double(requests) : 0 }

    mutating func add(_ hit: BanReplay.Hit, isByAttacker: Bool) {
        requests += 1
        if hit.isAttack { attacks += 1 }
        if hit.isLogin, !hit.isAttack {
            logins += 1
            if !isByAttacker { innocentLogins += 1 }
        }
        if hit.isOrder { orders += 1 }
        if hit.agent != 0, agents.count < BanToll.maximumNames { agents.insert(hit.agent) }
        if hit.session >= 0 { sessions.insert(hit.session) }
    }

    /// Why it is too much; nil where it is within the limits.
    /// - Parameter sparesOthers: whether all hit requests are the attacker's own, so that their share says nothing.
    func objection(_ limits: Limits, sparesOthers: Bool = false) -> String? {
        if orders > limits.orders { return "it would have hit \(orders) paid orders" }
        if sparesOthers { return nil }
        if innocentLogins > limits.logins { return "it would have hit \(innocentLogins) logins of others" }
        if requests >= BanToll.minimumRequests, innocentShare > limits.innocentShare, max(agentCount, sessionCount) > 1 {
            return "\(Int((innocentShare * 100).rounded())) % of what it would have hit was no attack"
        }
        return nil
    }

    /// `5 requests, 5 of them attacks, 0 logins and 0 orders of 2 sessions and 3 user agents`.
    package var text: String {
        "\(requests) requests, \(attacks) of them attacks, \(logins) logins and \(orders) orders of \(sessionCount) sessions and "
            + "\(agentCount) user agents"
    }
}
