package import Telemetry

/// A parsed query: a tree whose ``description`` is PromQL again.
///
/// ```
/// sum by (job) (rate(errors_total[5m]))
///   aggregation sum by (job)
///     call rate
///       range [5m] of selector errors_total
/// ```
/// The parser has checked types, argument counts and label names, so whoever walks the tree need not. Depth is at most
/// ``PromQLParser/maximumDepth``, so recursion over a tree is safe.
package struct Expression: Sendable, Equatable {
    /// What stands at the root of the tree.
    package indirect enum Kind: Sendable, Equatable {
        case number(Double)
        case string(String)
        case selector(VectorSelector)
        /// A selector with a window: `x[5m]`. Its offset and `@` are the selector's.
        case range(VectorSelector, window: DurationExpression)
        case subquery(Subquery)
        case call(name: String, arguments: [Expression])
        case aggregation(Aggregation)
        case binary(BinaryOperation)
        /// A sign before an operand.
        case unary(negative: Bool, Expression)
        case parenthesized(Expression)
    }

    /// What stands at the root.
    package let kind: Kind
    /// Where its text begins.
    package let position: SourcePosition
    /// Levels of the tree, 1 for a leaf.
    let depth: Int

    init(_ kind: Kind, at position: SourcePosition) {
        self.kind = kind
        self.position = position
        depth = 1 + (kind.children.map(\.depth).max() ?? 0)
    }

    /// What the expression yields.
    package var type: ValueType {
        switch kind {
        case .number: .scalar
        case .string: .string
        case .selector, .aggregation: .vector
        case .range, .subquery: .range
        case .call(let name, _): FunctionTable.named(name)?.returns ?? .vector
        case .binary(let operation):
            operation.left.type == .scalar && operation.right.type == .scalar ? .scalar : .vector
        case .unary(_, let operand): operand.type
        case .parenthesized(let inner): inner.type
        }
    }

    /// The expression without the parentheses around it.
    package var unwrapped: Expression {
        if case .parenthesized(let inner) = kind { return inner.unwrapped }
        return self
    }
}

extension Expression.Kind {
    /// The expressions directly below, in the order of the text.
    package var children: [Expression] {
        switch self {
        case .number, .string, .selector, .range: []
        case .subquery(let subquery): [subquery.expression]
        case .call(_, let arguments): arguments
        case .aggregation(let aggregation): (aggregation.parameter.map { [$0] } ?? []) + [aggregation.expression]
        case .binary(let operation): [operation.left, operation.right]
        case .unary(_, let operand): [operand]
        case .parenthesized(let inner): [inner]
        }
    }
}

/// What an expression yields.
package enum ValueType: String, Sendable {
    case scalar
    case vector = "instant vector"
    case range = "range vector"
    case string
}

/// Shifts of the time at which a selector or subquery is looked up.
package struct TimeShift: Sendable, Equatable {
    /// The time that `@` pins.
    package enum Pin: Sendable, Equatable {
        case time(Milliseconds)
        case start
        case end
    }

    /// How far back, if anywhere.
    package var offset: DurationExpression?
    /// The time that stands fixed, if one does.
    package var pin: Pin?
}

/// A name and conditions on labels, with its shift: `x{job="a"} offset 5m @ 10`.
package struct VectorSelector: Sendable, Equatable {
    /// The metric's name where it was given outside a condition.
    package var name: String?
    /// The conditions in braces, without the one for ``name``.
    package var conditions: [LabelMatcher]
    /// When it is looked up.
    package var shift = TimeShift()
    /// How far beyond its bounds it looks, if at all.
    package var reach: Reach?

    /// Ways to look beyond the bounds of a window or time.
    package enum Reach: String, Sendable {
        /// A window also has the last sample at or before its start.
        case anchored
        /// Between two samples the value is interpolated.
        case smoothed
    }

    /// All conditions, that of the name included.
    package var matchers: [LabelMatcher] {
        (name.map { [LabelMatcher.equal(Labels.metricNameLabel, $0)] } ?? []) + conditions
    }

    /// True if all series have one and the same metric name, so that dropping it can't make two of them equal.
    package var fixesName: Bool {
        matchers.contains { $0.name == Labels.metricNameLabel && $0.operation == .equal }
    }
}

/// An expression evaluated at many times: `rate(x[1m])[1h:5m]`.
package struct Subquery: Sendable, Equatable {
    /// What it works on.
    package var expression: Expression
    /// How far each window reaches back.
    package var window: DurationExpression
    /// `nil` where the default is wanted.
    package var step: DurationExpression?
    /// When it is looked up.
    package var shift = TimeShift()
}

/// Many series to few: `sum by (job) (x)`.
package struct Aggregation: Sendable, Equatable {
    /// How series are brought together.
    package enum Operator: String, Sendable, CaseIterable {
        case sum, avg, min, max, count, group, stddev, stdvar, topk, bottomk, quantile, limitk
        case limitRatio = "limit_ratio"
        case countValues = "count_values"

        /// What its parameter is, if it has one.
        package var parameterType: ValueType? {
            switch self {
            case .topk, .bottomk, .quantile, .limitk, .limitRatio: .scalar
            case .countValues: .string
            default: nil
            }
        }
    }

    /// How series are brought together.
    package var aggregator: Operator
    /// The `5` of `topk(5, x)`.
    package var parameter: Expression?
    /// What it works on.
    package var expression: Expression
    /// Labels named in `by` or `without`.
    package var grouping: [String]
    /// True for `without`.
    package var without: Bool
}

/// Two operands and how their series find each other.
package struct BinaryOperation: Sendable, Equatable {
    /// Arithmetic, comparison, or set operation.
    package enum Operator: String, Sendable, CaseIterable {
        case or, and, unless
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case modulo = "%"
        case atan2
        case power = "^"
        /// What a histogram holds below a value.
        case trimUpper = "</"
        /// What a histogram holds above a value.
        case trimLower = ">/"

        var isTrim: Bool { self == .trimUpper || self == .trimLower }
        var isSet: Bool { self == .or || self == .and || self == .unless }
        var isComparison: Bool { precedence == 3 && !isTrim }
        var precedence: Int {
            switch self {
            case .or: 1
            case .and, .unless: 2
            case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .trimUpper, .trimLower: 3
            case .add, .subtract: 4
            case .multiply, .divide, .modulo, .atan2: 5
            case .power: 6
            }
        }
    }

    /// What is done with both operands.
    package var `operator`: Operator
    /// The operand before the operator.
    package var left: Expression
    /// The operand behind the operator.
    package var right: Expression
    /// Whether a comparison yields 0 or 1 instead of filtering.
    package var returnsBool = false
    /// How series of both sides meet.
    package var matching = VectorMatching()
}

/// How series of two vectors find each other.
package struct VectorMatching: Sendable, Equatable {
    /// Which side may have many series for one of the other.
    package enum Side: Sendable { case left, right }

    /// Values that stand in for missing series of either side; none where such series find no partner.
    package struct Fill: Sendable, Equatable {
        package var left: Double?
        package var right: Double?
    }

    /// True for `on`, false for `ignoring` (with no labels: the default).
    package var on = false
    /// The labels that must, or need not, be equal.
    package var labels: [String] = []
    /// The side that may have many series for one, if grouping was asked for.
    package var manySide: Side?
    /// What stands in for a partner that is missing.
    package var fill: Fill?
    /// Labels taken over from the side that has one.
    package var include: [String] = []
}
