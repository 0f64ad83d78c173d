import RegularExpressions
import Telemetry

/// A place in a query's tokens, and the grammar as functions that move it.
struct QueryCursor {
    private let tokens: [Token]
    private var index = 0
    var depth = 0
    private var operators = 0
    /// Errors that let a query pass as well formed but not run: expressions of line filters, which Loki compiles when it runs one.
    var deferredErrors: [LogQLError] = []

    init(_ query: String) throws(LogQLError) {
        guard query.utf8.count <= LogQLParser.maximumQueryBytes else {
            throw LogQLError(.limit, "the query is longer than \(LogQLParser.maximumQueryBytes) bytes")
        }
        tokens = try Lexer.tokens(of: query)
    }

    var current: Token { tokens[index] }
    var following: Token { tokens[min(index + 1, tokens.count - 1)] }

    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    /// Counts an operator of the query.
    mutating func countOperator() throws(LogQLError) {
        operators += 1
        if operators > LogQLParser.maximumOperators {
            throw failure("more than \(LogQLParser.maximumOperators) operators in one query", code: .limit)
        }
    }

    func at(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }
    func at(word: String) -> Bool { current.kind == .identifier(word) }

    mutating func take(_ symbol: String) -> Bool {
        guard at(symbol) else { return false }
        advance()
        return true
    }

    mutating func take(word: String) -> Bool {
        guard at(word: word) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String) throws(LogQLError) {
        guard take(symbol) else { throw unexpected(expecting: symbol) }
    }

    func expectEnd() throws(LogQLError) {
        guard current.kind == .end else { throw unexpected() }
    }

    mutating func identifier() throws(LogQLError) -> String {
        guard case .identifier(let name) = current.kind else { throw unexpected(expecting: "IDENTIFIER") }
        advance()
        return name
    }

    mutating func string() throws(LogQLError) -> String {
        guard case .string(let text) = current.kind else { throw unexpected(expecting: "STRING") }
        advance()
        return text
    }

    /// A number, signed or not.
    mutating func number() throws(LogQLError) -> Double {
        let isNegative = at("-")
        if isNegative || at("+") { advance() }
        guard case .number(let value) = current.kind else { throw unexpected(expecting: "NUMBER") }
        advance()
        return isNegative ? -value : value
    }

    func unexpected(expecting expected: String? = nil) -> LogQLError {
        let expectation = expected.map { ", expecting \($0)" } ?? ""
        return failure("syntax error: unexpected \(current.name)\(expectation)")
    }

    func failure(_ message: String, code: LogQLError.Code = .parse, at token: Token? = nil) -> LogQLError {
        let token = token ?? current
        return LogQLError(code, message, line: token.line, column: token.column)
    }

    /// Names separated by commas, in parentheses; none at all is fine.
    mutating func names() throws(LogQLError) -> [String] {
        try expect("(")
        var names: [String] = []
        while !at(")") {
            names.append(try identifier())
            if !take(",") { break }
        }
        try expect(")")
        return names
    }

    // MARK: Selectors

    mutating func selector() throws(LogQLError) -> [LabelMatcher] {
        let start = current
        try expect("{")
        var matchers: [LabelMatcher] = []
        while !at("}") {
            matchers.append(try matcher())
            if !take(",") { break }
        }
        try expect("}")
        guard matchers.contains(where: { !$0.matchesEmpty }) else {
            throw failure(
                "queries require at least one regexp or equality matcher that does not have an empty-compatible value; "
                    + "for instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will",
                at: start)
        }
        return matchers
    }

    mutating func matcher() throws(LogQLError) -> LabelMatcher {
        let name = try identifier()
        guard case .symbol(let symbol) = current.kind, let operation = LabelMatcher.Operation(rawValue: symbol) else {
            throw unexpected(expecting: "one of = != =~ !~")
        }
        advance()
        let place = current
        let value = try string()
        do {
            return try LabelMatcher(name, operation, value)
        } catch {
            throw failure("error parsing regexp: \(error.message)", at: place)
        }
    }

    func regex(_ pattern: String, at place: Token) throws(LogQLError) -> CompiledRegex {
        do {
            return try CompiledRegex(pattern)
        } catch {
            throw failure("error parsing regexp: \(error.message)", at: place)
        }
    }
}
