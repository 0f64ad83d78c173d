/// A configuration of words, blocks in braces and an end for each statement, as nginx and keepalived have.
struct BlockConfiguration {
    /// A statement with its words, and what stands in its block.
    struct Statement: Equatable {
        var words: [String]
        var block: [Statement] = []
    }

    /// Most statements that are read.
    static let maximumStatements = 20_000
    /// Deepest blocks.
    static let maximumDepth = 16

    /// How statements end.
    enum Ending { case semicolon, line }

    let statements: [Statement]

    /// Reads a text; what comes after something that makes no sense is left out.
    init(parsing text: String, ending: Ending = .semicolon) {
        var tokens = Tokens(text, ending)
        var count = 0
        statements = BlockConfiguration.block(&tokens, depth: 0, count: &count)
    }

    private static func block(_ tokens: inout Tokens, depth: Int, count: inout Int) -> [Statement] {
        var found: [Statement] = []
        var words: [String] = []
        while let token = tokens.next() {
            switch token {
            case .word(let word): words.append(word)
            case .end:
                if !words.isEmpty { found.append(Statement(words: words)) }
                words = []
            case .open:
                guard depth < maximumDepth else { return found }
                found.append(Statement(words: words, block: block(&tokens, depth: depth + 1, count: &count)))
                words = []
            case .close:
                if !words.isEmpty { found.append(Statement(words: words)) }
                return found
            }
            count += 1
            guard count < 8 * maximumStatements, found.count < maximumStatements else { return found }
        }
        if !words.isEmpty { found.append(Statement(words: words)) }
        return found
    }

    private enum Token { case word(String), end, open, close }

    private struct Tokens {
        private let bytes: [UInt8]
        private let ending: Ending
        private var place = 0

        init(_ text: String, _ ending: Ending) {
            bytes = Array(text.utf8)
            self.ending = ending
        }

        mutating func next() -> Token? {
            while place < bytes.count {
                let byte = bytes[place]
                switch byte {
                case UInt8(ascii: "#"),
                    UInt8(ascii: "!") where byte == UInt8(ascii: "#") || ending == .line:
                    while place < bytes.count, bytes[place] != 10 { place += 1 }
                case UInt8(ascii: ";"):
                    place += 1
                    return .end
                case UInt8(ascii: "{"):
                    place += 1
                    return .open
                case UInt8(ascii: "}"):
                    place += 1
                    return .close
                case 10:
                    place += 1
                    if ending == .line { return .end }
                case 9, 13, 32: place += 1
                case UInt8(ascii: "\""), UInt8(ascii: "'"): return .word(quoted(byte))
                default: return .word(plain())
                }
            }
            return nil
        }

        private mutating func quoted(_ quote: UInt8) -> String {
            place += 1
            let start = place
            while place < bytes.count, bytes[place] != quote { place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
            let end = min(place, bytes.count)
            place = end + 1
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }

        private mutating func plain() -> String {
            let start = place
            while place < bytes.count,
                ![9, 10, 13, 32, UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}")].contains(bytes[place])
            {
                // A variable's braces belong to the word.
                if bytes[place] == UInt8(ascii: "$"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "{") {
                    while place < bytes.count, bytes[place] != UInt8(ascii: "}") { place += 1 }
                }
                place += 1
            }
            return String(decoding: bytes[start..<min(place, bytes.count)], as: UTF8.self)
        }
    }
}
