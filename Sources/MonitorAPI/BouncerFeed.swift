package import AgentContract
package import Telemetry

/// What each bouncer has been told, so that it is told only what changed since. No clock and no socket of its own.
///
/// A bouncer that starts is told everything that is in force, and what ended of late: it may have been away. One that the feed does not know,
/// because the monitor has started anew, is told the same. Two bouncers that share a key take each other's changes away; each has its own.
package struct BouncerFeed: Sendable {
    /// Bans that ended this long ago are told to a bouncer that starts, as ended.
    package static let recentMilliseconds: Milliseconds = 86_400_000

    /// What a bouncer is told.
    package struct Changes: Sendable, Equatable {
        /// Bans that it does not know.
        package var new: [BouncerDecision] = []
        /// Bans that are over.
        package var deleted: [BouncerDecision] = []
    }

    private var told: [String: [String: BanReport]] = [:]

    /// A feed that has told nobody anything.
    package init() {}

    /// What changed for a bouncer.
    /// - Parameters:
    ///   - bans: all in force, and those that ended within ``recentMilliseconds``.
    ///   - accepts: whether the bouncer wants a decision; others are as if there were none.
    package mutating func changes(
        for bouncer: String, isStarting: Bool, bans: [BanReport], at now: Milliseconds,
        accepts: (BouncerDecision) -> Bool = { _ in true }
    ) -> Changes {
        let inForce = bans.filter { $0.from <= now && now < $0.until }
        let before = isStarting ? nil : told[bouncer]
        told[bouncer] = Dictionary(inForce.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
        var changes = Changes()
        guard let before else {
            changes.new = inForce.map(BouncerDecision.init)
            let addresses = Set(inForce.map(\.address))
            changes.deleted = bans.filter {
                $0.until <= now && now - $0.until <= BouncerFeed.recentMilliseconds && !addresses.contains($0.address)
            }.map(BouncerDecision.init)
            return changes.filtered(accepts)
        }
        changes.new = inForce.filter { before[$0.address] != $0 }.map(BouncerDecision.init)
        let now = Dictionary(bans.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
        for (address, ban) in before where told[bouncer]?[address] == nil {
            // With the end that it came to: an operator may have lifted it.
            changes.deleted.append(BouncerDecision(now[address] ?? ban))
        }
        changes.deleted.sort { $0.ban.address < $1.ban.address }
        return changes.filtered(accepts)
    }
}

extension BouncerFeed.Changes {
    fileprivate func filtered(_ accepts: (BouncerDecision) -> Bool) -> BouncerFeed.Changes {
        BouncerFeed.Changes(new: new.filter(accepts), deleted: deleted.filter(accepts))
    }
}
