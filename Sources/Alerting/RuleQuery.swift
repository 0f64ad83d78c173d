package import PromQL
package import Telemetry

/// One element of what a rule's expression yields.
package struct RuleElement: Sendable, Equatable {
    package var labels: Labels
    package var value: Double

    package init(_ labels: Labels, _ value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// Evaluates an expression at a time: the seam between rules and the query engine.
package typealias RuleQuery = @Sendable (_ expression: String, _ time: Milliseconds) async throws -> [RuleElement]

extension PromQLEngine {
    /// The engine as rules ask it.
    package var ruleQuery: RuleQuery {
        { expression, time in try self.ruleElements(expression, at: time) }
    }

    /// What an expression yields for a rule. A scalar is one element without labels.
    func ruleElements(_ expression: String, at time: Milliseconds) throws -> [RuleElement] {
        switch try instant(expression, at: time).value {
        case .scalar(let sample): [RuleElement(.empty, sample.value)]
        case .vector(let elements):
            // A rule works with numbers: an expression that yields histograms has to ask for one of theirs.
            elements.filter { $0.histogram == nil }.map { RuleElement($0.labels, $0.value) }
        case .string, .matrix:
            throw AlertingError(
                .invalidRules, "\(expression) yields neither a vector nor a number; a rule needs one of the two")
        }
    }
}
