package import RegularExpressions

/// One condition of a selector: `name="value"`, `!=`, `=~` or `!~`.
///
/// Regular expressions are anchored at both ends. A label that a set lacks counts as the empty string, as in Prometheus.
package struct LabelMatcher: Sendable {
    /// How the value is compared.
    package enum Operation: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case doesNotMatch = "!~"
    }

    package let name: String
    package let operation: Operation
    package let value: String
    private let regex: LinearRegex?

    /// - Throws: ``RegexSyntaxError`` where `value` is no regular expression and has to be one.
    package init(_ name: String, _ operation: Operation, _ value: String) throws(RegexSyntaxError) {
        self.name = name
        self.operation = operation
        self.value = value
        switch operation {
        case .equal, .notEqual: regex = nil
        case .matches, .doesNotMatch: regex = try LinearRegex(value)
        }
    }

    /// `name="value"`.
    package static func equal(_ name: String, _ value: String) -> LabelMatcher {
        LabelMatcher(name: name, equalTo: value)
    }

    private init(name: String, equalTo value: String) {
        self.name = name
        operation = .equal
        self.value = value
        regex = nil
    }

    /// Whether a label of this value passes.
    package func matches(_ candidate: String) -> Bool {
        switch operation {
        case .equal: candidate == value
        case .notEqual: candidate != value
        case .matches: regex!.matchesWhole(candidate)
        case .doesNotMatch: !regex!.matchesWhole(candidate)
        }
    }

    /// Whether a label set passes.
    package func matches(_ labels: Labels) -> Bool {
        matches(labels[name] ?? "")
    }

    /// True if a set that lacks the label passes; such a matcher can't be answered from an index of values alone.
    package var matchesEmpty: Bool { matches("") }
}

extension LabelMatcher: Equatable {
    package static func == (left: LabelMatcher, right: LabelMatcher) -> Bool {
        left.name == right.name && left.operation == right.operation && left.value == right.value
    }
}

extension LabelMatcher: CustomStringConvertible {
    package var description: String { "\(name)\(operation.rawValue)\(Labels.quoted(value))" }
}

extension Sequence<LabelMatcher> {
    /// Whether a label set passes all of them.
    package func allMatch(_ labels: Labels) -> Bool {
        allSatisfy { $0.matches(labels) }
    }
}
