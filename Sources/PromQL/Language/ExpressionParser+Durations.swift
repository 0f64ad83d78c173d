import Telemetry

extension ExpressionParser {
    /// Arithmetic on durations, as it may stand in brackets.
    mutating func duration(above level: Int = 3) throws(PromQLError) -> DurationExpression {
        try nested { (parser) throws(PromQLError) in try parser.durationChain(above: level) }
    }

    private mutating func durationChain(above level: Int) throws(PromQLError) -> DurationExpression {
        var left = try durationOperand()
        var links = 0
        while case .symbol(let symbol) = token, let op = BinaryOperation.Operator(rawValue: symbol), !op.isSet,
            !op.isComparison, op.precedence > level
        {
            let start = position
            advance()
            let right = try duration(above: op == .power ? op.precedence - 1 : op.precedence)
            if op == .divide || op == .modulo, right.literalSeconds == 0 {
                throw failure("division by zero in a duration", at: start)
            }
            links += 1
            guard links <= PromQLParser.maximumDepth else { throw failure("duration has too many operators", at: start) }
            left = .binary(op, left, right)
        }
        return left
    }

    private mutating func durationOperand() throws(PromQLError) -> DurationExpression {
        if skip("-") { return .negative(try duration(above: BinaryOperation.Operator.multiply.precedence)) }
        if skip("+") { return try duration(above: BinaryOperation.Operator.multiply.precedence) }
        return try durationPrimary()
    }

    /// What may stand behind `offset`: one duration with a sign, no bare arithmetic.
    mutating func signedDuration() throws(PromQLError) -> DurationExpression {
        if skip("-") { return .negative(try durationPrimary()) }
        _ = skip("+")
        return try durationPrimary()
    }

    private mutating func durationPrimary() throws(PromQLError) -> DurationExpression {
        switch token {
        case .number(let seconds):
            advance()
            return .literal(seconds)
        case .duration(let duration):
            advance()
            return .literal(Double(duration) / 1000)
        case .symbol("("):
            advance()
            let inner = try duration()
            try expect(")", "in a duration")
            return .parenthesized(inner)
        case .identifier(let name) where following == .symbol("("):
            return try durationCall(name)
        default:
            throw unexpected("where a duration such as 5m should stand")
        }
    }

    private mutating func durationCall(_ name: String) throws(PromQLError) -> DurationExpression {
        let start = position
        advance()
        advance()
        let value: DurationExpression
        switch name.lowercased() {
        case "step": value = .step
        case "range": value = .range
        case "max_of", "min_of":
            let left = try duration()
            try expect(",", "in \(name)")
            value = .extreme(maximum: name.lowercased() == "max_of", left, try duration())
        default: throw failure("\"\(name)\" is no function of durations; there are step, range, min_of and max_of", at: start)
        }
        try expect(")", "after \(name)")
        return value
    }

    /// Refuses what is written as zero or negative; what has to be computed is checked when the query runs.
    func checkPositive(_ duration: DurationExpression, at start: SourcePosition) throws(PromQLError) {
        if let seconds = duration.literalSeconds, seconds <= 0 {
            throw failure("a range must be longer than 0", at: start)
        }
        try checkLength(duration, at: start)
    }

    func checkLength(_ duration: DurationExpression, at start: SourcePosition) throws(PromQLError) {
        if let seconds = duration.literalSeconds, seconds.magnitude > DurationExpression.maximumSeconds {
            throw failure("duration is out of range", at: start)
        }
    }
}
