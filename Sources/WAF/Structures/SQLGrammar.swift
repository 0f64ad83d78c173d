/// What in a value is SQL and not language.
///
/// The value is read three times at most: as it stands, and as what follows when its first single or double quote closes the
/// string it is put into. Words alone are never enough: a fact needs an operator between literals, a call, a list, or a
/// statement's own order of words, so that `select union jacket` and `drop earrings` stay what they are.
struct SQLGrammar {
    typealias Kind = SQLToken.Kind

    let context: SQLTokenizer.Context
    let tokens: [SQLToken]
    let text: [UInt8]
    private(set) var facts: [StructureFact] = []

    /// The facts of a text in lower case, without closed comments.
    static func facts(in text: [UInt8]) -> [StructureFact] {
        var facts: [StructureFact] = []
        for context in SQLTokenizer.Context.allCases {
            if let quote = context.quote, !text.contains(quote) { continue }
            // A closed comment is a blank; one to the end of the value is evidence.
            let tokens = SQLTokenizer.tokens(of: text, in: context).filter { $0.kind != .comment || $0.isOpen }
            if context != .bare, tokens.first?.isOpen ?? true { continue }
            var grammar = SQLGrammar(context: context, tokens: tokens, text: text)
            grammar.judge()
            for fact in grammar.facts where !facts.contains(where: { $0.name == fact.name }) { facts.append(fact) }
        }
        return facts
    }

    private init(context: SQLTokenizer.Context, tokens: [SQLToken], text: [UInt8]) {
        self.context = context
        self.tokens = tokens
        self.text = text
    }

    /// The value closes the quote it is put between.
    var breaksOut: Bool { context != .bare }

    func kind(_ index: Int) -> Kind? { index >= 0 && index < tokens.count ? tokens[index].kind : nil }
    func word(_ index: Int) -> UInt64 { index >= 0 && index < tokens.count ? tokens[index].word : 0 }

    mutating func note(_ name: StructureName, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let last = min(range.upperBound, tokens.count) - 1
        facts.append(StructureFact(name: name, range: tokens[range.lowerBound].start..<tokens[max(last, range.lowerBound)].end))
    }

    private mutating func judge() {
        for index in tokens.indices {
            switch tokens[index].kind {
            case .union: judgeUnion(index)
            case .logic: judgeLogic(index)
            case .select: judgeSelect(index)
            case .semicolon: if isStatement(index + 1) { note(.sqlStacked, index..<index + 3) }
            case .statement:
                if startsClause(index), isStatement(index) { note(.sqlStatement, index..<index + 3) }
            case .clause: judgeClause(index)
            case .function, .word, .variable: judgeWord(index)
            case .leftParenthesis: judgeParenthesis(index)
            default: break
            }
        }
        judgeBreakout()
        judgeExpression()
    }

    /// Whether a token begins something of its own: the value, or what follows a closed quote, literal or parenthesis.
    func startsClause(_ index: Int) -> Bool {
        guard index > 0 else { return true }
        switch tokens[index - 1].kind {
        case .number, .string, .rightParenthesis, .semicolon, .leftParenthesis, .comment, .variable, .constant: return true
        default: return false
        }
    }

    private mutating func judgeUnion(_ index: Int) {
        guard word(index) == SQLWords.union || kind(index + 1) == .select || kind(index + 2) == .select else { return }
        var next = index + 1
        while kind(next) == .leftParenthesis || kind(next) == .not || word(next) == SQLWords.all { next += 1 }
        guard kind(next) == .select else { return }
        let first = next + 1
        switch kind(first) {
        case .number?, .string?, .variable?, .constant?, .function?, .arithmetic?, .leftParenthesis?, .not?, .dot?:
            note(.sqlUnion, index..<first + 1)
        case .word?, .clause?, .statement?:
            let follows: [Kind?] = [.comma, .dot, .comparison, .arithmetic, .leftParenthesis, .comment, .logic]
            let isList = follows.contains(kind(first + 1)) || word(first + 1) == SQLWords.from
            if isList || startsClause(index) && index > 0 { note(.sqlUnion, index..<first + 1) }
        default:
            if startsClause(index), index > 0 { note(.sqlUnion, index..<next + 1) }
        }
    }

    /// `… or 1=1`, `… and 'a'='a`, `… and sleep(5)`.
    private mutating func judgeLogic(_ index: Int) {
        let isAfterQuote = breaksOut && isOnlyParentheses(1..<index)
        if isAfterQuote, kind(index + 1) == .leftParenthesis, isCondition(index + 2) { note(.sqlCondition, index..<index + 5) }
        guard let left = operand(at: index + 1) else { return }
        let comparison = kind(left.end) == .not ? left.end + 1 : left.end
        if kind(comparison) == .comparison {
            judgeComparison(index, left, comparison, operand(at: comparison + 1), isAfterQuote)
            return
        }
        guard left.isLiteral else { return }
        let following = kind(left.end)
        if isAfterQuote {
            let isLone = following == nil && (left.kind != .string || tokens[left.end - 1].isOpen && context == .single)
            if isLone && (context == .single || left.kind == .call) || following == .comment || following == .logic
                || following == .semicolon || following == .rightParenthesis && left.kind != .string
            {
                note(.sqlCondition, index..<left.end)
            }
        } else if startsClause(index), index > 0, left.kind != .string {
            let isConstant = left.kind == .constant && following == nil && kind(index - 1) == .number
            if following == .comment || isConstant { note(.sqlCondition, index..<left.end) }
        }
    }

    private mutating func judgeComparison(
        _ index: Int, _ left: Operand, _ comparison: Int, _ right: Operand?, _ isAfterQuote: Bool
    ) {
        guard let right else {
            // Cut at the operator: the statement's own quote follows.
            if isAfterQuote, left.isLiteral { note(.sqlCondition, index..<left.end + 1) }
            return
        }
        let isSymbol = tokens[comparison].word == 0
        if left.isLiteral && right.isLiteral && (isSymbol || left.kind == right.kind || isAfterQuote) {
            let isPlain = left.kind == right.kind && (left.kind == .number || left.kind == .string)
            note(isPlain ? .sqlTautology : .sqlCondition, index..<right.end)
        } else if left.isLiteral || right.isLiteral || isAfterQuote && isSymbol {
            guard isAfterQuote || index > 0 && startsClause(index) && isSymbol && kind(index - 1) != .string else { return }
            if isFilter(index), !left.isLiteral { return }
            note(.sqlCondition, index..<right.end)
        }
    }

    /// `width=50 and height=30`, from the value's first word: a filter as people and programs write it, which goes on with nothing.
    private func isFilter(_ index: Int) -> Bool {
        !breaksOut && index == 3 && kind(0) == .word && kind(1) == .comparison
    }

    /// `(7=7)`, wherever it stands: a condition of numbers is computed, not said.
    private mutating func judgeParenthesis(_ index: Int) {
        guard kind(index + 1) == .number, kind(index + 2) == .comparison, kind(index + 3) == .number,
            kind(index + 4) == .rightParenthesis
        else { return }
        note(.sqlTautology, index..<index + 5)
    }

    func isOnlyParentheses(_ range: Range<Int>) -> Bool {
        range.lowerBound <= range.upperBound && range.allSatisfy { kind($0) == .rightParenthesis }
    }

    /// Directly behind the closed quote: a comment that cuts off the rest, or an operator that joins what follows.
    private mutating func judgeBreakout() {
        guard breaksOut, tokens.count > 1 else { return }
        var next = 1
        while kind(next) == .rightParenthesis { next += 1 }
        if kind(next) == .semicolon { next += 1 }
        guard next < tokens.count else { return }
        let token = tokens[next]
        switch token.kind {
        case .comment where token.end - token.start <= 4:
            let quote = tokens[0].end - 1
            if quote == 0 || text[quote - 1] != 0x20 { note(.sqlComment, 0..<next + 1) }
        case .arithmetic, .comparison, .logic:
            var start = next + 1
            while kind(start) == .comparison || kind(start) == .not { start += 1 }
            guard let right = operand(at: start) else { return }
            let isJoin = right.kind == .string && text[tokens[right.end - 1].start] == UInt8(ascii: "'")
            let isSingle = context == .single
            if isSingle && isJoin || right.kind == .select || right.kind == .variable || right.kind == .call
                || isSingle
                    && (right.isLiteral
                        && (kind(right.end) == .comment || token.kind == .comparison && kind(right.end) == .semicolon)
                        || isContinued(right.end))
            {
                note(.sqlOperator, 0..<right.end)
            }
        default: break
        }
    }

    /// An operator behind the operand, with something to work on.
    private func isContinued(_ index: Int) -> Bool {
        guard kind(index) == .comparison || kind(index) == .logic else { return false }
        var start = index + 1
        while kind(start) == .not || kind(start) == .comparison { start += 1 }
        return operand(at: start)?.isLiteral == true
    }

    /// The whole value is an expression of calls, variables and strings, closed by a comment.
    private mutating func judgeExpression() {
        guard tokens.last?.kind == .comment, tokens.count > 3, let first = operand(at: breaksOut ? 1 : 0), !breaksOut else {
            return
        }
        let hasSymbol = tokens.contains {
            $0.kind == .variable || $0.kind == .string || $0.kind == .function || $0.kind == .select
        }
        if first.end >= tokens.count - 2, hasSymbol, kind(0) == .leftParenthesis { note(.sqlExpression, 0..<tokens.count) }
    }
}
