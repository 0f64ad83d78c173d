/// One rule's find in a request, with what it takes to show why.
package struct SignatureFinding: Sendable {
    /// The rule that found something.
    package let rule: SignatureRule
    /// Where in the request.
    package let part: RequestPart
    /// The bytes that matched, in the form in which they did; at most ``Inspector/maximumEvidenceBytes``.
    package let matched: [UInt8]
    /// What was undone before they matched.
    package let transforms: Transforms
}

/// What the rules say of one value or request.
package struct Judgement: Sendable {
    /// Points from which a family's finds are an attack.
    package static let threshold = 5
    /// Points that a family adds at most.
    static let maximumFamilyScore = 15

    /// Each rule once.
    package private(set) var findings: [SignatureFinding] = []

    /// Nothing found.
    package init() {}

    mutating func add(_ finding: SignatureFinding) {
        // A rule counts once a request, in however many of its parts it finds something.
        if !findings.contains(where: { $0.rule.id == finding.rule.id }) { findings.append(finding) }
    }

    /// The sum of the points, each family's bounded.
    package var score: Int { families.reduce(0) { $0 + $1.points } }

    /// The family with the most points.
    package var family: AttackFamily? {
        families.max { ($0.points, $1.family.rawValue) < ($1.points, $0.family.rawValue) }?.family
    }

    /// Whether one family alone reaches the threshold: hints of different families are no attack.
    package var isAttack: Bool { families.contains { $0.points >= Judgement.threshold } }

    private var families: [(family: AttackFamily, points: Int)] {
        var points: [(family: AttackFamily, points: Int)] = []
        for finding in findings {
            let family = finding.rule.family
            if let index = points.firstIndex(where: { $0.family == family }) {
                points[index].points = min(points[index].points + finding.rule.severity.points, Judgement.maximumFamilyScore)
            } else {
                points.append((family, finding.rule.severity.points))
            }
        }
        return points
    }
}
