package import Telemetry

/// What is held against one address, in points that fade with time.
///
/// At ``threshold`` an address is an offender. Points of scenarios whose bans a person approves are counted apart, so that it can be
/// told whether the others alone make one.
package struct OffenderScore: Sendable {
    /// Score from which an address is an offender.
    package static let threshold = 100.0
    /// Time in which a score halves.
    package static let halfLife: Nanoseconds = 600_000_000_000

    /// When it was last added to or looked at.
    package private(set) var lastSeen: Nanoseconds
    /// Points, faded to ``lastSeen``.
    package private(set) var score = 0.0
    /// Those among them that a person decides upon.
    package private(set) var disputed = 0.0
    /// Points by family.
    package private(set) var scores: [AttackFamily: Double] = [:]

    init(at time: Nanoseconds) { lastSeen = time }

    /// Adds what a finding weighs.
    mutating func add(_ family: AttackFamily, _ points: Double, isDisputed: Bool = false, at time: Nanoseconds) {
        fade(to: time)
        score += points
        if isDisputed { disputed += points }
        scores[family, default: 0] += points
    }

    /// Whether it is an offender's.
    package var isOffender: Bool { score >= OffenderScore.threshold }

    /// Whether it is an offender's only by what a person decides upon.
    package var needsApproval: Bool { isOffender && score - disputed < OffenderScore.threshold }

    /// The family that weighs most.
    package var family: AttackFamily {
        scores.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .probing
    }

    /// Lets the score fade to what is left of it at a time.
    mutating func fade(to time: Nanoseconds) {
        guard time > lastSeen else { return }
        // In floating point: the times come from log lines, and their difference may exceed 64 bits.
        let halves = (Double(time) - Double(lastSeen)) / Double(OffenderScore.halfLife)
        lastSeen = time
        guard score > 0 else { return }
        // 2^-x by its series is exact enough for a score and needs no mathematics library.
        let factor = halves > 20 ? 0 : exponential(-halves * 0.693_147_180_559_945_3)
        score *= factor
        disputed *= factor
        for family in scores.keys { scores[family]! *= factor }
    }

    private func exponential(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        // Halved until small, then squared back.
        let small = x / 1024
        for n in 1..<6 {
            term *= small / Double(n)
            sum += term
        }
        for _ in 0..<10 { sum *= sum }
        return sum
    }
}
