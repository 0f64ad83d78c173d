import Glibc

extension FunctionTable {
    /// Functions of one value: mathematics, clamping, calendar.
    static let elementFunctions: [String: FunctionDefinition] =
        mathematics.merging(bounds) { first, _ in first }.merging(calendar) { first, _ in first }

    private static func plain(_ function: @escaping @Sendable (Double) -> Double) -> FunctionDefinition {
        FunctionDefinition(parameters: [.vector], implementation: .element { value, _ in function(value) })
    }

    private static let mathematics: [String: FunctionDefinition] = [
        "abs": plain { $0.magnitude },
        "ceil": plain { $0.rounded(.up) },
        "floor": plain { $0.rounded(.down) },
        "exp": plain { exp($0) },
        "sqrt": plain { $0.squareRoot() },
        "ln": plain { log($0) },
        "log2": plain { log2($0) },
        "log10": plain { log10($0) },
        "sin": plain { sin($0) },
        "cos": plain { cos($0) },
        "tan": plain { tan($0) },
        "asin": plain { asin($0) },
        "acos": plain { acos($0) },
        "atan": plain { atan($0) },
        "sinh": plain { sinh($0) },
        "cosh": plain { cosh($0) },
        "tanh": plain { tanh($0) },
        "asinh": plain { asinh($0) },
        "acosh": plain { acosh($0) },
        "atanh": plain { atanh($0) },
        "deg": plain { $0 * 180 / .pi },
        "rad": plain { $0 * .pi / 180 },
        "sgn": plain { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 },
    ]

    private static let bounds: [String: FunctionDefinition] = [
        "clamp": FunctionDefinition(
            parameters: [.vector, .scalar, .scalar],
            implementation: .element { value, limits in
                // Limits the wrong way round leave nothing.
                limits[0] > limits[1] ? .absent : maximum(limits[0], minimum(limits[1], value))
            }),
        "clamp_min": FunctionDefinition(
            parameters: [.vector, .scalar], implementation: .element { value, limits in maximum(limits[0], value) }),
        "clamp_max": FunctionDefinition(
            parameters: [.vector, .scalar], implementation: .element { value, limits in minimum(limits[0], value) }),
        "round": FunctionDefinition(
            parameters: [.vector, .scalar], optional: 1,
            implementation: .element { value, arguments in
                // Dividing by the inverse keeps round(x, 0.1) free of artefacts.
                let inverse = 1 / (arguments.first ?? 1)
                return (value * inverse + 0.5).rounded(.down) / inverse
            }),
    ]

    /// The larger; NaN if either is.
    static func maximum(_ left: Double, _ right: Double) -> Double {
        left.isNaN || right.isNaN ? .nan : Swift.max(left, right)
    }

    /// The smaller; NaN if either is.
    static func minimum(_ left: Double, _ right: Double) -> Double {
        left.isNaN || right.isNaN ? .nan : Swift.min(left, right)
    }

    private static func date(_ function: @escaping @Sendable (CivilTime) -> Int) -> FunctionDefinition {
        FunctionDefinition(
            parameters: [.vector], optional: 1,
            implementation: .element { value, _ in CivilTime(seconds: value).map { Double(function($0)) } ?? .nan })
    }

    private static let calendar: [String: FunctionDefinition] = [
        "year": date(\.year),
        "month": date(\.month),
        "day_of_month": date(\.day),
        "day_of_year": date(\.dayOfYear),
        "day_of_week": date(\.weekday),
        "days_in_month": date(\.daysInMonth),
        "hour": date(\.hour),
        "minute": date(\.minute),
    ]
}

/// A time in UTC, taken apart.
struct CivilTime: Sendable {
    let year, month, day, hour, minute, weekday: Int

    /// Nil for what is no time.
    init?(seconds: Double) {
        guard seconds.magnitude < 1e15 else { return nil }
        let whole = Int(seconds.rounded(.down))
        let days = Int((Double(whole) / 86400).rounded(.down))
        let second = whole - days * 86400
        hour = second / 3600
        minute = second % 3600 / 60
        weekday = ((days + 4) % 7 + 7) % 7
        // Days since 0000-03-01, in eras of 400 years: leap days then come last in each year (H. Hinnant, "chrono-Compatible
        // Low-Level Date Algorithms").
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfMarchYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfMarchYear + 2) / 153
        day = dayOfMarchYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    var daysInMonth: Int { month == 2 ? (isLeapYear ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31 }
    var dayOfYear: Int {
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1]
        return before + day + (isLeapYear && month > 2 ? 1 : 0)
    }
}
