/// How many cases of a regression suite come out as they are to, by family.
package struct RegressionTally: Sendable {
    /// Of one family, or of all.
    package struct Counts: Sendable, Equatable {
        /// Positives that count as attacks, of ``positives``.
        package var found = 0
        /// Cases in which a rule is to find something.
        package var positives = 0
        /// Negatives that do not count as attacks, of ``negatives``.
        package var clean = 0
        /// Cases in which it is not.
        package var negatives = 0

        /// In percent of the positives.
        package var foundShare: Double { 100 * Double(found) / Double(max(1, positives)) }
        /// In percent of the negatives.
        package var cleanShare: Double { 100 * Double(clean) / Double(max(1, negatives)) }

        static func + (one: Counts, other: Counts) -> Counts {
            Counts(
                found: one.found + other.found, positives: one.positives + other.positives, clean: one.clean + other.clean,
                negatives: one.negatives + other.negatives)
        }
    }

    /// By the first three digits of the Core Rule Set's rules.
    package private(set) var families: [Int: Counts] = [:]

    /// Of all families.
    package var all: Counts { families.values.reduce(Counts(), +) }

    package init() {}

    /// Counts a case; whether it came out as it was to.
    @discardableResult
    package mutating func take(_ regression: RegressionCase, _ judgement: Judgement?) -> Bool {
        let isAttack = judgement?.isAttack ?? false
        var counts = families[regression.family] ?? Counts()
        if regression.isPositive {
            counts.positives += 1
            if isAttack { counts.found += 1 }
        } else {
            counts.negatives += 1
            if !isAttack { counts.clean += 1 }
        }
        families[regression.family] = counts
        return isAttack == regression.isPositive
    }
}
