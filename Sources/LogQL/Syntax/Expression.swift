import Telemetry

/// A query as it was written.
indirect enum Expression: Sendable {
    case log(LogExpression)
    case literal(Double)
    /// `vector(n)`: one element without labels.
    case vector(Double)
    case rangeAggregation(RangeAggregation)
    case vectorAggregation(VectorAggregation)
    case binary(BinaryExpression)
    case labelReplace(LabelReplace)
}

/// A selector and what is done to each line that it finds.
struct LogExpression: Sendable {
    var matchers: [LabelMatcher]
    var stages: [Stage] = []
}

/// Entries of a sliding window, `… [5m] offset 1m`, made into a value.
struct RangeAggregation: Sendable {
    enum Operation: String, Sendable, CaseIterable {
        case rate, count = "count_over_time", bytesRate = "bytes_rate", bytes = "bytes_over_time"
        case sum = "sum_over_time", average = "avg_over_time", minimum = "min_over_time", maximum = "max_over_time"
        case deviation = "stddev_over_time", variance = "stdvar_over_time", quantile = "quantile_over_time"
        case first = "first_over_time", last = "last_over_time", absent = "absent_over_time", rateCounter = "rate_counter"

        var allowsGrouping: Bool {
            switch self {
            case .average, .deviation, .variance, .quantile, .maximum, .minimum, .first, .last: true
            default: false
            }
        }

        var allowsUnwrap: Bool {
            switch self {
            case .count, .bytes, .bytesRate: false
            default: true
            }
        }

        var needsUnwrap: Bool {
            switch self {
            case .rate, .count, .bytes, .bytesRate, .absent: false
            default: true
            }
        }
    }

    var operation: Operation
    /// The quantile of `quantile_over_time`.
    var parameter: Double?
    var log: LogExpression
    var unwrap: Unwrap?
    /// Stages behind `unwrap`: they see its label and drop entries.
    var stagesAfterUnwrap: [Stage] = []
    var range: Nanoseconds
    var offset: Nanoseconds
    var grouping: Grouping?
}

/// `| unwrap duration(label)`: the number that a label holds becomes the entry's value.
struct Unwrap: Sendable {
    enum Conversion: String, Sendable { case number, duration, durationSeconds = "duration_seconds", bytes }

    var label: String
    var conversion: Conversion
}

/// `by (…)` or `without (…)`.
struct Grouping: Sendable {
    var isWithout: Bool
    var labels: [String]
}

/// Elements made into fewer: `sum by (app) (…)`.
struct VectorAggregation: Sendable {
    enum Operation: String, Sendable, CaseIterable {
        case sum, average = "avg", minimum = "min", maximum = "max", count, deviation = "stddev", variance = "stdvar"
        case topK = "topk", bottomK = "bottomk", approximateTopK = "approx_topk", sort, sortDescending = "sort_desc"

        var takesParameter: Bool { self == .topK || self == .bottomK || self == .approximateTopK }
    }

    var operation: Operation
    var parameter: Int?
    var grouping: Grouping?
    var inner: Expression
}

/// Two operands and what joins them.
struct BinaryExpression: Sendable {
    enum Operation: String, Sendable {
        case or, and, unless
        case equal = "==", notEqual = "!=", greater = ">", greaterOrEqual = ">=", less = "<", lessOrEqual = "<="
        case add = "+", subtract = "-", multiply = "*", divide = "/", modulo = "%", power = "^"

        var isSet: Bool { self == .or || self == .and || self == .unless }

        var isComparison: Bool {
            switch self {
            case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual: true
            default: false
            }
        }

        var precedence: Int {
            switch self {
            case .or: 1
            case .and, .unless: 2
            case .add, .subtract: 4
            case .multiply, .divide, .modulo: 5
            case .power: 6
            default: 3
            }
        }
    }

    var operation: Operation
    var returnsBool = false
    var matching: VectorMatching
    var left: Expression
    var right: Expression
}

/// How elements of two vectors find each other.
struct VectorMatching: Sendable {
    enum Cardinality: Sendable { case oneToOne, manyToOne, oneToMany }

    var cardinality = Cardinality.oneToOne
    /// `on` rather than `ignoring`.
    var isOn = false
    var labels: [String] = []
    /// Labels taken from the "one" side.
    var include: [String] = []
}

/// `label_replace(v, destination, replacement, source, regex)`.
struct LabelReplace: Sendable {
    var inner: Expression
    var destination: String
    var replacement: String
    var source: String
    var regex: CompiledRegex
}
