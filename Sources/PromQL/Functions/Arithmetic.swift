import Glibc

/// Operators on two numbers.
enum Arithmetic {
    static func apply(_ op: BinaryOperation.Operator, _ left: Double, _ right: Double) -> Double {
        switch op {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: fmod(left, right)
        case .atan2: atan2(left, right)
        case .power: pow(left, right)
        default: holds(op, left, right) ? 1 : 0
        }
    }

    /// Whether a comparison is true.
    static func holds(_ op: BinaryOperation.Operator, _ left: Double, _ right: Double) -> Bool {
        switch op {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        default: false
        }
    }
}
