package import Parsing
package import Telemetry

/// One thing that a client did, judged.
package struct Sighting: Sendable {
    /// When it was done.
    package let time: Nanoseconds
    /// The request line, or the account of a login.
    package var text: ArraySlice<UInt8> = []
    /// Bytes sent to the client.
    package var bytes: Int64 = 0
    /// What it kept servers busy, where the log tells.
    package var busySeconds = 0.0
    /// What the client calls itself.
    package var agent: ArraySlice<UInt8>?
    /// What the signatures say.
    package var judgement = Judgement()
    /// Rules of the Core Rule Set that fired, by their number, of families that are evidence.
    package var coreRules: [ModSecurityMessage] = []
    /// Scenarios whose bucket overflowed by it.
    package var overflows: [ScenarioEngine.Overflow] = []

    init(at time: Nanoseconds) { self.time = time }

    /// The family that the Core Rule Set calls it an attack of, with its points; nil below the threshold.
    package var coreFamily: (family: AttackFamily, points: Int)? {
        let worst = CoreRuleSet.points(of: coreRules).max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
        return worst.flatMap { $0.value >= Judgement.threshold ? (family: $0.key, points: $0.value) : nil }
    }

    /// Whether it is an attack by itself, by our signatures or those of an audit log.
    package var isAttack: Bool { judgement.isAttack || coreFamily != nil }

    /// The family of the attack.
    package var family: AttackFamily? { judgement.isAttack ? judgement.family : coreFamily?.family }

    /// Points of the attack; our own and the Core Rule Set's see the same bytes, so that the higher counts and not the sum.
    package var points: Int { max(judgement.isAttack ? judgement.score : 0, coreFamily?.points ?? 0) }

    /// Whether anything is held against the client for it.
    package var isEvidence: Bool { isAttack || !overflows.isEmpty }
}
