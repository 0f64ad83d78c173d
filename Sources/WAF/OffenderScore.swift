package import Telemetry

/// What is held against one address: evidence by family, fading with time.
///
/// A family counts at most ``familyCap`` however often it is seen with one signature strength; an overflowing bucket
/// (repetition) counts in full. At ``threshold`` an address is an offender.
package struct OffenderScore: Sendable {
    /// Score from which an address is an offender.
    package static let threshold = 100.0
    /// Time in which a score halves.
    package static let halfLife: Nanoseconds = 600_000_000_000
    /// Most pieces of evidence kept to be shown.
    package static let maximumEvidence = 8

    /// One finding, to be shown.
    package struct Evidence: Sendable, Equatable, Codable {
        /// When it was found.
        package var time: Nanoseconds
        /// What kind of attack it tells.
        package var family: AttackFamily
        /// What matched, and in which request.
        package var text: String
    }

    /// The first request.
    package private(set) var firstSeen: Nanoseconds
    /// The latest request.
    package private(set) var lastSeen: Nanoseconds
    /// Requests counted, harmless ones too.
    package private(set) var requests = 0
    /// Points, faded to ``lastSeen``.
    package private(set) var score = 0.0
    /// Points by family.
    package private(set) var scores: [AttackFamily: Double] = [:]
    /// The first finding and the latest ones.
    package private(set) var evidence: [Evidence] = []
    var probing = LeakyBucket()
    var logins = LeakyBucket()
    /// Hashes of the last paths that were refused, so that a reload is not a scan.
    var refusedPaths: [UInt64] = []

    init(at time: Nanoseconds) {
        firstSeen = time
        lastSeen = time
    }

    mutating func countRequest(at time: Nanoseconds) {
        requests += 1
        fade(to: time)
    }

    /// Adds a finding.
    mutating func add(_ family: AttackFamily, _ points: Double, _ text: @autoclosure () -> String, at time: Nanoseconds) {
        fade(to: time)
        score += points
        scores[family, default: 0] += points
        evidence.append(Evidence(time: time, family: family, text: text()))
        if evidence.count > OffenderScore.maximumEvidence { evidence.remove(at: 1) }
    }

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
