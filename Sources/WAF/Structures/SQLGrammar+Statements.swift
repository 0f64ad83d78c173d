extension SQLGrammar {
    private static let objects = Set(
        ["table", "database", "view", "index", "user", "function", "procedure", "trigger", "schema", "role", "column", "login"]
            .map(SQLWords.hash))
    private static let ifWord = SQLWords.hash("if")
    private static let setWord = SQLWords.hash("set")
    private static let delay = SQLWords.hash("delay")
    private static let time = SQLWords.hash("time")
    private static let standalone = Set(["shutdown", "vacuum", "commit", "rollback", "begin"].map(SQLWords.hash))
    private static let executes = Set(["exec", "execute", "call"].map(SQLWords.hash))
    private static let waitfor = SQLWords.hash("waitfor")
    private static let definitions = Set(["drop", "create", "alter", "truncate", "rename"].map(SQLWords.hash))
    private static let insertions = Set(["insert", "replace", "merge"].map(SQLWords.hash))
    private static let create = SQLWords.hash("create")
    private static let alter = SQLWords.hash("alter")
    private static let update = SQLWords.hash("update")
    private static let delete = SQLWords.hash("delete")
    private static let assignments = Set(
        ["declare", "set", "print", "goto", "use", "handler", "describe", "show"].map(SQLWords.hash))

    /// What stands before things in a sentence, and before no table.
    private static let articles = Set(["the", "a", "an", "my", "your", "our", "this", "that", "their"].map(SQLWords.hash))

    /// Whether a statement begins at a token, with what its first words require.
    func isStatement(_ start: Int) -> Bool {
        var index = start
        while kind(index) == .leftParenthesis { index += 1 }
        switch kind(index) {
        case .select?: return isSelectList(index + 1, needsFrom: false)
        case .function?: return kind(index + 1) == .leftParenthesis && isCall(index)
        case .word? where kind(index + 1) == .dot: return SQLWords.weapons.contains(word(index))
        case .statement?: break
        default: return false
        }
        let name = word(index)
        if SQLGrammar.definitions.contains(name) { return isDefinition(index + 1) && !isUnfinished(index) }
        if SQLGrammar.insertions.contains(name) { return isInsertion(index + 1) }
        if SQLGrammar.executes.contains(name) { return isExecution(index + 1) }
        switch name {
        case SQLGrammar.update:
            return tokens[index...].dropFirst().prefix(6).contains { $0.word == SQLGrammar.setWord } && hasComparison(index)
        case SQLGrammar.delete: return word(index + 1) == SQLWords.from && hasWord(index + 2) && startsOrEnds(index)
        case SQLGrammar.waitfor: return word(index + 1) == SQLGrammar.delay || word(index + 1) == SQLGrammar.time
        default: break
        }
        if SQLGrammar.standalone.contains(name) {
            return kind(index + 1) == nil && (index > 0 || breaksOut) || kind(index + 1) == .comment
                || kind(index + 1) == .semicolon
                || isStatement(index + 1)
        }
        return SQLGrammar.assignments.contains(name)
            && (kind(index + 1) == .variable || kind(index + 1) == .word && kind(index + 2) == .comment || isStatement(index + 2))
    }

    private func hasWord(_ index: Int) -> Bool {
        switch kind(index) {
        case .word?, .function?, .string?, .variable?: true
        default: false
        }
    }

    /// `drop table users`, but not `drop table lamp black`.
    private func isDefinition(_ index: Int) -> Bool {
        // drop x;-- closes what it begins.
        if kind(index) == .word, kind(index + 1) == .semicolon, kind(index + 2) == .comment { return true }
        guard SQLGrammar.objects.contains(word(index)) || kind(index) == .logic else { return false }
        guard let end = operand(at: index + 1)?.end ?? (hasWord(index + 1) ? index + 2 : nil) else { return false }
        // `drop table lamps from the ceiling`: no definition goes on so.
        guard word(end) != SQLWords.from else { return false }
        return kind(end) != .word || index > 1 && kind(index - 2) == .semicolon
    }

    /// `create table setting` and `alter table height`: definitions that say nothing of what they define are no definitions.
    private func isUnfinished(_ index: Int) -> Bool {
        !breaksOut && index == 0 && (word(0) == SQLGrammar.create || word(0) == SQLGrammar.alter) && kind(3) == nil
    }

    /// `insert into users values(1)`, but not `insert into frame`.
    private func isInsertion(_ index: Int) -> Bool {
        guard word(index) == SQLWords.into, hasWord(index + 1) else { return false }
        switch kind(index + 2) {
        case .leftParenthesis?, .dot?, .select?, .semicolon?, .comment?: return true
        default: return word(index + 2) == SQLWords.values || word(index + 2) == SQLGrammar.setWord
        }
    }

    private func isExecution(_ index: Int) -> Bool {
        switch kind(index) {
        case .leftParenthesis?: return operand(at: index + 1) != nil && kind(index + 1) != .word
        case .variable?, .string?: return true
        case .function?: return kind(index + 1) == .leftParenthesis || kind(index + 1) == .string
        case .word?, .statement?:
            let name = text[tokens[index].start..<tokens[index].end]
            return name.starts(with: "xp_".utf8) || name.starts(with: "sp_".utf8) || kind(index + 1) == .dot
        default: return false
        }
    }

    private func hasComparison(_ index: Int) -> Bool { tokens[index...].prefix(12).contains { $0.kind == .comparison } }

    private func startsOrEnds(_ index: Int) -> Bool { index > 0 && startsClause(index) || kind(index + 3) != .word }

    /// A list as `select` takes it. Plain words count only where they are columns of something.
    func isSelectList(_ start: Int, needsFrom: Bool) -> Bool {
        var index = start
        while kind(index) == .not || word(index) == SQLWords.all { index += 1 }
        if word(index) == SQLWords.kase { return word(index + 1) == SQLWords.when || operand(at: index + 1)?.isLiteral == true }
        if kind(index) == .arithmetic, text[tokens[index].start] == UInt8(ascii: "*") {
            return word(index + 1) == SQLWords.from || kind(index + 1) == .comma || kind(index + 1) == nil && index > 1
        }
        guard var item = operand(at: index) else { return false }
        var isLiteral = item.isLiteral
        var commas = 0
        item.end = afterAlias(item.end)
        while kind(item.end) == .comma, let next = operand(at: item.end + 1) {
            item = next
            item.end = afterAlias(item.end)
            isLiteral = isLiteral || item.isLiteral
            commas += 1
        }
        let following = kind(item.end)
        if word(item.end) == SQLWords.from, SQLGrammar.articles.contains(word(item.end + 1)) { return false }
        let hasFrom = word(item.end) == SQLWords.from && (hasWord(item.end + 1) || kind(item.end + 1) == .leftParenthesis)
        if hasFrom { return isLiteral || isEndOfTable(item.end + 2) }
        if needsFrom && !(isLiteral && commas > 0) {
            return isLiteral
                && (item.kind == .call || item.kind == .select || following == .comment || word(item.end) == SQLWords.wher
                    || word(item.end) == SQLWords.into)
        }
        guard isLiteral else { return false }
        switch following {
        case nil, .rightParenthesis?, .comment?, .semicolon?, .union?, .comparison?, .logic?: return true
        default: return word(item.end) == SQLWords.wher || word(item.end) == SQLWords.into
        }
    }

    private func afterAlias(_ index: Int) -> Int {
        if word(index) == SQLWords.as_ { return index + 2 }
        return kind(index) == .word && (kind(index + 1) == .comma || word(index + 1) == SQLWords.from) ? index + 1 : index
    }

    /// What follows the table of `select … from table`, where the columns are plain words.
    private func isEndOfTable(_ index: Int) -> Bool {
        switch kind(index) {
        case .rightParenthesis?, .comment?, .semicolon?, .dot?, .union?: true
        case .clause?: true
        case .comma?: operand(at: index + 1) != nil && word(index + 2) == SQLWords.wher
        default: false
        }
    }

    mutating func judgeSelect(_ index: Int) {
        let isGrouped = kind(index - 1) == .leftParenthesis
        if isGrouped {
            let first = index + 1
            let isWordOfColumn = kind(first) == .word && (kind(first + 1) == .clause || breaksOut || kind(first + 1) == .comma)
            if isSelectList(first, needsFrom: false) || isWordOfColumn { note(.sqlSubquery, index - 1..<index + 3) }
        } else if isSelectList(index + 1, needsFrom: !(startsClause(index) && index > 0)) {
            note(.sqlQuery, index..<index + 4)
        }
    }

    mutating func judgeClause(_ index: Int) {
        let follows = index > 0 && startsClause(index)
        switch word(index) {
        case SQLWords.order where word(index + 1) == SQLWords.by, SQLWords.group where word(index + 1) == SQLWords.by:
            let isNumber =
                kind(index + 2) == .number || kind(index + 2) == .leftParenthesis
                || kind(index + 2) == .function && kind(index + 3) == .leftParenthesis
            let isEnded = [nil, .comment, .comma, .rightParenthesis].contains(kind(index + 3)) || kind(index + 2) != .number
            let isCut = kind(index + 2) == .word && tokens.last?.kind == .comment && breaksOut
            if follows, isNumber && isEnded || isCut { note(.sqlClause, index..<index + 3) }
        case SQLWords.having:
            if follows || index == 0 || kind(index - 1) == .word,
                isCondition(index + 1) || kind(index + 1) == .leftParenthesis && operand(at: index + 1)?.isLiteral == true
            {
                note(.sqlClause, index..<index + 4)
            }
        case SQLWords.wher where isCondition(index + 1):
            let left = operand(at: index + 1)!
            let isLiteral = left.isLiteral && operand(at: left.end + 1)?.isLiteral == true
            if isLiteral || follows { note(.sqlClause, index..<left.end + 2) }
        case SQLWords.into where word(index + 1) == SQLWords.outfile || word(index + 1) == SQLWords.dumpfile:
            note(.sqlWeapon, index..<index + 3)
        case SQLWords.procedure where kind(index + 2) == .leftParenthesis && follows: note(.sqlClause, index..<index + 3)
        case SQLWords.kase:
            if word(index + 1) == SQLWords.when && isCondition(index + 2)
                || tokens[index...].prefix(20).contains(where: { $0.word == SQLWords.then })
                    && operand(at: index + 1)?.isLiteral == true
            {
                note(.sqlSubquery, index..<index + 4)
            }
        case SQLWords.limit where breaksOut && follows && kind(index + 1) == .number: note(.sqlClause, index..<index + 2)
        default: break
        }
    }
}
