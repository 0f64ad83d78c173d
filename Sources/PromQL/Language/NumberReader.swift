import Telemetry

/// Reads numbers and durations as PromQL writes them.
enum NumberReader {
    /// `12`, `.5`, `5.`, `1e-3`, `0x1f`, `0755` (octal). No sign, no `Inf`.
    static func number(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, StringLiteral.isDigit(first) || first == UInt8(ascii: ".") else { return nil }
        if bytes.count > 2, bytes[0] == UInt8(ascii: "0"), bytes[1] | 0x20 == UInt8(ascii: "x") {
            return UInt64(text.dropFirst(2), radix: 16).map { Double($0) }
        }
        if bytes.count > 1, bytes[0] == UInt8(ascii: "0"), bytes.allSatisfy({ $0 >= 0x30 && $0 < 0x38 }) {
            return UInt64(text, radix: 8).map { Double($0) }
        }
        let isPlain = bytes.allSatisfy {
            StringLiteral.isDigit($0) || $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") || $0 == UInt8(ascii: "+")
                || $0 == UInt8(ascii: "-")
        }
        guard isPlain, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// A number as it may stand in a `le` label or a test script: signs, `Inf` and `NaN` in any case included.
    static func signedNumber(_ text: some StringProtocol) -> Double? {
        var rest = Substring(text)
        var sign = 1.0
        if let first = rest.first, first == "+" || first == "-" {
            if first == "-" { sign = -1 }
            rest.removeFirst()
        }
        switch rest.lowercased() {
        case "inf", "infinity": return sign * .infinity
        case "nan": return .nan
        default: return number(String(rest)).map { sign * $0 }
        }
    }

    /// `1h30m`: integers with units from large to small, each unit at most once.
    static func duration(_ text: String) -> Milliseconds? {
        var rest = text.utf8[...]
        var total: Int64 = 0
        var nextUnit = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix(while: StringLiteral.isDigit)
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !StringLiteral.isDigit($0) }
            rest = rest.dropFirst(name.count)
            guard let count = Int64(String(digits) ?? ""), let unit = String(name),
                let index = DurationExpression.units.firstIndex(where: { $0.0 == unit }), index >= nextUnit
            else { return nil }
            nextUnit = index + 1
            let (part, overflow) = count.multipliedReportingOverflow(by: Int64(DurationExpression.units[index].1))
            let (sum, overflowed) = total.addingReportingOverflow(part)
            guard !overflow, !overflowed else { return nil }
            total = sum
        }
        return total
    }
}
