package import Parsing
package import Topology

/// What a ban would have hit, had it been in force during a log: the question to answer before it is applied.
package struct BanReplay: Sendable {
    /// Above any of these the ban is left to a person.
    package struct Limits: Sendable {
        /// Orders hit.
        package var orders = 0
        /// Logins hit.
        package var logins = 0
        /// Share of the hit requests that were no attack, where there were at least ``minimumRequests``.
        package var innocentShare = 0.5

        /// The limits that the product ships with.
        package init() {}
    }

    /// What to do with the ban.
    package enum Advice: String, Sendable {
        /// It hits attacks.
        case apply
        /// It hits others behind the address: ban the session or limit the path instead.
        case narrow
        /// It hits customers: a person decides.
        case ask
        /// It hits nothing.
        case nothing
    }

    static let minimumRequests = 20
    static let maximumAgents = 10_000

    /// What is to be banned.
    package let network: NetworkRange
    /// Requests that it would have refused.
    package private(set) var requests = 0
    /// Attacks among them.
    package private(set) var attacks = 0
    /// Logins among them that succeeded.
    package private(set) var logins = 0
    /// Orders among them.
    package private(set) var orders = 0
    private var agents: Set<UInt64> = []
    private var inspector: Inspector

    /// A replay of a ban that is not applied yet.
    package init(of network: NetworkRange, signatures: SignatureSet = .shipped) {
        self.network = network
        inspector = Inspector(signatures: signatures)
    }

    /// Different user agents among the hit: several tell a shared address.
    package var agentCount: Int { agents.count }

    /// Takes one request of the log, whoever made it.
    package mutating func take(_ record: AccessRecord) {
        guard let client = ClientAddress.network(of: record.client), network.overlaps(client) else { return }
        requests += 1
        if inspector.judge(request: RequestText(record)).isAttack { attacks += 1 }
        if agents.count < BanReplay.maximumAgents, let agent = record.userAgent { agents.insert(BehaviourEvent.hash(agent)) }
        let succeeded = (200..<400).contains(record.status)
        if succeeded, LoginPaths.isAttempt(method: record.method, uri: record.uri) { logins += 1 }
        if succeeded, BanReplay.isOrder(record.uri) { orders += 1 }
    }

    /// What the counts say.
    package func advice(_ limits: Limits = Limits()) -> Advice {
        if requests == 0 { return .nothing }
        if orders > limits.orders || logins > limits.logins && attacks == 0 { return .ask }
        let innocent = Double(requests - attacks) / Double(requests)
        if requests >= BanReplay.minimumRequests, innocent > limits.innocentShare, agentCount > 1 { return .narrow }
        return .apply
    }

    /// Magento's page after a paid order.
    private static func isOrder(_ uri: ArraySlice<UInt8>) -> Bool {
        uri.starts(with: "/checkout/onepage/success".utf8) || uri.starts(with: "/multishipping/checkout/success".utf8)
    }
}
