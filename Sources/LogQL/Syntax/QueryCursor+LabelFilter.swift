import Telemetry

extension QueryCursor {
    /// Conditions joined by `or`, which binds looser than `and`, a comma or a mere blank.
    mutating func labelFilter() throws(LogQLError) -> LabelFilter {
        depth += 1
        defer { depth -= 1 }
        guard depth <= LogQLParser.maximumDepth else {
            throw failure("nested deeper than \(LogQLParser.maximumDepth)", code: .limit)
        }
        var filter = try conjunction()
        while take(word: "or") {
            try countOperator()
            filter = .or(filter, try conjunction())
        }
        return filter
    }

    private mutating func conjunction() throws(LogQLError) -> LabelFilter {
        var filter = try operand()
        while true {
            if at(word: "or") { return filter }
            guard take(word: "and") || take(",") || isOperandAhead else { return filter }
            try countOperator()
            filter = .and(filter, try operand())
        }
    }

    private var isOperandAhead: Bool {
        if case .identifier = current.kind { return true }
        return at("(")
    }

    private mutating func operand() throws(LogQLError) -> LabelFilter {
        if take("(") {
            let filter = try labelFilter()
            try expect(")")
            return filter
        }
        let name = try identifier()
        guard case .symbol(let symbol) = current.kind else { throw unexpected(expecting: "a comparison") }
        switch following.kind {
        case .string:
            guard let operation = LabelMatcher.Operation(rawValue: symbol) else {
                advance()
                throw unexpected(expecting: "BYTES or NUMBER or DURATION")
            }
            return try stringFilter(name, operation)
        case .identifier("ip"): return try addressFilter(name, symbol)
        default: return try quantityFilter(name, symbol)
        }
    }

    private mutating func stringFilter(_ name: String, _ operation: LabelMatcher.Operation) throws(LogQLError) -> LabelFilter {
        advance()
        let place = current
        do {
            return .string(try LabelMatcher(name, operation, try string()))
        } catch let error as LogQLError {
            throw error
        } catch {
            throw failure("error parsing regexp: \(error)", at: place)
        }
    }

    private mutating func addressFilter(_ name: String, _ symbol: String) throws(LogQLError) -> LabelFilter {
        advance()
        guard symbol == "=" || symbol == "!=" else { throw unexpected(expecting: "BYTES or STRING or NUMBER or DURATION") }
        return .address(name, isNegated: symbol == "!=", try address())
    }

    private mutating func quantityFilter(_ name: String, _ symbol: String) throws(LogQLError) -> LabelFilter {
        guard let comparison = LabelFilter.Comparison(rawValue: symbol == "=" ? "==" : symbol) else {
            throw unexpected(expecting: "a comparison")
        }
        advance()
        let sign: Double = at("-") ? -1 : 1
        if at("-") || at("+") { advance() }
        defer { advance() }
        switch current.kind {
        case .number(let value): return .quantity(name, comparison, sign * value, .number)
        case .duration(let value): return .quantity(name, comparison, sign * Double(value), .duration)
        case .bytes(let value): return .quantity(name, comparison, sign * value, .bytes)
        default: throw unexpected(expecting: "BYTES or STRING or NUMBER or DURATION")
        }
    }
}
