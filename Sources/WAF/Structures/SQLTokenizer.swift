/// Splits text into SQL's tokens, leniently: any bytes give some tokens, in one pass.
struct SQLTokenizer {
    /// Tokens read of one value; an attack shows itself in its beginning and its end, and most are short.
    static let maximumTokens = 400

    /// The quote that the value is put between in the attacked statement.
    enum Context: CaseIterable {
        case bare, single, double

        var quote: UInt8? {
            switch self {
            case .bare: nil
            case .single: UInt8(ascii: "'")
            case .double: UInt8(ascii: "\"")
            }
        }
    }

    private let text: [UInt8]
    private var index = 0
    private(set) var tokens: [SQLToken] = []

    /// - Parameter text: lower case.
    static func tokens(of text: [UInt8], in context: Context) -> [SQLToken] {
        var tokenizer = SQLTokenizer(text: text)
        if let quote = context.quote { tokenizer.readString(quote, from: 0, contentStart: 0) }
        tokenizer.readAll()
        return tokenizer.tokens
    }

    private init(text: [UInt8]) { self.text = text }

    private func byte(_ offset: Int) -> UInt8 { index + offset < text.count ? text[index + offset] : 0 }

    private mutating func readAll() {
        while index < text.count, tokens.count < SQLTokenizer.maximumTokens { readOne() }
    }

    private mutating func readOne() {
        let current = text[index]
        switch current {
        case 0x20, 0x0a: index += 1
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): readString(current, from: index, contentStart: index + 1)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): readNumber()
        case UInt8(ascii: ".") where SQLTokenizer.isDigit(byte(1)): readNumber()
        case UInt8(ascii: "@"): readVariable()
        case UInt8(ascii: "#"): readLineComment(isHash: true)
        case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"): readLineComment(isHash: false)
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): readBlockComment()
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"): append(.other, 1)
        default:
            if SQLTokenizer.startsWord(current) { readWord() } else { readOperator(current) }
        }
    }

    private mutating func append(_ kind: SQLToken.Kind, _ length: Int) {
        tokens.append(SQLToken(kind: kind, start: index, end: index + length))
        index += length
    }

    private mutating func readOperator(_ current: UInt8) {
        let next = byte(1)
        switch current {
        case UInt8(ascii: "("): append(.leftParenthesis, 1)
        case UInt8(ascii: ")"): append(.rightParenthesis, 1)
        case UInt8(ascii: ","): append(.comma, 1)
        case UInt8(ascii: ";"): append(.semicolon, 1)
        case UInt8(ascii: "."): append(.dot, 1)
        case UInt8(ascii: "|") where next == current, UInt8(ascii: "&") where next == current: append(.logic, 2)
        case UInt8(ascii: "<") where next == UInt8(ascii: "=") && byte(2) == UInt8(ascii: ">"): append(.comparison, 3)
        case UInt8(ascii: "<") where [UInt8(ascii: "="), UInt8(ascii: ">")].contains(next),
            UInt8(ascii: ">") where next == UInt8(ascii: "="), UInt8(ascii: "!") where next == UInt8(ascii: "="),
            UInt8(ascii: ":") where next == UInt8(ascii: "="), UInt8(ascii: "=") where next == UInt8(ascii: "="):
            append(.comparison, 2)
        case UInt8(ascii: "<"), UInt8(ascii: ">"): append(next == current ? .arithmetic : .comparison, next == current ? 2 : 1)
        case UInt8(ascii: "="): append(.comparison, 1)
        case UInt8(ascii: "!"): append(.not, 1)
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "^"),
            UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            append(.arithmetic, 1)
        default: append(.other, 1)
        }
    }

    /// A string, up to its quote; a doubled or escaped quote does not end it.
    private mutating func readString(_ quote: UInt8, from start: Int, contentStart: Int) {
        var position = contentStart
        while position < text.count {
            let current = text[position]
            if current == UInt8(ascii: "\\"), position + 1 < text.count, contentStart > start || text[position + 1] != quote {
                position += 2
                continue
            }
            if current == quote {
                let isDoubled = position + 1 < text.count && text[position + 1] == quote && contentStart > start
                guard isDoubled, position + 1 > contentStart else {
                    tokens.append(SQLToken(kind: .string, start: start, end: position + 1))
                    index = position + 1
                    return
                }
                position += 2
                continue
            }
            position += 1
        }
        tokens.append(SQLToken(kind: .string, start: start, end: text.count, isOpen: true))
        index = text.count
    }

    private mutating func readNumber() {
        let start = index
        if text[index] == UInt8(ascii: "0"), [UInt8(ascii: "x"), UInt8(ascii: "b")].contains(byte(1)),
            PercentDecoder.hexDigit(byte(2)) != nil
        {
            index += 2
            while index < text.count, PercentDecoder.hexDigit(text[index]) != nil { index += 1 }
        } else {
            while index < text.count, SQLTokenizer.isDigit(text[index]) || text[index] == UInt8(ascii: ".") { index += 1 }
            // 1e5, but also 1e0union, which MySQL splits: only an exponent with digits belongs to the number.
            if byte(0) == UInt8(ascii: "e"), SQLTokenizer.isDigit(byte(1)) {
                index += 1
                while index < text.count, SQLTokenizer.isDigit(text[index]) { index += 1 }
            }
        }
        // Letters right behind digits: a keyword (`1or`, `1union`) is split off, anything else is one word (`22k`).
        let digits = index
        var hash = SQLWords.seed
        while index < text.count, SQLTokenizer.continuesWord(text[index]) {
            hash = SQLWords.step(hash, text[index])
            index += 1
        }
        if index > digits, splitsOff(hash) {
            tokens.append(SQLToken(kind: .number, start: start, end: digits))
            index = digits
        } else {
            tokens.append(SQLToken(kind: index > digits ? .word : .number, start: start, end: index))
        }
    }

    private func splitsOff(_ hash: UInt64) -> Bool {
        switch SQLWords.kinds[hash] {
        case .logic, .union, .comparison, .arithmetic: true
        default: false
        }
    }

    private mutating func readVariable() {
        let start = index
        while index < text.count, text[index] == UInt8(ascii: "@") { index += 1 }
        if byte(0) == UInt8(ascii: "`") || byte(0) == UInt8(ascii: "'") || byte(0) == UInt8(ascii: "\"") {
            let quote = byte(0)
            index += 1
            while index < text.count, text[index] != quote { index += 1 }
            index = min(index + 1, text.count)
        }
        while index < text.count, SQLTokenizer.continuesWord(text[index]) || text[index] == UInt8(ascii: ".") { index += 1 }
        tokens.append(SQLToken(kind: .variable, start: start, end: index))
    }

    /// To the end of the line.
    private mutating func readLineComment(isHash: Bool) {
        let start = index
        while index < text.count, text[index] != 0x0a { index += 1 }
        tokens.append(SQLToken(kind: .comment, start: start, end: index, isOpen: index == text.count))
    }

    private mutating func readBlockComment() {
        let start = index
        index += 2
        while index + 1 < text.count, !(text[index] == UInt8(ascii: "*") && text[index + 1] == UInt8(ascii: "/")) { index += 1 }
        let isClosed = index + 1 < text.count
        index = isClosed ? index + 2 : text.count
        tokens.append(SQLToken(kind: .comment, start: start, end: index, isOpen: !isClosed))
    }

    private mutating func readWord() {
        let start = index
        var hash = SQLWords.seed
        while index < text.count, SQLTokenizer.continuesWord(text[index]) {
            hash = SQLWords.step(hash, text[index])
            index += 1
        }
        // A letter before a quote marks the string's kind: x'41', n'text', b'01'.
        if index - start == 1, byte(0) == UInt8(ascii: "'"),
            [UInt8(ascii: "x"), UInt8(ascii: "n"), UInt8(ascii: "b"), UInt8(ascii: "e")].contains(text[start])
        {
            readString(UInt8(ascii: "'"), from: start, contentStart: index + 1)
            return
        }
        tokens.append(SQLToken(kind: SQLWords.kinds[hash] ?? .word, start: start, end: index, word: hash))
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    static func startsWord(_ byte: UInt8) -> Bool {
        byte &- 0x61 < 26 || byte == UInt8(ascii: "_") || byte >= 0x80 || byte == UInt8(ascii: "$")
    }
    static func continuesWord(_ byte: UInt8) -> Bool { startsWord(byte) || isDigit(byte) }
}
