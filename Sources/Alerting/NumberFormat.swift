/// Numbers as people read them in annotations.
enum NumberFormat {
    /// The shortest text, without `.0`.
    static func plain(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
        guard abs(value) < 1e15, value == value.rounded() else { return "\(value)" }
        return "\(Int64(value))"
    }

    /// Four significant digits.
    static func general(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return plain(value) }
        var magnitude = 0
        var rest = abs(value)
        while rest >= 10, magnitude < 308 { rest /= 10; magnitude += 1 }
        while rest < 1, magnitude > -12 { rest *= 10; magnitude -= 1 }
        let places = 3 - magnitude
        guard places > 0 else { return plain(value.rounded()) }
        let text = fixed(value, places: min(places, 15))
        guard text.contains(".") else { return text }
        var trimmed = text[...]
        while trimmed.last == "0" { trimmed.removeLast() }
        if trimmed.last == "." { trimmed.removeLast() }
        return String(trimmed)
    }

    /// A fixed number of decimal places.
    static func fixed(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return plain(value) }
        var scale = 1.0
        for _ in 0..<min(max(0, places), 15) { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        let digits = String(Int64(scaled))
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return places > 0 ? "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))" : sign + padded
    }

    /// `1.234k`, `56m`.
    static func humanize(_ value: Double) -> String {
        let magnitude = abs(value)
        guard value.isFinite, magnitude != 0 else { return general(value) }
        if magnitude >= 1 {
            return prefixed(value, base: 1000, ["", "k", "M", "G", "T", "P", "E", "Z", "Y"])
        }
        var scaled = value
        for prefix in ["m", "u", "n", "p"] {
            scaled *= 1000
            if abs(scaled) >= 1 { return general(scaled) + prefix }
        }
        return general(value)
    }

    /// `1.5Gi`.
    static func humanize1024(_ value: Double) -> String {
        value.isFinite ? prefixed(value, base: 1024, ["", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"]) : plain(value)
    }

    /// `1d 2h 3m 4s`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e12 else { return plain(seconds) }
        if abs(seconds) < 1 { return humanize(seconds) + "s" }
        let whole = Int64(abs(seconds))
        let units: [(Int64, String)] = [(whole / 86_400, "d"), (whole / 3600 % 24, "h"), (whole / 60 % 60, "m")]
        let text = units.drop { $0.0 == 0 }.map { "\($0.0)\($0.1) " }.joined()
        return (seconds < 0 ? "-" : "") + text + "\(whole % 60)s"
    }

    /// One verb of C's printf in its text.
    static func printf(_ format: String, text: String, number: Double?) -> String {
        var out = ""
        var rest = format[...]
        while let percent = rest.firstIndex(of: "%") {
            out += rest[..<percent]
            rest = rest[percent...].dropFirst()
            let options = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(options.count)
            let places = options.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first.flatMap { Int($0) }
            switch rest.popFirst() {
            case "%": out += "%"
            case "f": out += number.map { fixed($0, places: places ?? 6) } ?? text
            case "d": out += number.map { fixed($0, places: 0) } ?? text
            case "g": out += number.map { places == nil ? plain($0) : general($0) } ?? text
            case "s", "v": out += text
            case let other: out += "%" + options + (other.map { String($0) } ?? "")
            }
        }
        return out + rest
    }

    private static func prefixed(_ value: Double, base: Double, _ prefixes: [String]) -> String {
        var scaled = value
        var index = 0
        while abs(scaled) >= base, index < prefixes.count - 1 {
            scaled /= base
            index += 1
        }
        return general(scaled) + prefixes[index]
    }
}
