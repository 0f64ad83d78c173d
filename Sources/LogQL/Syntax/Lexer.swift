/// Splits a query into tokens. `#` begins a comment that ends with the line.
struct Lexer {
    private let text: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    private static let symbols = [
        "|=", "|~", "|>", "!=", "!~", "!>", "=~", "==", ">=", "<=", "{", "}", "(", ")", "[", "]", ",", ".", "|", "=", ">", "<",
        "+", "-", "*", "/", "%", "^",
    ].map { Array($0.utf8) }
    /// What actions of templates have beside.
    private static let templateSymbols = [":=", "$"].map { Array($0.utf8) } + symbols

    private let symbols: [[UInt8]]

    init(_ query: String) {
        self.init(query, symbols: Lexer.symbols)
    }

    private init(_ query: String, symbols: [[UInt8]]) {
        text = Array(query.utf8)
        self.symbols = symbols
    }

    /// The tokens of an action of a template.
    static func tokens(ofTemplateAction text: String) throws(LogQLError) -> [Token] {
        try tokens(of: Lexer(text, symbols: templateSymbols))
    }

    static func tokens(of query: String) throws(LogQLError) -> [Token] {
        try tokens(of: Lexer(query))
    }

    private static func tokens(of lexer: Lexer) throws(LogQLError) -> [Token] {
        var lexer = lexer
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(LogQLError) -> Token {
        skipBlanks()
        var token = Token(kind: .end, line: line, column: index - lineStart + 1)
        guard index < text.count else { return token }
        let start = index
        let byte = text[index]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
            token.kind = .string(try string(byte))
        } else if isDigit(byte) || byte == UInt8(ascii: ".") && index + 1 < text.count && isDigit(text[index + 1]) {
            token.kind = try quantity()
        } else if isNameStart(byte) {
            token.kind = .identifier(name())
        } else if byte == UInt8(ascii: "-"), index + 2 < text.count, text[index + 1] == byte, isNameStart(text[index + 2]) {
            index += 2
            token.kind = .flag(flagName())
        } else {
            guard let symbol = symbols.first(where: { text[index...].starts(with: $0) }) else {
                throw error("syntax error: unexpected character \"\(String(decoding: [byte], as: UTF8.self))\"")
            }
            index += symbol.count
            token.kind = .symbol(String(decoding: symbol, as: UTF8.self))
        }
        token.range = start..<index
        return token
    }

    private func error(_ message: String) -> LogQLError {
        LogQLError(.parse, message, line: line, column: index - lineStart + 1)
    }

    private mutating func skipBlanks() {
        while index < text.count {
            switch text[index] {
            case 0x0a:
                index += 1
                line += 1
                lineStart = index
            case 0x20, 0x09, 0x0d: index += 1
            case UInt8(ascii: "#"): while index < text.count, text[index] != 0x0a { index += 1 }
            default: return
            }
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    private func isNameStart(_ byte: UInt8) -> Bool { isLetter(byte) || byte == UInt8(ascii: "_") }

    private mutating func name() -> String {
        let start = index
        while index < text.count, isNameStart(text[index]) || isDigit(text[index]) { index += 1 }
        return String(decoding: text[start..<index], as: UTF8.self)
    }

    private mutating func flagName() -> String {
        let start = index
        while index < text.count, isNameStart(text[index]) || text[index] == UInt8(ascii: "-") { index += 1 }
        return String(decoding: text[start..<index], as: UTF8.self)
    }

    private mutating func string(_ quote: UInt8) throws(LogQLError) -> String {
        let failure = error("syntax error: literal not terminated")
        let start = index + 1
        index = start
        while index < text.count, text[index] != quote {
            if text[index] == 0x0a {
                guard quote == UInt8(ascii: "`") else { throw failure }
                line += 1
                lineStart = index + 1
            }
            index += quote != UInt8(ascii: "`") && text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < text.count else { throw failure }
        let raw = text[start..<index]
        index += 1
        if quote == UInt8(ascii: "`") { return String(decoding: raw, as: UTF8.self) }
        guard let value = QuotedText.unescape(raw) else { throw error("syntax error: invalid escape in a string") }
        return value
    }

    /// A number, or one with a unit: `5`, `1.5e3`, `1h30m`, `20MB`.
    private mutating func quantity() throws(LogQLError) -> Token.Kind {
        let start = index
        let literal = numberEnd(from: start)
        if text[start] == UInt8(ascii: "0"), literal == start + 1, literal < text.count,
            [UInt8(ascii: "x"), UInt8(ascii: "o"), UInt8(ascii: "b")].contains(text[literal] | 0x20),
            literal + 1 < text.count, isDigit(text[literal + 1]) || isLetter(text[literal + 1])
        {
            while index < text.count, isDigit(text[index]) || isLetter(text[index]) { index += 1 }
            let written = String(decoding: text[start..<index], as: UTF8.self)
            index = start
            throw error("unable to parse literal as a float: \"\(written)\" is not a decimal number")
        }
        let number = String(decoding: text[start..<literal], as: UTF8.self)
        guard let value = Double(number) else { throw error("unable to parse literal as a float: \"\(number)\"") }
        let suffix = text[literal...].prefix { isLetter($0) || $0 >= 0x80 }
        if let scale = Quantity.byteUnit(String(decoding: suffix, as: UTF8.self)) {
            index = literal + suffix.count
            return .bytes(value * scale)
        }
        if let (nanoseconds, end) = Quantity.duration(text[start...]) {
            index = end
            return .duration(nanoseconds)
        }
        index = literal
        return .number(value)
    }

    private func numberEnd(from start: Int) -> Int {
        var end = start
        while end < text.count, isDigit(text[end]) || text[end] == UInt8(ascii: ".") { end += 1 }
        guard end < text.count, text[end] | 0x20 == UInt8(ascii: "e") else { return end }
        var exponent = end + 1
        if exponent < text.count, text[exponent] == UInt8(ascii: "+") || text[exponent] == UInt8(ascii: "-") { exponent += 1 }
        guard exponent < text.count, isDigit(text[exponent]) else { return end }
        while exponent < text.count, isDigit(text[exponent]) { exponent += 1 }
        return exponent
    }
}
