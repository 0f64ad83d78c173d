import Telemetry

/// Reads the words of one line of a script.
struct ScriptScanner {
    private var text: Substring

    init(_ text: String) {
        self.text = Substring(text)
        skipBlanks()
    }

    var isAtEnd: Bool { text.isEmpty }
    var rest: String { String(text) }

    private mutating func skipBlanks() {
        text = text.drop { $0.isWhitespace }
    }

    /// Takes a word or a sign.
    mutating func take(_ word: String) -> Bool {
        guard text.hasPrefix(word) else { return false }
        let rest = text.dropFirst(word.count)
        if let last = word.last, last.isLetter, let next = rest.first, next.isLetter { return false }
        text = rest
        skipBlanks()
        return true
    }

    mutating func quoted() -> String? {
        guard let quote = text.first, quote == "\"" || quote == "`" else { return nil }
        let inside = text.dropFirst()
        guard let end = inside.firstIndex(of: quote) else { return nil }
        text = inside[inside.index(after: end)...]
        skipBlanks()
        return String(inside[..<end])
    }

    mutating func integer() -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let value = Int(digits) else { return nil }
        text = text.dropFirst(digits.count)
        skipBlanks()
        return value
    }

    /// `90s`, `1m30s`, `-5m`, or a bare 0.
    mutating func duration() -> Nanoseconds? {
        let word = text.prefix { !$0.isWhitespace && $0 != "]" }
        let unsigned = Array((word.hasPrefix("-") ? word.dropFirst() : word).utf8)
        var value: Nanoseconds?
        if unsigned.elementsEqual("0".utf8) {
            value = 0
        } else if let (nanoseconds, end) = Quantity.duration(unsigned[...]), end == unsigned.endIndex {
            value = word.hasPrefix("-") ? -nanoseconds : nanoseconds
        }
        guard let value else { return nil }
        text = text.dropFirst(word.count)
        skipBlanks()
        return value
    }

    /// `{a="b", c="d"}`; an empty value is kept.
    mutating func labels() -> Labels? {
        guard take("{") else { return nil }
        var labels: [Label] = []
        while !take("}") {
            guard let label = pair() else { return nil }
            labels.append(label)
            if !take(","), text.first != "}" { return nil }
        }
        return Labels(sorted: labels.sorted())
    }

    /// `a="b" c="d"` up to a closing bracket.
    mutating func pairs() -> Labels? {
        var labels: [Label] = []
        while !text.isEmpty, text.first != "]" {
            guard let label = pair() else { return nil }
            labels.append(label)
        }
        return Labels(labels)
    }

    private mutating func pair() -> Label? {
        let name: String
        if text.first == "\"" {
            guard let quoted = quoted() else { return nil }
            name = quoted
        } else {
            name = String(text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "-" })
            text = text.dropFirst(name.count)
            skipBlanks()
        }
        guard !name.isEmpty, take("="), let value = quoted() else { return nil }
        return Label(name, value)
    }
}

/// The values that a script expects of a series: `6 _ 2+3x2 NaN`.
enum PointList {
    /// Most values that one notation may stand for.
    static let maximumExpansion = 20_000

    static func parse(_ text: String) -> [Double?]? {
        var values: [Double?] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if word == "_" {
                values.append(nil)
            } else if let value = number(String(word)) {
                values.append(value)
            } else if let expanded = expand(word) {
                values += expanded
            } else {
                return nil
            }
        }
        return values
    }

    static func number(_ text: String) -> Double? {
        // Double reads these in any case and much else besides; a script has these spellings.
        switch text {
        case "NaN": .nan
        case "Inf", "+Inf": .infinity
        case "-Inf": -.infinity
        default: Double(text)
        }
    }

    /// `base±step x count`: count + 1 values.
    private static func expand(_ word: Substring) -> [Double?]? {
        let parts = word.split(separator: "x")
        guard parts.count == 2, let count = Int(parts[1]), (0...maximumExpansion).contains(count) else { return nil }
        if let value = number(String(parts[0])) { return Array(repeating: value, count: count + 1) }
        guard let sign = parts[0].dropFirst().lastIndex(where: { $0 == "+" || $0 == "-" }),
            let base = number(String(parts[0][..<sign])), let step = number(String(parts[0][sign...]))
        else { return nil }
        return (0...count).map { base + Double($0) * step }
    }
}
