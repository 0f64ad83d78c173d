/// Reads templates: text, and actions in double braces.
struct TemplateParser {
    /// A stretch of text, or the tokens of an action.
    private enum Piece {
        case text(String)
        case action(ArraySlice<Token>)
    }

    private let pieces: [Piece]
    private var next = 0
    /// Names of the variables that may be used here, by their places, and the most that there were.
    private var variables: [String] = []
    private var places = 0
    private var loops = 0

    private init(pieces: [Piece]) { self.pieces = pieces }

    /// The nodes of a template, and how many places its variables need.
    static func parse(_ text: String) throws(LogQLError) -> ([TemplateText.Node], variables: Int) {
        var parser = TemplateParser(pieces: try pieces(of: text))
        let nodes = try parser.nodes(depth: 0)
        guard parser.next == parser.pieces.count else {
            throw LogQLError(.parse, "invalid template: unexpected {{\(parser.word ?? "")}}")
        }
        return (nodes, parser.places)
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
            if !isComment(written) { pieces.append(.action(try Lexer.tokens(ofTemplateAction: written).dropLast())) }
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
                case "if", "with", "range":
                    nodes.append(contentsOf: try block(tokens, depth))
                    continue
                case "break", "continue":
                    guard loops > 0, tokens.count == 1 else {
                        throw LogQLError(.parse, "invalid template: {{\(word ?? "")}} outside {{range}}")
                    }
                    nodes.append(word == "break" ? .leave : .proceed)
                case "define", "template", "block":
                    throw LogQLError(.unsupported, "template action \"\(word ?? "")\" is not available")
                default: nodes.append(try action(tokens))
                }
            }
            next += 1
        }
        return nodes
    }

    /// A value that is written out, or one that a variable gets.
    private mutating func action(_ tokens: ArraySlice<Token>) throws(LogQLError) -> TemplateText.Node {
        guard let target = assignment(tokens) else { return .action(try expression(tokens)) }
        let value = try expression(target.rest)
        guard target.names.count == 1 else { throw LogQLError(.parse, "invalid template: too many variables") }
        return .assign(try place(target.names[0], isNew: target.isNew), value)
    }

    /// `$name :=`, `$name =` or `$key, $element :=` at the start of an action.
    private func assignment(_ tokens: ArraySlice<Token>) -> (names: [String], isNew: Bool, rest: ArraySlice<Token>)? {
        var rest = tokens
        var names: [String] = []
        while rest.first?.kind == .symbol("$"), case .identifier(let name)? = rest.dropFirst().first?.kind, names.count < 2 {
            names.append(name)
            rest = rest.dropFirst(2)
            guard rest.first?.kind == .symbol(","), names.count == 1 else { break }
            rest = rest.dropFirst()
        }
        guard !names.isEmpty, let sign = rest.first?.kind, sign == .symbol(":=") || sign == .symbol("=") else { return nil }
        return (names, sign == .symbol(":="), rest.dropFirst())
    }

    private mutating func place(_ name: String, isNew: Bool) throws(LogQLError) -> Int {
        if isNew {
            variables.append(name)
            places = max(places, variables.count)
            return variables.count - 1
        }
        guard let place = variables.lastIndex(of: name) else {
            throw LogQLError(.parse, "invalid template: undefined variable \"$\(name)\"")
        }
        return place
    }

    /// What opens a block: its value, and the variables that get it.
    private struct Opening {
        var value: TemplateText.Expression
        var places: [Int] = []
    }

    private mutating func opening(_ tokens: ArraySlice<Token>, isRange: Bool) throws(LogQLError) -> Opening {
        guard let target = assignment(tokens) else { return Opening(value: try expression(tokens)) }
        var opening = Opening(value: try expression(target.rest))
        guard isRange || target.names.count == 1 else { throw LogQLError(.parse, "invalid template: too many variables") }
        for name in target.names { opening.places.append(try place(name, isNew: target.isNew)) }
        return opening
    }

    /// `if`, `with` or `range` up to its end, that included; before it the variable that it sets.
    private mutating func block(_ tokens: ArraySlice<Token>, _ depth: Int) throws(LogQLError) -> [TemplateText.Node] {
        let kind = word ?? ""
        let visible = variables.count
        defer { variables.removeSubrange(visible...) }
        var branches: [(opening: Opening, nodes: [TemplateText.Node])] = []
        var current: Opening? = try opening(tokens.dropFirst(), isRange: kind == "range")
        while true {
            next += 1
            let isLoop = kind == "range" && current != nil
            loops += isLoop ? 1 : 0
            let inside = try nodes(depth: depth + 1)
            loops -= isLoop ? 1 : 0
            guard next < pieces.count, case .action(let tokens) = pieces[next] else {
                throw LogQLError(.parse, "invalid template: {{\(kind)}} without {{end}}")
            }
            if let current { branches.append((current, inside)) }
            if word == "end" {
                next += 1
                return TemplateParser.nodes(of: kind, branches, current == nil ? inside : [])
            }
            guard current != nil else { throw LogQLError(.parse, "invalid template: {{else}} behind {{else}}") }
            let rest = tokens.dropFirst()
            guard !rest.isEmpty else {
                current = nil
                continue
            }
            guard kind == "if", rest.first?.kind == .identifier("if") else {
                throw LogQLError(.parse, "invalid template: unexpected words behind else")
            }
            current = Opening(value: try expression(rest.dropFirst()))
        }
    }

    private static func nodes(
        of kind: String, _ branches: [(opening: Opening, nodes: [TemplateText.Node])], _ otherwise: [TemplateText.Node]
    ) -> [TemplateText.Node] {
        let first = branches[0]
        if kind == "range" {
            let places = first.opening.places
            return [
                .range(
                    first.opening.value, key: places.count > 1 ? places[0] : nil, element: places.last, first.nodes, otherwise)
            ]
        }
        var conditions = branches.map { (condition: $0.opening.value, nodes: $0.nodes) }
        var before: [TemplateText.Node] = []
        if let place = first.opening.places.first {
            before = [.assign(place, first.opening.value)]
            conditions[0].condition = .variable(place)
        }
        return before + [kind == "with" ? .with(conditions[0].condition, first.nodes, otherwise) : .choice(conditions, otherwise)]
    }

    private func expression(_ tokens: ArraySlice<Token>) throws(LogQLError) -> TemplateText.Expression {
        var parser = TemplateExpressionParser(tokens, variables: variables)
        return try parser.whole()
    }
}
