/// Writes a query the one way: blanks where they belong, and over several lines where it is long. Literals stay as they were written;
/// comments are left out.
package struct LogQLFormatter {
    /// Longest line before a query is broken up.
    static let maximumWidth = 100
    private static let indent = "  "

    private static let pipes: Set<String> = ["|", "|=", "|~", "|>", "!>"]
    private static let negations: Set<String> = ["!=", "!~"]
    private static let comparisons: Set<String> = ["=", "!=", "=~", "!~", "==", ">", ">=", "<", "<="]
    private static let arithmetic: Set<String> = ["+", "-", "*", "/", "%", "^"]
    private static let operators: Set<String> = ["and", "or", "unless"]
    private static let words = operators.union(["by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset"])
    private static let parsers: Set<String> = ["json", "logfmt", "unpack", "decolorize"]

    private let texts: [String]
    private let tokens: [Token]

    /// A well-formed query in its one form.
    package static func format(_ query: String) throws(LogQLError) -> String {
        try LogQLParser.parse(query)
        let formatter = try LogQLFormatter(query)
        return formatter.lines(0..<formatter.tokens.count, depth: 0).joined(separator: "\n")
    }

    private init(_ query: String) throws(LogQLError) {
        let bytes = Array(query.utf8)
        tokens = try Lexer.tokens(of: query).filter { $0.kind != .end }
        texts = tokens.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    }

    private func symbol(_ index: Int) -> String? {
        guard tokens.indices.contains(index), case .symbol(let symbol) = tokens[index].kind else { return nil }
        return symbol
    }

    private func word(_ index: Int) -> String? {
        guard tokens.indices.contains(index), case .identifier(let word) = tokens[index].kind else { return nil }
        return word
    }

    // MARK: One line

    private func line(_ range: Range<Int>) -> String {
        range.reduce(into: "") { line, index in
            if index > range.lowerBound, hasBlank(before: index) { line += " " }
            line += texts[index]
        }
    }

    private func hasBlank(before index: Int) -> Bool {
        let previous = symbol(index - 1)
        if let symbol = symbol(index) {
            switch symbol {
            case ",", ")", "}", "]", ".": return false
            case "(":
                return previous == ")" || isOperator(index - 1) || word(index - 1).map(Self.words.contains) ?? (previous != "(")
            case "[": return previous != "}"
            case "{": return previous != "("
            default: break
            }
            if beginsStage(index) { return true }
            if Self.comparisons.contains(symbol), isTight(index) { return false }
        }
        switch previous {
        case "(", "{", "[", ".": return false
        case let symbol? where Self.comparisons.contains(symbol): return !isTight(index - 1)
        case "-", "+": return isOperator(index - 1)
        default: return true
        }
    }

    /// Whether a line filter or `|` stands there.
    private func beginsStage(_ index: Int) -> Bool {
        guard let symbol = symbol(index) else { return false }
        if Self.pipes.contains(symbol) { return true }
        guard Self.negations.contains(symbol) else { return false }
        if let word = word(index - 1) { return Self.parsers.contains(word) && self.symbol(index - 2) == "|" }
        guard tokens.indices.contains(index + 1) else { return false }
        // Behind anything but a name it filters lines where a text, or `ip(…)`, follows.
        if case .string = tokens[index + 1].kind { return true }
        return word(index + 1) == "ip"
    }

    /// Whether a comparison stands between a name and its value, rather than between two operands.
    private func isTight(_ index: Int) -> Bool {
        word(index - 1) != nil && !beginsStage(index)
    }

    /// Whether an operator with two operands stands there: a sign follows an operator, an opening or nothing at all.
    private func isOperator(_ index: Int) -> Bool {
        if let word = word(index) { return Self.operators.contains(word) && !isFilterWord(index) }
        guard let symbol = symbol(index), Self.arithmetic.contains(symbol) || Self.comparisons.contains(symbol) else {
            return false
        }
        guard index > 0, !beginsStage(index), !isTight(index) else { return false }
        if let before = self.symbol(index - 1) { return before == ")" || before == "]" || before == "}" }
        return word(index - 1).map { !Self.words.contains($0) } ?? true
    }

    /// Whether `and` or `or` joins conditions on labels or the texts of a line filter.
    private func isFilterWord(_ index: Int) -> Bool {
        if index > 0, case .string = tokens[index - 1].kind { return true }
        var depth = 0
        for place in stride(from: index - 1, through: 0, by: -1) {
            switch symbol(place) {
            case ")", "]", "}": depth += 1
            case "(", "[", "{":
                depth -= 1
            case "|" where depth <= 0: return true
            default: break
            }
        }
        return false
    }

    // MARK: Several lines

    private func lines(_ range: Range<Int>, depth: Int) -> [String] {
        let margin = String(repeating: Self.indent, count: depth)
        let whole = margin + line(range)
        guard whole.utf8.count > Self.maximumWidth else { return [whole] }
        let operators = breaks(range, where: isOperator)
        if !operators.isEmpty {
            var output: [String] = []
            var start = range.lowerBound
            for place in operators {
                let end = operandStart(place)
                output += lines(start..<place, depth: depth + 1)
                output.append(margin + line(place..<end))
                start = end
            }
            return output + lines(start..<range.upperBound, depth: depth + 1)
        }
        let stages = breaks(range, where: beginsStage)
        if !stages.isEmpty {
            let ends = stages.dropFirst() + [range.upperBound]
            return lines(range.lowerBound..<stages[0], depth: depth)
                + zip(stages, ends).map { margin + Self.indent + line($0..<$1) }
        }
        return call(range, depth: depth) ?? [whole]
    }

    /// The places at the outermost level of a range that a condition holds for.
    private func breaks(_ range: Range<Int>, where condition: (Int) -> Bool) -> [Int] {
        var depth = 0
        return range.filter { index in
            switch symbol(index) {
            case "(", "{", "[": depth += 1
            case ")", "}", "]": depth -= 1
            default: return depth == 0 && index > range.lowerBound && condition(index)
            }
            return false
        }
    }

    /// Where the right operand begins: behind `bool`, `on (…)` and `group_left (…)`.
    private func operandStart(_ place: Int) -> Int {
        var index = place + 1
        while let word = word(index), ["bool", "on", "ignoring", "group_left", "group_right"].contains(word) {
            index += 1
            if word != "bool", symbol(index) == "(" { index = close(index) + 1 }
        }
        return index
    }

    private func close(_ open: Int) -> Int {
        var depth = 0
        for index in open..<tokens.count {
            switch symbol(index) {
            case "(": depth += 1
            case ")":
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
        }
        return tokens.count - 1
    }

    /// The last parenthesis at the outermost level that is no list of names, with its inside on lines of its own.
    private func call(_ range: Range<Int>, depth: Int) -> [String]? {
        let margin = String(repeating: Self.indent, count: depth)
        var index = range.lowerBound
        while index < range.upperBound {
            guard symbol(index) == "(" else {
                index += 1
                continue
            }
            let end = close(index)
            if word(index - 1).map(Self.words.contains) ?? false {
                index = end + 1
                continue
            }
            let arguments = breaks(index + 1..<end) { symbol($0) == "," }
            let starts = [index + 1] + arguments.map { $0 + 1 }
            let ends = arguments + [end]
            var inside: [String] = []
            for (position, (from, to)) in zip(starts, ends).enumerated() {
                inside += lines(from..<to, depth: depth + 1)
                if position < arguments.count { inside[inside.count - 1] += "," }
            }
            let tail = line(end..<range.upperBound)
            return [margin + line(range.lowerBound..<index + 1)] + inside + [margin + tail]
        }
        return nil
    }
}
