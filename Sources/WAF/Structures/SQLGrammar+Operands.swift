extension SQLGrammar {
    /// What stands on one side of an operator.
    struct Operand {
        enum Kind { case number, string, variable, constant, call, group, select, word }
        var kind: Kind
        /// The index behind its last token.
        var end: Int

        /// Anything but a bare word, which language has too.
        var isLiteral: Bool { kind != .word }
    }

    /// The operand that begins at a token: signs and negations, then a literal, a call, a name, or a group in parentheses;
    /// chains of arithmetic are followed.
    func operand(at start: Int) -> Operand? {
        guard var operand = simpleOperand(at: start) else { return nil }
        while kind(operand.end) == .arithmetic || kind(operand.end) == .logic && isConcatenation(operand.end) {
            guard let next = simpleOperand(at: operand.end + 1) else { break }
            if operand.kind == .word, next.isLiteral { operand.kind = next.kind }
            operand.end = next.end
        }
        return operand
    }

    /// `||` joins strings in most databases.
    private func isConcatenation(_ index: Int) -> Bool { text[tokens[index].start] == UInt8(ascii: "|") }

    private func simpleOperand(at start: Int) -> Operand? {
        var index = start
        while kind(index) == .not || kind(index) == .arithmetic { index += 1 }
        switch kind(index) {
        case .number?: return Operand(kind: .number, end: index + 1)
        case .string?: return Operand(kind: .string, end: afterType(index + 1))
        case .variable?: return Operand(kind: .variable, end: index + 1)
        case .constant?: return Operand(kind: .constant, end: index + 1)
        case .select?: return Operand(kind: .select, end: tokens.count)
        case .leftParenthesis?: return group(at: index)
        case .function?, .word?, .statement?, .clause?:
            if kind(index) == .clause, word(index) != SQLWords.kase { return nil }
            if word(index) == SQLWords.kase, word(index + 1) == SQLWords.when || operand(at: index + 1) != nil {
                return Operand(kind: .group, end: endOfCase(index))
            }
            var end = index + 1
            while kind(end) == .dot, end + 1 < tokens.count { end += 2 }
            guard kind(end) == .leftParenthesis else { return Operand(kind: .word, end: end) }
            return Operand(kind: tokens[index].kind == .function ? .call : .word, end: closing(end) + 1)
        default: return nil
        }
    }

    /// `'…'::text`
    private func afterType(_ index: Int) -> Int { index }

    private func endOfCase(_ start: Int) -> Int {
        var index = start
        while index < tokens.count, word(index) != SQLWords.end { index += 1 }
        return min(index + 1, tokens.count)
    }

    private func group(at start: Int) -> Operand? {
        var inner = start
        while kind(inner) == .leftParenthesis { inner += 1 }
        let end = closing(start) + 1
        switch kind(inner) {
        case .select?: return Operand(kind: .select, end: end)
        case .number? where isOnlyParentheses(inner + 1..<end): return Operand(kind: .number, end: end)
        case .string? where isOnlyParentheses(inner + 1..<end): return Operand(kind: .string, end: end)
        // Open to the end of the value: the statement's own parenthesis closes it.
        case .number? where end > tokens.count, .string? where end > tokens.count: return operand(at: inner)
        case .number?, .string?, .variable?, .constant?, .function?, .not?, .arithmetic?:
            return Operand(kind: .group, end: min(end, tokens.count))
        case .word?: return Operand(kind: .word, end: min(end, tokens.count))
        default: return nil
        }
    }

    /// The index of the parenthesis that closes the one at `start`, or the token count where it stays open.
    func closing(_ start: Int) -> Int {
        var depth = 0
        var index = start
        while index < tokens.count {
            if tokens[index].kind == .leftParenthesis { depth += 1 }
            if tokens[index].kind == .rightParenthesis {
                depth -= 1
                if depth == 0 { return index }
            }
            index += 1
        }
        return tokens.count
    }

    /// `A op B` at a token, with something other than words in it.
    func isCondition(_ start: Int) -> Bool {
        guard let left = operand(at: start), kind(left.end) == .comparison, let right = operand(at: left.end + 1) else {
            return false
        }
        return left.isLiteral || right.isLiteral
    }
}
