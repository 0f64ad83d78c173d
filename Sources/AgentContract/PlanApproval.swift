/// Whose word a proposed plan waits for, and who has given it. Names are written down, not proven.
package struct PlanApproval: Sendable, Hashable, Codable {
    /// People who must agree.
    package var needed: Int
    /// Who ordered the plan, whose own word does not count; nil for the scaler's.
    package var orderedBy: String?
    /// Who has agreed so far.
    package var given: [String]

    package init(needed: Int, orderedBy: String? = nil, given: [String] = []) {
        self.needed = needed
        self.orderedBy = orderedBy
        self.given = given
    }

    /// Whether all have agreed.
    package var isComplete: Bool { given.count >= needed }

    /// Takes one person's word.
    /// - Returns: why it does not count; nil where it does.
    package mutating func take(_ person: String) -> String? {
        if person == orderedBy { return "\(person) ordered it, and two people have to agree: another must approve it" }
        if given.contains(person) { return "\(person) has approved it already; \(needed - given.count) more must" }
        given.append(person)
        return nil
    }
}
