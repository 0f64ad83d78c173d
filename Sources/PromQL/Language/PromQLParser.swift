package import Telemetry

/// Turns query text into an ``Expression``, checked for types, so that what parses can be evaluated.
///
/// Limits: ``maximumBytes`` of text and ``maximumDepth`` levels of the tree, so that no text can exhaust the stack.
package enum PromQLParser {
    /// Longest query.
    package static let maximumBytes = 256 << 10
    /// Most levels an expression may have; a chain of operators has one level an operator.
    package static let maximumDepth = 200

    /// Parses a whole query.
    package static func parse(_ text: String) throws(PromQLError) -> Expression {
        var parser = try ExpressionParser(text)
        let expression = try parser.expression()
        try parser.expectEnd()
        return expression
    }

    /// Parses a selector alone, as `match[]` holds it: `up{job="a"}`.
    package static func parseSelector(_ text: String) throws(PromQLError) -> [LabelMatcher] {
        let expression = try parse(text)
        guard case .selector(let selector) = expression.kind, selector.shift == TimeShift() else {
            throw PromQLError(
                .parse, "expected a selector such as up{job=\"a\"}, got \(expression.type.rawValue) expression",
                at: expression.position)
        }
        return selector.matchers
    }

    /// Parses a duration such as `1h30m`, or a number of seconds.
    package static func parseDuration(_ text: String) throws(PromQLError) -> Milliseconds {
        if let duration = NumberReader.duration(text) { return duration }
        if let seconds = NumberReader.number(text), seconds <= DurationExpression.maximumSeconds {
            return Milliseconds(seconds * 1000)
        }
        throw PromQLError(.parse, "\"\(text)\" is no duration; write for instance 30s, 5m or 1h30m")
    }
}

/// Recursive descent over the words of one query. Precedence climbs in ``expression(above:)``; selectors, aggregations and durations
/// stand in extensions.
struct ExpressionParser {
    private let lexer: Lexer
    private let words: [Lexer.Word]
    private var cursor = 0
    private var nesting = 0

    init(_ text: String) throws(PromQLError) {
        guard text.utf8.count <= PromQLParser.maximumBytes else {
            throw PromQLError(.limit, "query is longer than \(PromQLParser.maximumBytes) bytes")
        }
        var lexer = Lexer(text)
        words = try lexer.words()
        self.lexer = lexer
    }

    var token: Token { words[cursor].token }
    var following: Token { words[min(cursor + 1, words.count - 1)].token }
    var position: SourcePosition { lexer.position(of: words[cursor].offset) }

    mutating func advance() { cursor = min(cursor + 1, words.count - 1) }

    mutating func skip(_ symbol: String) -> Bool {
        guard token == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String, _ context: String) throws(PromQLError) {
        guard skip(symbol) else { throw unexpected("\(context), expected \"\(symbol)\"") }
    }

    func expectEnd() throws(PromQLError) {
        guard token == .end else { throw unexpected("after the expression") }
    }

    func unexpected(_ context: String) -> PromQLError { failure("unexpected \(token.description) \(context)") }

    func failure(_ message: String, at place: SourcePosition? = nil) -> PromQLError {
        PromQLError(.parse, message, at: place ?? position)
    }

    /// True and skipped if the word is this keyword, in any case.
    mutating func skip(keyword: String) -> Bool {
        guard isKeyword(keyword) else { return false }
        advance()
        return true
    }

    func isKeyword(_ keyword: String) -> Bool {
        if case .identifier(let name) = token { return name.lowercased() == keyword }
        return false
    }

    /// Makes a node, unless the tree gets too deep.
    func node(_ kind: Expression.Kind, at position: SourcePosition) throws(PromQLError) -> Expression {
        let expression = Expression(kind, at: position)
        guard expression.depth <= PromQLParser.maximumDepth else { throw tooDeep() }
        return expression
    }

    private func tooDeep() -> PromQLError {
        PromQLError(
            .limit, "expression has more than \(PromQLParser.maximumDepth) levels; split it with recording rules", at: position)
    }

    mutating func nested<T>(_ body: (inout ExpressionParser) throws(PromQLError) -> T) throws(PromQLError) -> T {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= PromQLParser.maximumDepth else { throw tooDeep() }
        return try body(&self)
    }

    /// An expression whose operators all bind tighter than `level`.
    mutating func expression(above level: Int = 0) throws(PromQLError) -> Expression {
        try nested { (parser) throws(PromQLError) in try parser.operatorChain(above: level) }
    }

    private mutating func operatorChain(above level: Int) throws(PromQLError) -> Expression {
        var left = try operand()
        while let op = binaryOperator, op.precedence > level {
            advance()
            var operation = BinaryOperation(operator: op, left: left, right: left)
            try modifiers(of: &operation)
            // The power operator binds to the right, all others to the left.
            operation.right = try expression(above: op == .power ? op.precedence - 1 : op.precedence)
            try check(&operation, at: left.position)
            left = try node(.binary(operation), at: left.position)
        }
        return left
    }

    private var binaryOperator: BinaryOperation.Operator? {
        switch token {
        case .symbol(let symbol): BinaryOperation.Operator(rawValue: symbol)
        case .identifier(let name): BinaryOperation.Operator(rawValue: name.lowercased())
        default: nil
        }
    }

    private mutating func operand() throws(PromQLError) -> Expression {
        let start = position
        if token == .symbol("-") || token == .symbol("+") {
            let negative = token == .symbol("-")
            advance()
            // A sign binds like multiplication: -1^2 is -(1^2), -a*b is (-a)*b.
            let inner = try expression(above: BinaryOperation.Operator.multiply.precedence)
            guard inner.type == .scalar || inner.type == .vector else {
                throw failure("a sign may stand before a scalar or instant vector, not a \(inner.type.rawValue)", at: start)
            }
            return try node(.unary(negative: negative, inner), at: start)
        }
        var expression = try primary()
        while try suffix(of: &expression) {}
        return expression
    }

    private mutating func primary() throws(PromQLError) -> Expression {
        let start = position
        switch token {
        case .number(let value):
            advance()
            return try node(.number(value), at: start)
        case .duration(let duration):
            advance()
            return try node(.number(Double(duration) / 1000), at: start)
        case .string(let text):
            advance()
            return try node(.string(text), at: start)
        case .symbol("("):
            advance()
            let inner = try expression()
            try expect(")", "in parentheses")
            return try node(.parenthesized(inner), at: start)
        case .symbol("{"):
            return try node(.selector(try selector(named: nil)), at: start)
        case .identifier(let name):
            return try named(name, at: start)
        case .symbol, .end:
            throw unexpected("where an expression should stand")
        }
    }

    private mutating func named(_ name: String, at start: SourcePosition) throws(PromQLError) -> Expression {
        let lowercase = name.lowercased()
        if let aggregator = Aggregation.Operator(rawValue: lowercase), startsAggregation {
            advance()
            return try aggregation(aggregator, at: start)
        }
        if following == .symbol("(") {
            advance()
            return try call(name, at: start)
        }
        advance()
        if lowercase == "inf", token != .symbol("{") { return try node(.number(.infinity), at: start) }
        if lowercase == "nan", token != .symbol("{") { return try node(.number(.nan), at: start) }
        return try node(.selector(try selector(named: name)), at: start)
    }

    private var startsAggregation: Bool {
        switch following {
        case .symbol("("): true
        case .identifier(let name): ["by", "without"].contains(name.lowercased())
        default: false
        }
    }
}
