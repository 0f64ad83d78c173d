/// Reads templates: text, and actions in double braces.
struct TemplateParser {
    /// A stretch of text, or the tokens of an action.
    private enum Piece {
        case text(String)
        case action(ArraySlice<Token>)
    }

    private let pieces: [Piece]
    private var next = 0

    static func parse(_ text: String) throws(LogQLError) -> [TemplateText.Node] {
        var parser = TemplateParser(pieces: try pieces(of: text))
        let nodes = try parser.nodes(depth: 0)
        guard parser.next == parser.pieces.count else {
            throw LogQLError(.parse, "invalid template: unexpected {{\(parser.word ?? "")}}")
        }
        return nodes
    }

    // MARK: Pieces

    private static func pieces(of text: String) throws(LogQLError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Array(text.utf8)[...]
        var trimsStart = false
        func add(_ text: ArraySlice<UInt8>, trimsEnd: Bool) {
            var text = text
            if trimsStart { text = text.drop { isBlank($0) } }
            if trimsEnd { while let last = text.last, isBlank(last) { text.removeLast() } }
            if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
        }
        while let open = braces(in: rest) {
            guard let close = closing(rest[(open + 2)...]) else {
                throw LogQLError(.parse, "invalid template: unclosed action")
            }
            var inside = rest[(open + 2)..<close]
            let trims = trimMarks(&inside)
            add(rest[..<open], trimsEnd: trims.before)
            trimsStart = trims.after
            let written = String(decoding: inside, as: UTF8.self)
            if !isComment(written) { pieces.append(.action(try Lexer.tokens(of: written).dropLast())) }
            rest = rest[(close + 2)...]
            if pieces.count > TemplateText.maximumParts {
                throw LogQLError(.parse, "invalid template: more than \(TemplateText.maximumParts) parts")
            }
        }
        add(rest, trimsEnd: false)
        return pieces
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }

    private static func isComment(_ text: String) -> Bool {
        let inside = text.drop { $0.isWhitespace }
        return inside.hasPrefix("/*")
    }

    /// Takes the marks `{{-` and `-}}` off, which take blanks beside the action away.
    private static func trimMarks(_ inside: inout ArraySlice<UInt8>) -> (before: Bool, after: Bool) {
        let mark = UInt8(ascii: "-")
        let before = inside.first == mark && isBlank(inside.dropFirst().first ?? 0x20)
        if before { inside.removeFirst() }
        let after = inside.last == mark
        if after { inside.removeLast() }
        return (before, after)
    }

    private static func braces(in text: ArraySlice<UInt8>) -> Int? {
        let wanted = UInt8(ascii: "{")
        return text.indices.first { $0 + 1 < text.endIndex && text[$0] == wanted && text[$0 + 1] == wanted }
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

    // MARK: Nodes

    /// The first word of the next action.
    private var word: String? {
        guard next < pieces.count, case .action(let tokens) = pieces[next], case .identifier(let name)? = tokens.first?.kind
        else {
            return nil
        }
        return name
    }

    /// What stands up to the end, or up to an `else` or `end`.
    private mutating func nodes(depth: Int) throws(LogQLError) -> [TemplateText.Node] {
        guard depth < TemplateText.maximumDepth else {
            throw LogQLError(.parse, "invalid template: nested deeper than \(TemplateText.maximumDepth)")
        }
        var nodes: [TemplateText.Node] = []
        while next < pieces.count {
            switch pieces[next] {
            case .text(let text): nodes.append(.text(text))
            case .action(let tokens):
                switch word {
                case "else", "end": return nodes
                case "if", "with":
                    nodes.append(try block(tokens, depth))
                    continue
                case "range", "define", "template", "block", "break", "continue":
                    throw LogQLError(.unsupported, "template action \"\(word ?? "")\" is not available")
                default: nodes.append(.action(try expression(tokens)))
                }
            }
            next += 1
        }
        return nodes
    }

    /// `if` or `with` up to its end, that included.
    private mutating func block(_ tokens: ArraySlice<Token>, _ depth: Int) throws(LogQLError) -> TemplateText.Node {
        let isWith = word == "with"
        var branches: [(condition: TemplateText.Expression, nodes: [TemplateText.Node])] = []
        var condition: TemplateText.Expression? = try expression(tokens.dropFirst())
        while true {
            next += 1
            let inside = try nodes(depth: depth + 1)
            guard next < pieces.count, case .action(let tokens) = pieces[next] else {
                throw LogQLError(.parse, "invalid template: {{\(isWith ? "with" : "if")}} without {{end}}")
            }
            if let condition { branches.append((condition, inside)) }
            if word == "end" {
                next += 1
                let otherwise = condition == nil ? inside : []
                if isWith { return .with(branches[0].condition, branches[0].nodes, otherwise) }
                return .choice(branches, otherwise)
            }
            guard condition != nil else { throw LogQLError(.parse, "invalid template: {{else}} behind {{else}}") }
            let rest = tokens.dropFirst()
            if rest.isEmpty {
                condition = nil
            } else {
                guard !isWith, rest.first?.kind == .identifier("if") else {
                    throw LogQLError(.parse, "invalid template: unexpected words behind else")
                }
                condition = try expression(rest.dropFirst())
            }
        }
    }

    private func expression(_ tokens: ArraySlice<Token>) throws(LogQLError) -> TemplateText.Expression {
        var parser = TemplateExpressionParser(tokens)
        return try parser.whole()
    }
}
