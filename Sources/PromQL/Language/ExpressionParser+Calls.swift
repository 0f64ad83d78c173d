import Telemetry

extension ExpressionParser {
    /// What follows an aggregation's name.
    mutating func aggregation(_ aggregator: Aggregation.Operator, at start: SourcePosition) throws(PromQLError) -> Expression {
        var grouping: (labels: [String], without: Bool)?
        try clause(&grouping)
        let hadClause = grouping != nil
        var arguments = try argumentList("in \(aggregator.rawValue)")
        if !hadClause { try clause(&grouping) }
        let expected = aggregator.parameterType == nil ? 1 : 2
        guard arguments.count == expected else {
            throw failure("\(aggregator.rawValue) takes \(expected) argument(s), got \(arguments.count)", at: start)
        }
        let operand = arguments.removeLast()
        try check(operand, is: .vector, "in \(aggregator.rawValue)")
        if let parameter = arguments.first, let type = aggregator.parameterType {
            try check(parameter, is: type, "as the parameter of \(aggregator.rawValue)")
        }
        let aggregation = Aggregation(
            aggregator: aggregator, parameter: arguments.first, expression: operand, grouping: grouping?.labels ?? [],
            without: grouping?.without ?? false)
        return try node(.aggregation(aggregation), at: start)
    }

    private mutating func clause(_ grouping: inout (labels: [String], without: Bool)?) throws(PromQLError) {
        if skip(keyword: "by") {
            grouping = (try labelList("after by"), false)
        } else if skip(keyword: "without") {
            grouping = (try labelList("after without"), true)
        }
    }

    /// Label names in parentheses; a comma may end the list.
    mutating func labelList(_ context: String) throws(PromQLError) -> [String] {
        try expect("(", context)
        var names: [String] = []
        while !skip(")") {
            switch token {
            case .identifier(let name) where StringLiteral.isLabelName(name): names.append(name)
            case .string(let name): names.append(UnreadableBytes.repaired(name))
            default: throw unexpected("\(context), expected a label's name")
            }
            advance()
            if skip(",") { continue }
            try expect(")", context)
            break
        }
        return names
    }

    private mutating func argumentList(_ context: String) throws(PromQLError) -> [Expression] {
        try expect("(", context)
        var arguments: [Expression] = []
        guard !skip(")") else { return arguments }
        repeat {
            arguments.append(try expression())
        } while skip(",")
        try expect(")", context)
        return arguments
    }

    /// The arguments of `info`: a vector and, as an option, conditions in braces, which may match the empty string.
    private mutating func infoArguments() throws(PromQLError) -> [Expression] {
        try expect("(", "in info")
        guard !skip(")") else { return [] }
        var arguments = [try expression()]
        if skip(",") {
            let start = position
            guard token == .symbol("{") else { throw unexpected("in info, expected conditions in braces") }
            arguments.append(try node(.selector(try selector(named: nil, mayMatchEmpty: true)), at: start))
        }
        try expect(")", "in info")
        return arguments
    }

    /// A function's arguments, checked against its signature.
    mutating func call(_ name: String, at start: SourcePosition) throws(PromQLError) -> Expression {
        guard let function = FunctionTable.named(name) else {
            throw failure("there is no function \"\(name)\"", at: start)
        }
        let arguments = name == "info" ? try infoArguments() : try argumentList("in \(name)")
        let most = function.repeatsLast ? Int.max : function.parameters.count
        let least = function.parameters.count - function.optional
        guard arguments.count >= least, arguments.count <= most else {
            let expected = least == most ? "\(least)" : most == .max ? "at least \(least)" : "\(least) to \(most)"
            throw failure("\(name) takes \(expected) argument(s), got \(arguments.count)", at: start)
        }
        for (index, argument) in arguments.enumerated() {
            let type = function.parameters[min(index, function.parameters.count - 1)]
            try check(argument, is: type, "in \(name)")
        }
        return try node(.call(name: name, arguments: arguments), at: start)
    }

    func check(_ expression: Expression, is type: ValueType, _ context: String) throws(PromQLError) {
        guard expression.type == type else {
            throw failure("expected \(type.rawValue) \(context), got \(expression.type.rawValue)", at: expression.position)
        }
    }

    /// `bool`, `on`, `ignoring`, `group_left`, `group_right` behind an operator.
    mutating func modifiers(of operation: inout BinaryOperation) throws(PromQLError) {
        if skip(keyword: "bool") {
            guard operation.operator.isComparison else { throw failure("bool is only possible behind a comparison") }
            operation.returnsBool = true
        }
        let isMatching = isKeyword("on") || isKeyword("ignoring")
        if isMatching {
            operation.matching.on = isKeyword("on")
            advance()
            operation.matching.labels = try labelList(operation.matching.on ? "after on" : "after ignoring")
        }
        if isMatching, isKeyword("group_left") || isKeyword("group_right") {
            guard !operation.operator.isSet else { throw failure("no grouping is possible for set operations") }
            operation.matching.manySide = isKeyword("group_left") ? .left : .right
            advance()
            if token == .symbol("(") { operation.matching.include = try labelList("after group_left or group_right") }
        }
        try fill(of: &operation.matching)
        if operation.matching.fill != nil, operation.operator.isSet {
            throw failure("nothing can be filled in for set operations")
        }
    }

    /// `fill`, `fill_left` and `fill_right`, each at most once.
    private mutating func fill(of matching: inout VectorMatching) throws(PromQLError) {
        while following == .symbol("("), case .identifier(let name) = token,
            let keyword = ["fill", "fill_left", "fill_right"].first(where: { $0 == name.lowercased() })
        {
            let start = position
            advance()
            advance()
            let negative = skip("-")
            if !negative { _ = skip("+") }
            let magnitude: Double
            switch token {
            case .number(let value): magnitude = value
            case .duration(let value): magnitude = Double(value) / 1000
            case .identifier(let name) where ["inf", "nan"].contains(name.lowercased()):
                magnitude = name.lowercased() == "inf" ? .infinity : .nan
            default: throw unexpected("in \(keyword), expected a number")
            }
            advance()
            try expect(")", "in \(keyword)")
            let value = negative ? -magnitude : magnitude
            var fill = matching.fill ?? VectorMatching.Fill()
            let isTwice = (keyword != "fill_right" && fill.left != nil) || (keyword != "fill_left" && fill.right != nil)
            guard !isTwice else { throw failure("a side must not be filled twice", at: start) }
            if keyword != "fill_right" { fill.left = value }
            if keyword != "fill_left" { fill.right = value }
            matching.fill = fill
        }
    }

    func check(_ operation: inout BinaryOperation, at start: SourcePosition) throws(PromQLError) {
        for operand in [operation.left, operation.right] where operand.type != .scalar && operand.type != .vector {
            let types = "expected scalar or instant vector"
            throw failure("\(types) beside \(operation.operator.rawValue), got \(operand.type.rawValue)", at: operand.position)
        }
        let scalars = [operation.left, operation.right].count { $0.type == .scalar }
        if scalars > 0, operation.operator.isSet {
            throw failure("set operator \(operation.operator.rawValue) needs instant vectors on both sides", at: start)
        }
        if scalars == 2, operation.operator.isComparison, !operation.returnsBool {
            throw failure("comparisons between scalars must use bool", at: start)
        }
        if scalars > 0, operation.matching != VectorMatching() {
            throw failure("vector matching is only possible between instant vectors", at: start)
        }
        let twice = operation.matching.include.first { operation.matching.labels.contains($0) }
        if operation.matching.on, let twice {
            throw failure("label \"\(twice)\" must not stand in on and in the group clause at once", at: start)
        }
    }
}
