import RegularExpressions

extension TemplateFunction {
    /// A function of texts.
    func text(_ arguments: [TemplateValue]) -> TemplateValue {
        let texts = arguments.map(\.text)
        let (first, last) = (texts[0], texts[texts.count - 1])
        switch self {
        case .lower, .toLower: return .text(last.lowercased())
        case .upper, .toUpper: return .text(last.uppercased())
        case .title: return .text(last.prefix(1).uppercased() + last.dropFirst())
        case .trim, .trimSpace: return .text(trimmed(last) { $0.isWhitespace })
        case .trunc: return .text(truncated(last, to: first))
        case .substr: return .text(part(of: last, from: arguments[0].integer, to: arguments[1].integer))
        case .replace: return .text(replaced(last, first, with: texts[1], most: -1))
        case .replaceFirst: return .text(replaced(first, texts[1], with: texts[2], most: arguments[3].integer))
        case .trimPrefix: return .text(last.hasPrefix(first) ? String(last.dropFirst(first.count)) : last)
        case .trimSuffix: return .text(last.hasSuffix(first) ? String(last.dropLast(first.count)) : last)
        case .goTrimPrefix: return .text(first.hasPrefix(last) ? String(first.dropFirst(last.count)) : first)
        case .goTrimSuffix: return .text(first.hasSuffix(last) ? String(first.dropLast(last.count)) : first)
        case .trimAll: return .text(trimmed(last) { first.contains($0) })
        case .goTrim: return .text(trimmed(first) { last.contains($0) })
        case .goTrimLeft: return .text(trimmed(first, end: false) { last.contains($0) })
        case .goTrimRight: return .text(trimmed(first, start: false) { last.contains($0) })
        case .contains: return .boolean(last.split(separatorText: first).count > 1)
        case .hasPrefix: return .boolean(last.hasPrefix(first))
        case .hasSuffix: return .boolean(last.hasSuffix(first))
        case .repeat: return .text(repeated(last, arguments[0].integer))
        case .indent: return .text(indented(last, arguments[0].integer))
        case .nindent: return .text("\n" + indented(last, arguments[0].integer))
        case .alignLeft: return .text(aligned(last, arguments[0].integer, isLeft: true))
        case .alignRight: return .text(aligned(last, arguments[0].integer, isLeft: false))
        case .printf: return .text(TemplatePrintf.format(first, texts.dropFirst()))
        case .print: return .text(texts.joined())
        case .println: return .text(texts.joined(separator: " ") + "\n")
        case .len: return .integer(Int64(arguments[0].count))
        case .html: return .text(TemplateFunction.escaped(last, TemplateFunction.htmlEscapes))
        case .js: return .text(TemplateFunction.escaped(last, TemplateFunction.scriptEscapes))
        case .urlquery: return .text(TextCodec.percentEncoded(last))
        case .b64enc: return .text(TextCodec.base64(Array(last.utf8)))
        case .b64dec: return .text(TextCodec.fromBase64(last) ?? last)
        case .urlencode: return .text(TextCodec.percentEncoded(last))
        case .urldecode: return .text(TextCodec.fromPercentEncoded(last) ?? last)
        default: return .text(last)
        }
    }

    private static let htmlEscapes: [Character: String] = [
        "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#39;", "\0": "\u{fffd}",
    ]
    private static let scriptEscapes: [Character: String] = [
        "\\": "\\\\", "'": "\\'", "\"": "\\\"", "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D", "\n": "\\u000A",
        "\r": "\\u000D", "\t": "\\u0009",
    ]

    private static func escaped(_ text: String, _ escapes: [Character: String]) -> String {
        text.reduce(into: "") { $0 += escapes[$1] ?? String($1) }
    }

    private func trimmed(
        _ text: String, start: Bool = true, end: Bool = true, where passes: (Character) -> Bool
    ) -> String {
        var rest = Substring(text)
        if start { rest = rest.drop(while: passes) }
        if end { while let last = rest.last, passes(last) { rest.removeLast() } }
        return String(rest)
    }

    private func truncated(_ text: String, to count: String) -> String {
        guard let count = Int(count) else { return text }
        return String(count < 0 ? text.suffix(count == .min ? .max : -count) : text.prefix(count))
    }

    /// A negative end is that of the text.
    private func part(of text: String, from start: Int64, to end: Int64) -> String {
        let start = Int(clamping: Swift.max(0, start))
        guard end >= 0 else { return String(text.dropFirst(start)) }
        return String(text.prefix(Int(clamping: end)).dropFirst(start))
    }

    /// - Parameter most: how many are replaced, all where it is negative.
    private func replaced(_ text: String, _ old: String, with new: String, most: Int64) -> String {
        // Between every two characters, as the empty text stands there.
        if old.isEmpty { return text }
        let parts = text.split(separatorText: old)
        let count = most < 0 ? parts.count - 1 : Swift.min(parts.count - 1, Int(clamping: most))
        return parts[...count].joined(separator: new) + parts[(count + 1)...].map { old + $0 }.joined()
    }

    private func repeated(_ text: String, _ count: Int64) -> String {
        let most = TemplateText.maximumBytes / Swift.max(1, text.utf8.count)
        return String(repeating: text, count: Swift.max(0, Swift.min(Int(clamping: count), most)))
    }

    private func blanks(_ count: Int64) -> String {
        String(repeating: " ", count: Swift.max(0, Swift.min(Int(clamping: count), TemplatePrintf.maximumWidth)))
    }

    private func indented(_ text: String, _ count: Int64) -> String {
        let blanks = blanks(count)
        return blanks + text.split(separatorText: "\n").joined(separator: "\n" + blanks)
    }

    /// Exactly so many characters: filled with blanks, or cut at the other end.
    private func aligned(_ text: String, _ count: Int64, isLeft: Bool) -> String {
        let width = Swift.max(0, Swift.min(Int(clamping: count), TemplateText.maximumBytes))
        let missing = width - text.count
        guard missing > 0 else { return String(isLeft ? text.prefix(width) : text.suffix(width)) }
        let blanks = blanks(Int64(missing))
        return isLeft ? text + blanks : blanks + text
    }

    // MARK: Regular expressions

    /// A function of a regular expression and texts behind it.
    func apply(_ regex: CompiledRegex, _ arguments: [String]) -> TemplateValue {
        guard let first = arguments.first else { return .text("") }
        let bytes = Array(first.utf8)
        let matches = TemplateFunction.matches(regex, bytes)
        guard self != .count else { return .integer(Int64(matches.count)) }
        let replacement = Array(arguments[arguments.count - 1].utf8)
        var output: [UInt8] = []
        var end = 0
        for match in matches {
            guard let whole = match.first ?? nil, output.count < TemplateText.maximumBytes else { continue }
            output += bytes[end..<whole.lowerBound]
            let groups = match.map { $0.map { bytes[$0] } ?? [] }
            output += self == .regexReplaceAllLiteral ? replacement : TemplateFunction.expanded(replacement, groups, regex)
            end = whole.upperBound
        }
        return .text(String(decoding: output + bytes[end...], as: UTF8.self))
    }

    /// All matches, one behind the other.
    private static func matches(_ regex: CompiledRegex, _ bytes: [UInt8]) -> [[Range<Int>?]] {
        unsafe bytes.withUnsafeBytes { buffer in
            var matches: [[Range<Int>?]] = []
            var start = 0
            var lastEnd = -1
            while start <= buffer.count, let match = unsafe regex.firstMatch(in: buffer, from: start), let whole = match[0] {
                // An empty one right behind another is none, as in Go.
                if !(whole.isEmpty && whole.lowerBound == lastEnd) { matches.append(match) }
                lastEnd = whole.upperBound
                start = whole.isEmpty ? whole.upperBound + 1 : whole.upperBound
            }
            return matches
        }
    }

    /// `$1`, `${1}` and `${name}` stand for groups, `$$` for a dollar. A name is as long as it can be.
    private static func expanded(_ text: [UInt8], _ groups: [ArraySlice<UInt8>], _ regex: CompiledRegex) -> [UInt8] {
        var output: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$"), let next = rest.first else {
                output.append(byte)
                continue
            }
            if next == UInt8(ascii: "$") {
                output.append(byte)
                rest.removeFirst()
                continue
            }
            let isBraced = next == UInt8(ascii: "{")
            let inside = isBraced ? rest.dropFirst() : rest
            let name = inside.prefix { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "_") }
            guard !name.isEmpty, !isBraced || inside.dropFirst(name.count).first == UInt8(ascii: "}") else {
                output.append(byte)
                continue
            }
            rest = inside.dropFirst(name.count + (isBraced ? 1 : 0))
            let text = String(decoding: name, as: UTF8.self)
            let index = Int(text) ?? regex.groupNames.firstIndex(of: text).map { $0 + 1 }
            if let index, groups.indices.contains(index) { output += groups[index] }
        }
        return output
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
