package import Telemetry

/// Reads a stream selector as the configuration has it: `{app="audit", host=~"db.*"}`, as in LogQL. Braces may be left away.
package struct SelectorText {
    /// Most matchers of a selector.
    package static let maximumMatchers = 100

    private var rest: Substring.UnicodeScalarView

    private init(_ text: String) {
        rest = Substring(text).unicodeScalars
    }

    /// The matchers; `nil` for what is no selector. `{}` has none, and every stream passes.
    package static func matchers(_ text: String) -> [LabelMatcher]? {
        var reader = SelectorText(text)
        return reader.matchers()
    }

    private mutating func matchers() -> [LabelMatcher]? {
        var matchers: [LabelMatcher] = []
        let isBraced = take("{")
        while !(isBraced && peek == "}") && peek != nil {
            guard matchers.count < SelectorText.maximumMatchers, let matcher = matcher() else { return nil }
            matchers.append(matcher)
            guard take(",") else { break }
        }
        if isBraced, !take("}") { return nil }
        return peek == nil ? matchers : nil
    }

    private mutating func matcher() -> LabelMatcher? {
        skipBlanks()
        let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) }
        guard let first = name.first, first.properties.numericType == nil else { return nil }
        rest = rest[name.endIndex...]
        guard let operation = operation(), let value = quoted() else { return nil }
        return try? LabelMatcher(String(name), operation, value)
    }

    private mutating func operation() -> LabelMatcher.Operation? {
        if take("=") { return take("~", afterBlanks: false) ? .matches : .equal }
        guard take("!") else { return nil }
        if take("=", afterBlanks: false) { return .notEqual }
        return take("~", afterBlanks: false) ? .doesNotMatch : nil
    }

    /// Text in double quotes, with escapes of `\`, `"` and newline, or in backquotes as it stands.
    private mutating func quoted() -> String? {
        let isRaw = take("`")
        guard isRaw || take("\"") else { return nil }
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "`" where isRaw, "\"" where !isRaw: return String(value)
            case "\\" where !isRaw:
                guard let escaped = rest.popFirst(), ["\\", "\"", "n"].contains(escaped) else { return nil }
                value.append(escaped == "n" ? "\n" : escaped)
            default: value.append(scalar)
            }
        }
        return nil
    }

    private mutating func skipBlanks() { rest = rest.drop { $0.properties.isWhitespace } }

    private var peek: Unicode.Scalar? {
        mutating get {
            skipBlanks()
            return rest.first
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar, afterBlanks: Bool = true) -> Bool {
        if afterBlanks { skipBlanks() }
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }
}
