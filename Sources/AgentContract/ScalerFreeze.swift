package import Topology

/// An operator's word that the scaler leaves things as they are for a time.
package struct ScalerFreeze: Sendable, Hashable, Codable {
    /// Longest freeze: 90 days. What is to last longer stands in the configuration as mode `observe`.
    package static let maximumSeconds = 7_776_000.0
    /// Longest reason, in characters.
    package static let maximumReasonLength = 500

    /// The role that is left alone; nil for all of them.
    package var role: Role?
    /// Failovers, strays and bans are left to people, too, and not only what scales.
    package var coversEverything: Bool
    /// Milliseconds since 1970.
    package var from: Int64
    package var until: Int64
    package var why: String
    /// Who said so, as the audit log tells it.
    package var by: String

    package init(role: Role?, coversEverything: Bool = false, from: Int64, until: Int64, why: String, by: String) {
        self.role = role
        self.coversEverything = coversEverything
        self.from = from
        self.until = until
        self.why = String(why.prefix(ScalerFreeze.maximumReasonLength))
        self.by = String(by.prefix(OperatorOrder.maximumNameLength))
    }

    /// Whether it is in force.
    package func isInForce(at now: Int64) -> Bool { from <= now && now < until }

    /// A line for people, for instance `web, by ann: the shop moves`.
    package var summary: String {
        (role?.rawValue ?? "all roles") + (coversEverything ? ", failovers and bans included" : "") + ", by \(by): \(why)"
    }
}
