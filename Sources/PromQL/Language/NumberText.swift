/// Numbers as Prometheus writes them in answers and labels: shortest digits that read back the same, never an exponent.
package enum NumberText {
    /// `0.1`, `100000000000000000000`, `+Inf`, `-Inf`, `NaN`.
    package static func format(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        var text = value.description
        if text.hasSuffix(".0") { text.removeLast(2) }
        guard let marker = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: marker)...]) else { return text }
        let negative = text.hasPrefix("-")
        let mantissa = text[..<marker].drop { $0 == "-" }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        let point = parts[0].count + exponent
        let body: String
        if point <= 0 {
            body = "0." + String(repeating: "0", count: -point) + digits
        } else if point >= digits.count {
            body = digits + String(repeating: "0", count: point - digits.count)
        } else {
            body = digits.prefix(point) + "." + digits.dropFirst(point)
        }
        return (negative ? "-" : "") + body
    }

    /// As in the values of `le` and `quantile` labels: never without a point or an exponent, `1.0`.
    static func openMetrics(_ value: Double) -> String {
        guard value.isFinite else { return format(value) }
        let text = literal(value)
        return text.contains(where: { $0 == "." || $0 == "e" }) ? text : text + ".0"
    }

    /// As in query text: with an exponent where that is shorter.
    static func literal(_ value: Double) -> String {
        if value.isInfinite { return "Inf" }
        if value.isNaN { return "NaN" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
