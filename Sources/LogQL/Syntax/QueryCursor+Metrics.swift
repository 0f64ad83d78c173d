import Telemetry

extension QueryCursor {
    /// An expression of operands and operators, by precedence climbing.
    mutating func expression(minimumPrecedence: Int = 1) throws(LogQLError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= LogQLParser.maximumDepth else {
            throw failure("nested deeper than \(LogQLParser.maximumDepth)", code: .limit)
        }
        var left = try primary()
        while let operation = binaryOperation, operation.precedence >= minimumPrecedence {
            let place = current
            try countOperator()
            advance()
            let returnsBool = operation.isComparison && take(word: "bool")
            let matching = try matching()
            // Only `^` groups from the right.
            let right = try expression(minimumPrecedence: operation.precedence + (operation == .power ? 0 : 1))
            let binary = BinaryExpression(
                operation: operation, returnsBool: returnsBool, matching: matching, left: left, right: right)
            left = try joined(binary, at: place)
        }
        return left
    }

    private var binaryOperation: BinaryExpression.Operation? {
        switch current.kind {
        case .symbol(let text), .identifier(let text): BinaryExpression.Operation(rawValue: text)
        default: nil
        }
    }

    private mutating func matching() throws(LogQLError) -> VectorMatching {
        var matching = VectorMatching()
        guard at(word: "on") || at(word: "ignoring") else { return matching }
        matching.isOn = at(word: "on")
        advance()
        matching.labels = try names()
        for (word, cardinality) in [("group_left", VectorMatching.Cardinality.manyToOne), ("group_right", .oneToMany)]
        where take(word: word) {
            matching.cardinality = cardinality
            if at("("), isNameList { matching.include = try names() }
        }
        return matching
    }

    /// Behind a bare `group_left` a parenthesis may open the operand.
    private var isNameList: Bool {
        var copy = self
        guard (try? copy.names()) != nil else { return false }
        return copy.current.kind == .symbol("(") || copy.isOperandAheadOfMatching
    }

    private var isOperandAheadOfMatching: Bool {
        switch current.kind {
        case .identifier, .number: true
        default: at("-") || at("+")
        }
    }

    /// Checks the operands' kinds, and folds numbers.
    private func joined(_ binary: BinaryExpression, at place: Token) throws(LogQLError) -> Expression {
        let operation = binary.operation
        for (leg, side) in [(binary.left, "left"), (binary.right, "right")] {
            if case .log = leg {
                throw failure(
                    "unexpected type for \(side) leg of binary operation (\(operation.rawValue)): a log query", at: place)
            }
            if case .literal(let value) = leg, operation.isSet {
                throw failure(
                    "unexpected literal for \(side) leg of logical/set binary operation (\(operation.rawValue)): \(value)",
                    at: place)
            }
        }
        if case .literal(let left) = binary.left, case .literal(let right) = binary.right {
            return .literal(operation.apply(left, right))
        }
        return .binary(binary)
    }

    private mutating func primary() throws(LogQLError) -> Expression {
        switch current.kind {
        case .symbol("{"): return .log(LogExpression(matchers: try selector(), stages: try stages()))
        case .symbol("("): return try parenthesised()
        case .number: return .literal(try number())
        case .symbol("-"), .symbol("+"): return .literal(try number())
        case .identifier(let name): return try call(name)
        default: throw unexpected()
        }
    }

    private mutating func parenthesised() throws(LogQLError) -> Expression {
        try expect("(")
        let inner = try expression()
        try expect(")")
        guard case .log(var log) = inner else { return inner }
        log.stages += try stages()
        return .log(log)
    }

    private mutating func call(_ name: String) throws(LogQLError) -> Expression {
        let place = current
        if let operation = RangeAggregation.Operation(rawValue: name) {
            advance()
            return .rangeAggregation(try rangeAggregation(operation, at: place))
        }
        if let operation = VectorAggregation.Operation(rawValue: name) {
            advance()
            return .vectorAggregation(try vectorAggregation(operation, at: place))
        }
        switch name {
        case "vector":
            advance()
            try expect("(")
            let value = try number()
            try expect(")")
            return .vector(value)
        case "label_replace":
            advance()
            return .labelReplace(try labelReplace())
        case "variants": throw failure("\"variants\" is not available", code: .unsupported)
        default: throw unexpected(expecting: "a selector, a number or a function")
        }
    }

    private mutating func labelReplace() throws(LogQLError) -> LabelReplace {
        try expect("(")
        let inner = try expression()
        if case .log = inner { throw failure("label_replace takes a metric query") }
        var texts: [String] = []
        var place = current
        for _ in 0..<4 {
            try expect(",")
            place = current
            texts.append(try string())
        }
        try expect(")")
        return LabelReplace(
            inner: inner, destination: texts[0], replacement: texts[1], source: texts[2], regex: try regex(texts[3], at: place))
    }

    private mutating func grouping() throws(LogQLError) -> Grouping? {
        guard at(word: "by") || at(word: "without") else { return nil }
        let isWithout = at(word: "without")
        advance()
        return Grouping(isWithout: isWithout, labels: try names())
    }

    private mutating func vectorAggregation(
        _ operation: VectorAggregation.Operation, at place: Token
    ) throws(LogQLError) -> VectorAggregation {
        var grouping = try grouping()
        try expect("(")
        var parameter: Int?
        if case .number(let value) = current.kind, following.kind == .symbol(",") {
            guard operation.takesParameter else {
                throw failure("unsupported parameter for operation \(operation.rawValue)(\(value), …)")
            }
            guard let count = Int(exactly: value), count > 0 else {
                throw failure("invalid parameter \(operation.rawValue)(\(value), …): it must be an integer greater than 0")
            }
            parameter = count
            advance()
            advance()
        } else if operation.takesParameter {
            throw failure("parameter required for operation \(operation.rawValue)", at: place)
        }
        let inner = try expression()
        try expect(")")
        if grouping == nil { grouping = try self.grouping() }
        if grouping != nil, [.approximateTopK, .sort, .sortDescending].contains(operation) {
            throw failure("grouping not allowed for \(operation.rawValue) aggregation", at: place)
        }
        if case .log = inner { throw failure("\(operation.rawValue) takes a metric query, not a log query", at: place) }
        return VectorAggregation(operation: operation, parameter: parameter, grouping: grouping, inner: inner)
    }
}
