/// Reads templates: text, and actions in double braces.
enum TemplateParser {
    static func parse(_ text: String) throws(LogQLError) -> [TemplateText.Part] {
        var parts: [TemplateText.Part] = []
        var rest = Array(text.utf8)[...]
        while let open = braces(in: rest) {
            guard let close = closing(rest[(open + 2)...]) else {
                throw LogQLError(.parse, "invalid template: unclosed action")
            }
            if open > rest.startIndex { parts.append(.text(String(decoding: rest[..<open], as: UTF8.self))) }
            var inside = rest[(open + 2)..<close]
            if inside.first == UInt8(ascii: "-") { inside.removeFirst() }
            if inside.last == UInt8(ascii: "-") { inside.removeLast() }
            parts.append(try action(String(decoding: inside, as: UTF8.self)))
            rest = rest[(close + 2)...]
            if parts.count > TemplateText.maximumParts {
                throw LogQLError(.parse, "invalid template: more than \(TemplateText.maximumParts) parts")
            }
        }
        if !rest.isEmpty { parts.append(.text(String(decoding: rest, as: UTF8.self))) }
        return parts
    }

    private static func braces(in text: ArraySlice<UInt8>) -> Int? {
        let wanted = UInt8(ascii: "{")
        var index = text.startIndex
        while index + 1 < text.endIndex {
            if text[index] == wanted, text[index + 1] == wanted { return index }
            index += 1
        }
        return nil
    }

    /// The closing braces of an action; those in its strings do not count.
    private static func closing(_ text: ArraySlice<UInt8>) -> Int? {
        var quote: UInt8?
        var index = text.startIndex
        while index + 1 < text.endIndex {
            let byte = text[index]
            if let open = quote {
                if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { index += 1 }
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
                quote = byte
            } else if byte == UInt8(ascii: "}"), text[index + 1] == byte {
                return index
            }
            index += 1
        }
        return nil
    }

    private static func action(_ text: String) throws(LogQLError) -> TemplateText.Part {
        let tokens = try Lexer.tokens(of: text)
        var first: TemplateText.Argument?
        var calls: [TemplateText.Call] = []
        for (position, command) in tokens.dropLast().split(
            omittingEmptySubsequences: false, whereSeparator: { $0.kind == .symbol("|") }
        ).enumerated() {
            var index = command.startIndex
            if position == 0, let value = try argument(command, &index), index == command.endIndex {
                first = value
            } else {
                calls.append(try call(command, isPiped: position > 0))
            }
        }
        return .action(first, calls)
    }

    /// A field, a string or a number; nil where a function's name stands there.
    private static func argument(
        _ tokens: ArraySlice<Token>, _ index: inout Int
    ) throws(LogQLError) -> TemplateText.Argument? {
        guard index < tokens.endIndex else { throw LogQLError(.parse, "invalid template: missing value for command") }
        let token = tokens[index]
        index += 1
        switch token.kind {
        case .symbol("."):
            guard index < tokens.endIndex, case .identifier(let name) = tokens[index].kind else {
                throw LogQLError(.unsupported, "invalid template: a label's name must follow '.'")
            }
            index += 1
            return .field(name)
        case .string(let text): return .text(text)
        case .number(let value): return .text(Int64(exactly: value).map { String($0) } ?? String(value))
        case .symbol("-"):
            guard index < tokens.endIndex, case .number(let value) = tokens[index].kind else { break }
            index += 1
            return .text(Int64(exactly: -value).map { String($0) } ?? String(-value))
        case .identifier("__line__"): return .line
        case .identifier("__timestamp__"): return .timestamp
        case .identifier:
            index -= 1
            return nil
        default: break
        }
        throw LogQLError(.parse, "invalid template: unexpected \(token.name)")
    }

    private static func call(_ tokens: ArraySlice<Token>, isPiped: Bool) throws(LogQLError) -> TemplateText.Call {
        guard let head = tokens.first, case .identifier(let name) = head.kind else {
            throw LogQLError(.parse, "invalid template: expected a function")
        }
        guard let function = TemplateText.Function(rawValue: name) else {
            throw LogQLError(.unsupported, "template function \"\(name)\" is not available")
        }
        var arguments: [TemplateText.Argument] = []
        var index = tokens.startIndex + 1
        while index < tokens.endIndex {
            guard let value = try argument(tokens, &index) else {
                throw LogQLError(.unsupported, "invalid template: a function as an argument is not available; use a pipe")
            }
            arguments.append(value)
        }
        guard function.argumentCount.contains(arguments.count + (isPiped ? 1 : 0)) else {
            throw LogQLError(.parse, "invalid template: wrong number of arguments for \(name)")
        }
        return TemplateText.Call(function: function, arguments: arguments)
    }
}
