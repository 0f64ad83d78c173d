package import Topology

/// An operator's word that an address or a network is not banned for a time, whatever it does.
package struct BanAllowance: Sendable, Hashable, Codable {
    /// Longest time: a year. What is to last longer stands in the configuration under `allow`.
    package static let maximumSeconds = 31_536_000.0
    /// Longest reason, in characters.
    package static let maximumReasonLength = 500

    /// An address or a network, as text.
    package var network: String
    /// Milliseconds since 1970.
    package var from: Int64
    package var until: Int64
    package var why: String
    /// Who said so, as the audit log tells it.
    package var by: String

    package init(_ network: NetworkRange, from: Int64, until: Int64, why: String, by: String) {
        self.network = "\(network)"
        self.from = from
        self.until = until
        self.why = String(why.prefix(BanAllowance.maximumReasonLength))
        self.by = String(by.prefix(OperatorOrder.maximumNameLength))
    }

    /// Whether it is in force.
    package func isInForce(at now: Int64) -> Bool { from <= now && now < until }

    /// Whether what is banned is its network's, or part of it, or has it within; a session is nobody's.
    package func covers(_ subject: BanSubject) -> Bool {
        guard let network = NetworkRange(network) else { return false }
        return switch subject {
        case .network(let banned): banned.overlaps(network)
        case .limit(let limit): limit.client.overlaps(network)
        case .session: false
        }
    }
}
