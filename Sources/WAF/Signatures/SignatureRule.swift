package import RegularExpressions

/// One rule of `alerts/waf/*.yaml`: what to look for, where, and what a find weighs.
package struct SignatureRule: Sendable {
    /// How much a find says, in the weights of anomaly scoring: at a score of 5 a request counts as an attack.
    package enum Severity: String, Sendable, CaseIterable {
        case critical, error, warning, notice
        /// Nothing by itself: it is for scenarios to count.
        case mark

        /// What a find adds to the score.
        package var points: Int {
            switch self {
            case .critical: 5
            case .error: 4
            case .warning: 3
            case .notice: 2
            case .mark: 0
            }
        }
    }

    /// Unique, for instance `sqli-union-select`.
    package let id: String
    /// What kind of attack a match tells.
    package let family: AttackFamily
    /// Why a match tells an attack, in a sentence.
    package let reason: String
    /// What a find weighs.
    package let severity: Severity
    /// The paranoia level from which the rule counts, 1 to 4: the higher, the more ordinary requests it hits.
    package let level: Int
    /// The form of a value that is searched.
    package let view: ValueView
    /// Where in a request it looks.
    package let parts: Set<RequestPart>
    /// Any of these must occur before ``pattern`` is tried; where there is no pattern, they are the whole rule.
    package let literals: [String]
    /// Literals that must stand as whole words.
    package let words: [String]
    /// Tried where a literal occurs; a match of it is the find.
    package let pattern: LinearRegex?
    /// The fact of a tokenizer (`sql.union-select`) that the rule weighs, instead of literals.
    package let structure: String?
    /// Values in which the rule must find something, and values in which it must not.
    package let positive: [String]
    /// Values in which the rule must find nothing.
    package let negative: [String]

    let partBits: UInt16
    /// Hash of the id, by which scenarios know the rule.
    let hash: UInt64

    init(
        id: String, family: AttackFamily, reason: String, severity: Severity, level: Int, view: ValueView,
        parts: Set<RequestPart>,
        literals: [String], words: [String], pattern: LinearRegex?, structure: String?, positive: [String], negative: [String]
    ) {
        self.id = id
        self.family = family
        self.reason = reason
        self.severity = severity
        self.level = level
        self.view = view
        self.parts = parts
        self.literals = literals
        self.words = words
        self.pattern = pattern
        self.structure = structure
        self.positive = positive
        self.negative = negative
        hash = BehaviourEvent.hash(id.utf8)
        partBits = parts.reduce(0) { $0 | $1.bit }
    }
}
