/// A function of templates: Go's own, and those that Loki adds.
enum TemplateFunction: String, Sendable, CaseIterable {
    // Text.
    case lower, upper, toLower = "ToLower", toUpper = "ToUpper", title, trim, trimSpace = "TrimSpace", trunc, substr
    case replace, replaceFirst = "Replace", trimPrefix, trimSuffix, goTrimPrefix = "TrimPrefix", goTrimSuffix = "TrimSuffix"
    case trimAll, goTrim = "Trim", goTrimLeft = "TrimLeft", goTrimRight = "TrimRight"
    case contains, hasPrefix, hasSuffix, `repeat`, indent, nindent, alignLeft, alignRight
    case printf, print, println, len, fallback = "default", b64enc, b64dec, urlencode, urldecode
    case regexReplaceAll, regexReplaceAllLiteral, count, html, js, urlquery
    // Lists and maps.
    case fromJSON = "fromJson", index, slice
    // Numbers.
    case int, float64, add, sub, mul, div, mod, addf, subf, mulf, divf, max, min, maxf, minf, ceil, floor, round
    case bytes, duration, durationSeconds = "duration_seconds"
    // Comparisons.
    case eq, ne, lt, le, gt, ge, and, or, not
    // Times.
    case date, toDate, toDateInZone, unixEpoch, unixEpochMillis, unixEpochNanos, unixToTime

    /// Most arguments of a function that takes any number.
    private static let most = 32

    /// How many arguments it takes, the piped value included.
    var argumentCount: ClosedRange<Int> {
        switch self {
        case .lower, .upper, .toLower, .toUpper, .title, .trim, .trimSpace, .len, .b64enc, .b64dec, .urlencode, .urldecode,
            .int, .float64, .ceil, .floor, .bytes, .duration, .durationSeconds, .not, .unixEpoch, .unixEpochMillis,
            .unixEpochNanos, .unixToTime, .fromJSON, .html, .js, .urlquery:
            1...1
        case .trunc, .trimPrefix, .trimSuffix, .goTrimPrefix, .goTrimSuffix, .trimAll, .goTrim, .goTrimLeft, .goTrimRight,
            .contains, .hasPrefix, .hasSuffix, .repeat, .indent, .nindent, .alignLeft, .alignRight, .fallback, .count, .div,
            .mod, .sub, .ne, .lt, .le, .gt, .ge, .date, .toDate:
            2...2
        case .slice: 1...3
        case .replace, .substr, .toDateInZone, .regexReplaceAll, .regexReplaceAllLiteral: 3...3
        case .replaceFirst: 4...4
        case .round: 2...3
        case .eq, .subf, .divf: 2...TemplateFunction.most
        case .printf, .print, .println, .index, .add, .mul, .addf, .mulf, .max, .min, .maxf, .minf, .and, .or:
            1...TemplateFunction.most
        }
    }

    /// Whether the first argument is a regular expression.
    var takesRegex: Bool { self == .regexReplaceAll || self == .regexReplaceAllLiteral || self == .count }

    /// Arguments have been counted when the template was read.
    func apply(_ arguments: [TemplateValue]) -> TemplateValue {
        guard argumentCount.contains(arguments.count), let last = arguments.last else { return .text("") }
        switch self {
        case .int, .float64, .add, .sub, .mul, .div, .mod, .addf, .subf, .mulf, .divf, .max, .min, .maxf, .minf, .ceil, .floor,
            .round, .bytes, .duration, .durationSeconds:
            return number(arguments)
        case .eq, .ne, .lt, .le, .gt, .ge: return .boolean(compare(arguments))
        case .not: return .boolean(!last.isTrue)
        case .fallback: return last.isTrue ? last : arguments[0]
        case .date: return .text(TemplateDate.text(last.timeNanoseconds, layout: arguments[0].text))
        case .toDateInZone where !TemplateDate.isUTC(arguments[1].text): return .nothing
        case .toDate, .toDateInZone: return .time(TemplateDate.time(last.text, layout: arguments[0].text) ?? 0)
        case .fromJSON: return TemplateJSON.value(of: last.text) ?? .nothing
        case .index: return arguments.dropFirst().reduce(arguments[0]) { $0.element($1) }
        case .slice: return sliced(arguments[0], arguments.dropFirst().map(\.integer))
        case .unixEpoch: return .integer(last.timeNanoseconds / 1_000_000_000)
        case .unixEpochMillis: return .integer(last.timeNanoseconds / 1_000_000)
        case .unixEpochNanos: return .integer(last.timeNanoseconds)
        case .unixToTime: return TemplateDate.time(ofEpoch: last.text)
        default: return text(arguments)
        }
    }

    /// Elements or bytes from one place up to, and without, another.
    private func sliced(_ value: TemplateValue, _ places: [Int64]) -> TemplateValue {
        func range(_ count: Int) -> Range<Int> {
            let end = places.count > 1 ? Swift.max(0, Swift.min(Int(clamping: places[1]), count)) : count
            let start = places.isEmpty ? 0 : Swift.max(0, Swift.min(Int(clamping: places[0]), end))
            return start..<end
        }
        switch value {
        case .list(let elements): return .list(Array(elements[range(elements.count)]))
        default:
            let bytes = Array(value.text.utf8)
            return .text(String(decoding: bytes[range(bytes.count)], as: UTF8.self))
        }
    }

    private func compare(_ arguments: [TemplateValue]) -> Bool {
        let (first, second) = (arguments[0], arguments[1])
        switch self {
        case .eq: return arguments.dropFirst().contains { order(first, $0) == 0 }
        case .ne: return order(first, second) != 0
        case .lt: return order(first, second) == -1
        case .le: return [-1, 0].contains(order(first, second))
        case .gt: return order(first, second) == 1
        default: return [0, 1].contains(order(first, second))
        }
    }

    /// Texts by their bytes; where one is a number, as numbers. Nil where they can't be compared.
    private func order(_ left: TemplateValue, _ right: TemplateValue) -> Int? {
        if case .text(let left) = left, case .text(let right) = right {
            return left == right ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
        }
        if case .boolean(let left) = left, case .boolean(let right) = right { return left == right ? 0 : nil }
        guard let left = left.numberIfAny, let right = right.numberIfAny else { return nil }
        return left == right ? 0 : left < right ? -1 : left > right ? 1 : nil
    }

    // MARK: Numbers

    private func number(_ arguments: [TemplateValue]) -> TemplateValue {
        let integers = arguments.map(\.integer)
        let numbers = arguments.map(\.number)
        let (first, last) = (integers[0], integers[integers.count - 1])
        switch self {
        case .int: return .integer(last)
        case .float64: return .number(numbers[0])
        case .add: return .integer(integers.reduce(0, &+))
        case .sub: return .integer(first &- last)
        case .mul: return .integer(integers.reduce(1, &*))
        // As for a label that is absent: nothing comes of a division by nothing.
        case .div: return last == 0 ? .text("") : .integer(first.dividedReportingOverflow(by: last).partialValue)
        case .mod: return last == 0 ? .text("") : .integer(first.remainderReportingOverflow(dividingBy: last).partialValue)
        case .addf: return .number(numbers.reduce(0, +))
        case .mulf: return .number(numbers.reduce(1, *))
        case .subf: return .number(numbers.dropFirst().reduce(numbers[0], -))
        case .divf: return .number(numbers.dropFirst().reduce(numbers[0], /))
        case .max: return .integer(integers.max() ?? 0)
        case .min: return .integer(integers.min() ?? 0)
        case .maxf: return .number(numbers.max() ?? 0)
        case .minf: return .number(numbers.min() ?? 0)
        case .ceil: return .number(numbers[0].rounded(.up))
        case .floor: return .number(numbers[0].rounded(.down))
        case .round: return .number(rounded(numbers[0], digits: integers[1], up: numbers.count > 2 ? numbers[2] : 0.5))
        case .bytes: return .number((try? Quantity.labelBytes(arguments[0].text)) ?? 0)
        default: return .number(((try? Quantity.labelDuration(arguments[0].text)) ?? 0) / 1e9)
        }
    }

    /// - Parameter up: the fraction from which the next digit counts one more.
    private func rounded(_ value: Double, digits: Int64, up: Double) -> Double {
        var power = 1.0
        for _ in 0..<Swift.max(0, Swift.min(digits, 15)) { power *= 10 }
        let scaled = value * power
        let whole = scaled.rounded(.towardZero)
        guard (scaled - whole).magnitude >= up else { return whole / power }
        return (whole + (scaled < 0 ? -1 : 1)) / power
    }
}
