import Parsing
import RegularExpressions
import Telemetry

/// A compiled regular expression, shared by everyone who holds the query.
typealias CompiledRegex = LinearRegex

/// One step of a pipeline: it sees a line and its labels, changes them, or drops the entry.
enum Stage: Sendable {
    case lineFilter(LineFilter)
    case json([JSONLabel])
    case logfmt(strict: Bool, keepEmpty: Bool, [RenamedLabel])
    case pattern(PatternExpression)
    case regexp(CompiledRegex)
    case unpack
    case decolorize
    case labelFilter(LabelFilter)
    case lineFormat(TemplateText)
    case labelFormat([LabelAssignment])
    case keep([LabelChoice])
    case drop([LabelChoice])
    /// Of entries with equal values of these labels only the first stays: see ``DistinctStage``.
    case distinct([String])
    /// The message shape becomes a label; at the end of a log query, shapes are counted apart by some labels.
    case shape([String])
}

/// `|= "a" or "b"`: a condition on the line, negated or not.
struct LineFilter: Sendable {
    enum Condition: Sendable {
        case contains([UInt8])
        case matches(CompiledRegex)
        case pattern(PatternExpression)
        case address(AddressMatcher)
    }

    var isNegated: Bool
    /// The line passes where any of them holds (none, if negated).
    var conditions: [Condition]
}

/// `name="path.to[0].value"` of the `json` parser.
struct JSONLabel: Sendable {
    var name: String
    var path: [JSONFields.PathElement]
}

/// `name="key"` of the `logfmt` parser.
struct RenamedLabel: Sendable {
    var name: String
    var key: String
}

/// A condition on labels.
indirect enum LabelFilter: Sendable {
    enum Comparison: String, Sendable {
        case equal = "==", notEqual = "!=", greater = ">", greaterOrEqual = ">=", less = "<", lessOrEqual = "<="

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .equal: left == right
            case .notEqual: left != right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            case .less: left < right
            case .lessOrEqual: left <= right
            }
        }
    }

    enum Unit: Sendable { case number, duration, bytes }

    case string(LabelMatcher)
    case quantity(String, Comparison, Double, Unit)
    case address(String, isNegated: Bool, AddressMatcher)
    case and(LabelFilter, LabelFilter)
    case or(LabelFilter, LabelFilter)
}

/// `name=other` or `name="template"` of `label_format`.
struct LabelAssignment: Sendable {
    enum Source: Sendable {
        case rename(String)
        case template(TemplateText)
    }

    var name: String
    var source: Source
}

/// A label that `keep` or `drop` names, whatever its value or with one.
struct LabelChoice: Sendable {
    var name: String
    var matcher: LabelMatcher?
}
