import Telemetry

/// One word of a query.
enum Token: Equatable {
    case identifier(String)
    case number(Double)
    case duration(Milliseconds)
    case string(String)
    /// Operators and punctuation, as they are written.
    case symbol(String)
    case end

    var description: String {
        switch self {
        case .identifier(let name): "\"\(name)\""
        case .number(let value): "number \(NumberText.literal(value))"
        case .duration(let duration): "duration \(DurationExpression.text(duration))"
        case .string(let text): "string \(StringLiteral.quoted(text))"
        case .symbol(let symbol): "\"\(symbol)\""
        case .end: "end of input"
        }
    }
}

/// Cuts a query into words.
///
/// A colon belongs to a metric's name, except in brackets, where it stands between a subquery's range and its step, and in braces,
/// where it is an error.
struct Lexer {
    struct Word {
        var token: Token
        var offset: Int
    }

    let bytes: [UInt8]
    private var index = 0
    private var inBraces = false
    private var inBrackets = false

    /// Where each line begins.
    private let lineStarts: [Int]

    init(_ text: String) {
        bytes = Array(text.utf8)
        lineStarts = [0] + bytes.indices.filter { [bytes] in bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    /// All words; the last one is ``Token/end``.
    mutating func words() throws(PromQLError) -> [Word] {
        var words: [Word] = []
        repeat {
            skipBlanks()
            let offset = index
            words.append(Word(token: try next(), offset: offset))
        } while words.last?.token != .end
        return words
    }

    /// Line and column of a byte.
    func position(of offset: Int) -> SourcePosition {
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return SourcePosition(line: low + 1, column: offset - lineStarts[low] + 1)
    }

    private func failure(_ message: String, _ offset: Int) -> PromQLError {
        PromQLError(.parse, message, at: position(of: offset))
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte = current {
            if byte == UInt8(ascii: "#") {
                while let byte = current, byte != UInt8(ascii: "\n") { index += 1 }
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
                index += 1
            } else {
                return
            }
        }
    }

    private mutating func next() throws(PromQLError) -> Token {
        guard let byte = current else { return .end }
        let nextIsDigit = index + 1 < bytes.count && StringLiteral.isDigit(bytes[index + 1])
        let colonStartsName = byte == UInt8(ascii: ":") && !inBraces && !inBrackets
        if StringLiteral.isLetter(byte) || colonStartsName { return identifier() }
        if StringLiteral.isDigit(byte) || (byte == UInt8(ascii: ".") && nextIsDigit) { return try number() }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`") {
            var reader = StringReader(bytes: bytes, index: index)
            do {
                let text = try reader.read()
                index = reader.index
                return .string(text)
            } catch {
                throw failure(error.message, error.offset)
            }
        }
        return try symbol(byte)
    }

    private mutating func identifier() -> Token {
        let start = index
        while let byte = current, StringLiteral.isLetter(byte) || StringLiteral.isDigit(byte) || colonContinues(byte) {
            index += 1
        }
        return .identifier(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private func colonContinues(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ":") && !inBraces && !inBrackets }

    private mutating func symbol(_ byte: UInt8) throws(PromQLError) -> Token {
        let start = index
        if index + 1 < bytes.count {
            let pair = String(decoding: bytes[index...index + 1], as: UTF8.self)
            if ["==", "!=", "=~", "!~", "<=", ">=", "</", ">/"].contains(pair) {
                index += 2
                return .symbol(pair)
            }
        }
        index += 1
        switch byte {
        case UInt8(ascii: "{"):
            guard !inBraces else { throw failure("unexpected \"{\" inside braces", start) }
            inBraces = true
        case UInt8(ascii: "}"):
            guard inBraces else { throw failure("unexpected \"}\"", start) }
            inBraces = false
        case UInt8(ascii: "["): inBrackets = true
        case UInt8(ascii: "]"): inBrackets = false
        case UInt8(ascii: ":") where !inBrackets:
            throw failure("unexpected \":\" in a label name; quote the name", start)
        case _ where "+-*/%^<>=(),@:".utf8.contains(byte): break
        default:
            let character = String(decoding: bytes[start...], as: UTF8.self).first ?? "?"
            throw failure("unexpected character \"\(character)\"", start)
        }
        return .symbol(String(decoding: [byte], as: UTF8.self))
    }

    private mutating func number() throws(PromQLError) -> Token {
        let start = index
        let isHex = bytes[index] == UInt8(ascii: "0") && index + 1 < bytes.count && bytes[index + 1] | 0x20 == UInt8(ascii: "x")
        while let byte = current {
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            let afterExponent = index > start && bytes[index - 1] | 0x20 == UInt8(ascii: "e") && !isHex
            let isPart = StringLiteral.isDigit(byte) || StringLiteral.isLetter(byte) || byte == UInt8(ascii: ".")
            guard isPart || (isSign && afterExponent) else { break }
            index += 1
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if let value = NumberReader.number(text) { return .number(value) }
        if let duration = NumberReader.duration(text) { return .duration(duration) }
        throw failure("bad number or duration \"\(text)\"", start)
    }
}
