/// Runs the examples that rules carry, so that a rule is tested where it is written.
package enum RuleExamples {
    /// An example that does not hold.
    package struct Failure: Sendable, CustomStringConvertible {
        /// The rule's id.
        package let rule: String
        /// The value.
        package let example: String
        /// Whether the rule was to find something.
        package let isPositive: Bool

        /// One line to print.
        package var description: String {
            "\(rule): \(isPositive ? "finds nothing in" : "finds something in") \(example.debugDescription)"
        }
    }

    /// How many examples there are.
    package static func count(in signatures: SignatureSet) -> Int {
        signatures.rules.reduce(0) { $0 + $1.positive.count + $1.negative.count }
    }

    /// The examples that do not hold, each judged where its rule looks.
    package static func failures(of signatures: SignatureSet) -> [Failure] {
        var inspector = Inspector(signatures: signatures, level: 4)
        return signatures.rules.flatMap { rule in
            let examples = rule.positive.map { ($0, true) } + rule.negative.map { ($0, false) }
            return examples.compactMap { example, isPositive in
                inspector.finds(rule, in: example) == isPositive
                    ? nil : Failure(rule: rule.id, example: example, isPositive: isPositive)
            }
        }
    }
}

extension Inspector {
    /// Whether a rule finds something in a value, in the first of the parts that it looks at.
    mutating func finds(_ rule: SignatureRule, in example: String) -> Bool {
        var judgement = Judgement()
        let part =
            rule.parts.contains(.parameter) ? .parameter : RequestPart.allCases.first { rule.parts.contains($0) } ?? .parameter
        judge(Array(example.utf8), part, plusIsBlank: Inspector.writesBlanksAsPlus(example.utf8), &judgement)
        return judgement.findings.contains { $0.rule.id == rule.id }
    }
}
