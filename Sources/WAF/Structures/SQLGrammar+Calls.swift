extension SQLGrammar {
    /// Words that are also language, and weapons only with an argument that is no word.
    private static let everyday = Set(["sleep", "benchmark", "elt"].map(SQLWords.hash))
    private static let informationSchema = SQLWords.hash("information_schema")

    /// Calls of functions, names of catalogues, system variables.
    mutating func judgeWord(_ index: Int) {
        let token = tokens[index]
        if token.kind == .variable {
            judgeVariable(index)
            return
        }
        if SQLWords.catalogues.contains(token.word) {
            let isQualified = kind(index + 1) == .dot && kind(index + 2) != nil
            if token.word == SQLGrammar.informationSchema && isQualified
                || word(index - 1) == SQLWords.from && (isQualified || tokens.contains { $0.kind == .select })
            {
                note(.sqlCatalogue, index..<index + 2)
            }
        }
        let isCalled = kind(index + 1) == .leftParenthesis
        if SQLWords.weapons.contains(token.word) {
            let isPackage = kind(index + 1) == .dot && kind(index + 2) == .word
            let hasArgument = kind(index + 2) != .word && kind(index + 2) != nil
            // sleep (5) hours: with a blank before it, and words that go on.
            let isSaid = isCalled && tokens[index + 1].start != token.end && kind(closing(index + 1) + 1) == .word
            let isAdjacent = isCalled && (tokens[index + 1].start == token.end || hasArgument)
            if isPackage || isAdjacent && (!SQLGrammar.everyday.contains(token.word) || hasArgument && !isSaid) {
                note(.sqlWeapon, index..<index + 3)
            }
            return
        }
        if token.kind == .function, isCalled, isCall(index) { note(.sqlFunctions, index..<index + 4) }
    }

    /// A call within a call, or one whose argument is a literal in a place where language has none.
    func isCall(_ index: Int) -> Bool {
        guard kind(index + 1) == .leftParenthesis else { return false }
        var inner = index + 2
        while kind(inner) == .leftParenthesis || kind(inner) == .not { inner += 1 }
        let isNested =
            kind(inner) == .function && kind(inner + 1) == .leftParenthesis || kind(inner) == .select || kind(inner) == .variable
        if isNested { return true }
        // if(1=1, …): a condition of literals as an argument.
        if let left = operand(at: index + 2), kind(left.end) == .comparison, left.isLiteral,
            operand(at: left.end + 1)?.isLiteral == true
        {
            return true
        }
        let end = closing(index + 1)
        guard tokens[index + 1].start == tokens[index].end else { return false }
        // concat(0x3a, user()): a call among the arguments, written as programs write it.
        if hasCall(in: index + 2..<min(end, tokens.count)) { return true }
        // char(65)||char(66), and the same within conditions behind a closed quote.
        let isJoined = kind(end + 1) == .logic || kind(end + 1) == .comparison || kind(end + 1) == .arithmetic
        if isJoined, let right = operand(at: end + 2), right.isLiteral { return true }
        let isCompared = kind(index - 1) == .comparison || kind(index - 1) == .arithmetic && startsWithOperand(index - 1)
        return isCompared && (breaksOut || tokens.last?.kind == .comment || kind(index - 2) == .rightParenthesis)
    }

    private func hasCall(in range: Range<Int>) -> Bool {
        range.contains {
            kind($0) == .function && kind($0 + 1) == .leftParenthesis && tokens[$0 + 1].start == tokens[$0].end
        }
    }

    private func startsWithOperand(_ index: Int) -> Bool {
        switch kind(index - 1) {
        case .number?, .string?, .rightParenthesis?, .variable?: true
        default: false
        }
    }

    private mutating func judgeVariable(_ index: Int) {
        let token = tokens[index]
        let isSystem = token.end - token.start > 2 && text[token.start + 1] == UInt8(ascii: "@")
        let isAssigned = kind(index + 1) == .comparison && text[tokens[index + 1].start] == UInt8(ascii: ":")
        if isSystem && (index > 0 || kind(index + 1) != nil || breaksOut) && (startsClause(index) || index > 0) || isAssigned {
            note(.sqlFunctions, index..<index + 1)
        }
    }
}
