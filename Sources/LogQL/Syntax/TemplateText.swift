/// A text with `{{ … }}` actions, of `line_format` and `label_format`.
///
/// An action is a pipeline: `{{ .status }}`, `{{ .path | ToUpper | trunc 8 }}`, `{{ default "-" .user }}`, `{{ __line__ }}`.
struct TemplateText: Sendable {
    /// Most parts, texts and actions together.
    static let maximumParts = 256

    enum Argument: Sendable {
        case field(String)
        case text(String)
        case line
        case timestamp
    }

    /// A function with the arguments that stand behind its name; the piped value, if any, comes last.
    struct Call: Sendable {
        var function: Function
        var arguments: [Argument]
    }

    enum Function: String, Sendable {
        case lower, upper, toLower = "ToLower", toUpper = "ToUpper", trim, trimSpace = "TrimSpace", trunc, replace
        case fallback = "default", trimPrefix, trimSuffix, title, contains, hasPrefix, hasSuffix, printf

        /// How many arguments it takes, the piped value included.
        var argumentCount: ClosedRange<Int> {
            switch self {
            case .lower, .upper, .toLower, .toUpper, .trim, .trimSpace, .title: 1...1
            case .trunc, .fallback, .trimPrefix, .trimSuffix, .contains, .hasPrefix, .hasSuffix: 2...2
            case .replace: 3...3
            case .printf: 1...32
            }
        }
    }

    enum Part: Sendable {
        case text(String)
        /// A first value, or none where the first call has all its arguments, and what it is piped through.
        case action(Argument?, [Call])
    }

    let parts: [Part]

    init(_ text: String) throws(LogQLError) {
        parts = try TemplateParser.parse(text)
    }

    /// The text with its actions carried out; a label that is absent gives nothing.
    func expand(line: ArraySlice<UInt8>, timestamp: Int64, label: (String) -> String?) -> String {
        var output = ""
        for part in parts {
            switch part {
            case .text(let text): output += text
            case .action(let first, let calls):
                func value(_ argument: Argument) -> String {
                    switch argument {
                    case .field(let name): label(name) ?? ""
                    case .text(let text): text
                    case .line: String(decoding: line, as: UTF8.self)
                    case .timestamp: String(timestamp)
                    }
                }
                var piped = first.map(value)
                for call in calls {
                    piped = call.function.apply(call.arguments.map(value) + (piped.map { [$0] } ?? []))
                }
                output += piped ?? ""
            }
        }
        return output
    }
}

extension TemplateText.Function {
    /// Arguments have been counted when the template was read.
    func apply(_ arguments: [String]) -> String {
        guard argumentCount.contains(arguments.count), let last = arguments.last, let first = arguments.first else { return "" }
        switch self {
        case .lower, .toLower: return last.lowercased()
        case .upper, .toUpper: return last.uppercased()
        case .trim, .trimSpace: return String(last.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        case .title: return last.prefix(1).uppercased() + last.dropFirst()
        case .trunc:
            guard let count = Int(first) else { return last }
            return String(count < 0 ? last.suffix(-count) : last.prefix(count))
        case .replace:
            // Between every two characters, as the empty text stands there.
            return arguments[0].isEmpty ? last : last.split(separatorText: arguments[0]).joined(separator: arguments[1])
        case .fallback: return last.isEmpty ? first : last
        case .trimPrefix: return last.hasPrefix(first) ? String(last.dropFirst(first.count)) : last
        case .trimSuffix: return last.hasSuffix(first) ? String(last.dropLast(first.count)) : last
        case .contains: return String(last.split(separatorText: first).count > 1)
        case .hasPrefix: return String(last.hasPrefix(first))
        case .hasSuffix: return String(last.hasSuffix(first))
        case .printf: return TemplatePrintf.format(first, arguments.dropFirst())
        }
    }
}

extension String {
    /// The parts between the occurrences of a text, which is not empty.
    fileprivate func split(separatorText: String) -> [String] {
        let separator = Array(separatorText.utf8)
        let bytes = Array(utf8)
        guard !separator.isEmpty else { return [self, ""] }
        var parts: [String] = []
        var start = 0
        var index = 0
        while index + separator.count <= bytes.count {
            if bytes[index] == separator[0], bytes[index..<index + separator.count].elementsEqual(separator) {
                parts.append(String(decoding: bytes[start..<index], as: UTF8.self))
                index += separator.count
                start = index
            } else {
                index += 1
            }
        }
        return parts + [String(decoding: bytes[start...], as: UTF8.self)]
    }
}
