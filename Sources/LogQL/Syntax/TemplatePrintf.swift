/// The template function `printf`: verbs `%s %v %d %q %c %x %f %%`, with width, precision and the flags `-` and `0`.
enum TemplatePrintf {
    /// Widest field and longest fraction.
    static let maximumWidth = 256

    private struct Verb {
        var isLeft = false
        var isZeroPadded = false
        var width = 0
        var precision: Int?
        var letter: Character
    }

    /// The format with its verbs replaced by the arguments in turn; a verb without one gives nothing.
    static func format(_ format: String, _ arguments: some Sequence<String>) -> String {
        var output = ""
        var rest = Substring(format)
        var arguments = arguments.makeIterator()
        while let percent = rest.firstIndex(of: "%") {
            output += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            guard let verb = verb(&rest) else { break }
            output += verb.letter == "%" ? "%" : padded(text(verb, arguments.next() ?? ""), verb)
        }
        return output + rest
    }

    private static func verb(_ rest: inout Substring) -> Verb? {
        var verb = Verb(letter: "%")
        while let flag = rest.first, flag == "-" || flag == "0" || flag == "+" || flag == " " {
            if flag == "-" { verb.isLeft = true }
            if flag == "0" { verb.isZeroPadded = true }
            rest = rest.dropFirst()
        }
        verb.width = number(&rest) ?? 0
        if rest.first == "." {
            rest = rest.dropFirst()
            verb.precision = number(&rest) ?? 0
        }
        guard let letter = rest.first else { return nil }
        rest = rest.dropFirst()
        verb.letter = letter
        return verb
    }

    private static func number(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest[digits.endIndex...]
        return digits.isEmpty ? nil : min(Int(digits) ?? maximumWidth, maximumWidth)
    }

    private static func text(_ verb: Verb, _ argument: String) -> String {
        switch verb.letter {
        case "q": return QuotedText.quoted(argument)
        case "c": return UInt32(argument).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? argument
        case "x": return Int64(argument).map { String($0, radix: 16) } ?? argument.utf8.map { hexadecimal($0) }.joined()
        case "f": return Double(argument).map { decimal($0, verb.precision ?? 6) } ?? argument
        case "s", "v": return verb.precision.map { String(argument.prefix($0)) } ?? argument
        default: return argument
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func decimal(_ value: Double, _ digits: Int) -> String {
        // Beyond fifteen digits a Double has nothing more to say.
        let digits = min(digits, 15)
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded(.toNearestOrEven)
        guard scaled < 9e18 else { return String(value) }
        let sign = value < 0 ? "-" : ""
        let text = String(Int64(scaled))
        guard digits > 0 else { return sign + text }
        let filled = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return sign + filled.dropLast(digits) + "." + filled.suffix(digits)
    }

    private static func padded(_ text: String, _ verb: Verb) -> String {
        let missing = verb.width - text.count
        guard missing > 0 else { return text }
        if verb.isLeft { return text + String(repeating: " ", count: missing) }
        return String(repeating: verb.isZeroPadded ? "0" : " ", count: missing) + text
    }
}
