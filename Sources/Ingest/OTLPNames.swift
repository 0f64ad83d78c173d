/// Names of OTLP as Prometheus writes them: characters it does not have become underscores, units and `_total` go behind the name.
enum OTLPNames {
    /// Units of UCUM by what Prometheus calls them.
    private static let units: [String: String] = [
        "d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds",
        "ns": "nanoseconds", "By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes", "TiBy": "tibibytes",
        "KBy": "kilobytes", "MBy": "megabytes", "GBy": "gigabytes", "TBy": "terabytes", "m": "meters", "V": "volts",
        "A": "amperes", "J": "joules", "W": "watts", "g": "grams", "Cel": "celsius", "Hz": "hertz", "1": "", "%": "percent",
    ]
    /// What stands behind the stroke of a unit.
    private static let perUnits: [String: String] = [
        "s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year",
    ]

    /// The name of a metric.
    static func metric(_ name: String, unit: String, shape: OTLPMetrics.Shape, isMonotonic: Bool) -> String {
        var parts = words(name)
        let (main, per) = suffixes(of: unit)
        if let main, !parts.contains(main) { parts.append(main) }
        if let per, !parts.contains(per) { parts += ["per", per] }
        if shape == .sum, isMonotonic { parts = parts.filter { $0 != "total" } + ["total"] }
        if shape == .gauge, unit.trimmed == "1" { parts = parts.filter { $0 != "ratio" } + ["ratio"] }
        let joined = parts.joined(separator: "_")
        return joined.utf8.first.map(isDigit) ?? false ? "_" + joined : joined
    }

    /// The name of a label.
    static func label(_ name: String) -> String {
        let plain = String(name.unicodeScalars.map { isPlain($0) ? Character($0) : "_" })
        guard let first = plain.utf8.first else { return plain }
        if isDigit(first) { return "key_" + plain }
        // One underscore in front is for nobody, two are Prometheus' own.
        if first == UInt8(ascii: "_"), !plain.hasPrefix("__") { return "key" + plain }
        return plain
    }

    private static func suffixes(of unit: String) -> (main: String?, per: String?) {
        let sides = unit.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { String($0).trimmed }
        func suffix(_ text: String?, _ names: [String: String]) -> String? {
            // What stands in braces is a remark.
            guard let text, !text.contains("{"), !text.contains("}") else { return nil }
            let suffix = words(names[text] ?? text).joined(separator: "_")
            return suffix.isEmpty ? nil : suffix
        }
        return (suffix(sides.first, units), suffix(sides.count > 1 ? sides[1] : nil, perUnits))
    }

    private static func words(_ name: String) -> [String] {
        name.unicodeScalars.split { !(isPlain($0) || $0 == ":") || $0 == "_" }.map { String(String.UnicodeScalarView($0)) }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z", "_": true
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
