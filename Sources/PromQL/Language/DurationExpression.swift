import Glibc
package import Telemetry

/// A duration in a query: `5m`, or arithmetic on durations such as `2m*15` and `max_of(step(), 30s)`. Values are seconds.
package indirect enum DurationExpression: Sendable, Equatable {
    case literal(Double)
    /// The query's step.
    case step
    /// The query's whole range.
    case range
    case negative(DurationExpression)
    case parenthesized(DurationExpression)
    case binary(BinaryOperation.Operator, DurationExpression, DurationExpression)
    case extreme(maximum: Bool, DurationExpression, DurationExpression)

    /// Longest duration there may be, in seconds (292 years).
    static let maximumSeconds = 9.2e9

    /// The value in seconds.
    func seconds(step: Double, range: Double) -> Double {
        switch self {
        case .literal(let value): return value
        case .step: return step
        case .range: return range
        case .negative(let inner): return -inner.seconds(step: step, range: range)
        case .parenthesized(let inner): return inner.seconds(step: step, range: range)
        case .extreme(let maximum, let left, let right):
            let (a, b) = (left.seconds(step: step, range: range), right.seconds(step: step, range: range))
            return maximum ? Swift.max(a, b) : Swift.min(a, b)
        case .binary(let op, let left, let right):
            return Arithmetic.apply(op, left.seconds(step: step, range: range), right.seconds(step: step, range: range))
        }
    }

    /// The value, where it is written as a plain number or duration, sign included.
    var literalSeconds: Double? {
        switch self {
        case .literal(let value): value
        case .negative(.literal(let value)): -value
        default: nil
        }
    }
}

extension DurationExpression: CustomStringConvertible {
    /// As PromQL writes it.
    package var description: String {
        switch self {
        case .literal(let seconds): DurationExpression.text(seconds)
        case .step: "step()"
        case .range: "range()"
        case .negative(let inner): "-\(inner)"
        case .parenthesized(let inner): "(\(inner))"
        case .binary(let op, let left, let right): "\(left) \(op.rawValue) \(right)"
        case .extreme(let maximum, let left, let right): "\(maximum ? "max_of" : "min_of")(\(left), \(right))"
        }
    }

    private static func text(_ seconds: Double) -> String {
        let milliseconds = seconds * 1000
        guard milliseconds > 0, milliseconds == rint(milliseconds), milliseconds < 1e15 else {
            return NumberText.format(seconds)
        }
        return text(Milliseconds(milliseconds))
    }

    /// A duration as PromQL writes it, for instance `1h30m`.
    package static func text(_ duration: Milliseconds) -> String {
        guard duration != 0 else { return "0s" }
        var rest = duration.magnitude
        var text = duration < 0 ? "-" : ""
        for (unit, length) in units where rest >= length {
            // Years and weeks are only used where nothing is left over, as `1y` reads better than `52w1d` but `400d` than `1y5w`.
            if unit == "y" || unit == "w", rest % length != 0 { continue }
            text += "\(rest / length)\(unit)"
            rest %= length
        }
        return text
    }

    static let units: [(String, UInt64)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
}
