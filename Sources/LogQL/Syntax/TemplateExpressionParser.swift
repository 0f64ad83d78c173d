import RegularExpressions

/// Reads what stands in an action: values, functions with arguments, pipes and parentheses.
struct TemplateExpressionParser {
    private typealias Expression = TemplateText.Expression

    private let tokens: ArraySlice<Token>
    /// Names of the variables that may be used, by their places.
    private let variables: [String]
    private var index: Int

    init(_ tokens: ArraySlice<Token>, variables: [String]) {
        self.tokens = tokens
        self.variables = variables
        index = tokens.startIndex
    }

    private var current: Token? { index < tokens.endIndex ? tokens[index] : nil }

    private mutating func take(_ symbol: String) -> Bool {
        guard current?.kind == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    /// The only expression that there is.
    mutating func whole() throws(LogQLError) -> TemplateText.Expression {
        let result = try pipeline(depth: 0)
        if let current { throw LogQLError(.parse, "invalid template: unexpected \(current.name)") }
        return result
    }

    private mutating func pipeline(depth: Int) throws(LogQLError) -> Expression {
        guard depth < TemplateText.maximumDepth else {
            throw LogQLError(.parse, "invalid template: nested deeper than \(TemplateText.maximumDepth)")
        }
        var value = try command(piped: nil, depth)
        while take("|") { value = try command(piped: value, depth) }
        return value
    }

    /// A value, or a function with its arguments; behind a pipe only the latter.
    private mutating func command(piped: Expression?, _ depth: Int) throws(LogQLError) -> Expression {
        guard let token = current else { throw LogQLError(.parse, "invalid template: missing value for command") }
        guard case .identifier(let name) = token.kind, literal(named: name) == nil else {
            guard piped == nil else { throw LogQLError(.parse, "invalid template: expected a function") }
            return try argument(depth)
        }
        index += 1
        guard let function = TemplateFunction(rawValue: name) else {
            throw LogQLError(.unsupported, "template function \"\(name)\" is not available")
        }
        var arguments: [Expression] = []
        while let token = current, token.kind != .symbol("|"), token.kind != .symbol(")") {
            arguments.append(try argument(depth))
        }
        if let piped { arguments.append(piped) }
        guard function.argumentCount.contains(arguments.count) else {
            throw LogQLError(.parse, "invalid template: wrong number of arguments for \(name)")
        }
        if function == .toDateInZone, case .literal(.text(let zone)) = arguments[1], !TemplateDate.isUTC(zone) {
            throw LogQLError(.unsupported, "invalid template: time zone \"\(zone)\" of toDateInZone; only UTC is available")
        }
        guard function.takesRegex else { return .call(function, arguments) }
        guard case .literal(.text(let pattern)) = arguments[0] else {
            throw LogQLError(.unsupported, "invalid template: the regular expression of \(name) must stand there as text")
        }
        do {
            return .match(function, try CompiledRegex(pattern), Array(arguments.dropFirst()))
        } catch {
            throw LogQLError(.parse, "invalid template: \(error)")
        }
    }

    private func literal(named name: String) -> Expression? {
        switch name {
        case "__line__": .line
        case "__timestamp__": .timestamp
        case "true": .literal(.boolean(true))
        case "false": .literal(.boolean(false))
        default: nil
        }
    }

    private mutating func argument(_ depth: Int) throws(LogQLError) -> Expression {
        guard let token = current else { throw LogQLError(.parse, "invalid template: missing value for command") }
        index += 1
        switch token.kind {
        case .symbol("."):
            guard case .identifier(let name)? = current?.kind, isAdjacent(token) else { return .dot }
            index += 1
            return members(of: .field(name))
        case .symbol("$"):
            guard case .identifier(let name)? = current?.kind, isAdjacent(token) else { return members(of: .root) }
            index += 1
            guard let place = variables.lastIndex(of: name) else {
                throw LogQLError(.parse, "invalid template: undefined variable \"$\(name)\"")
            }
            return members(of: .variable(place))
        case .symbol("("):
            let value = try pipeline(depth: depth + 1)
            guard take(")") else { throw LogQLError(.parse, "invalid template: unclosed left paren") }
            return members(of: value)
        case .string(let text): return .literal(.text(text))
        case .number(let value): return .literal(number(value))
        case .symbol("-"):
            guard case .number(let value)? = current?.kind else { break }
            index += 1
            return .literal(number(-value))
        case .identifier(let name):
            if let value = literal(named: name) { return value }
            // A function without arguments of its own may stand there only in parentheses.
            throw LogQLError(.parse, "invalid template: put the function \"\(name)\" and its arguments in parentheses")
        default: break
        }
        throw LogQLError(.parse, "invalid template: unexpected \(token.name)")
    }

    /// Fields of a value, as far as they follow without a blank: `.a.b`.
    private mutating func members(of value: Expression) -> Expression {
        var value = value
        while index > tokens.startIndex, let dot = current, dot.kind == .symbol("."), isAdjacent(tokens[index - 1]),
            index + 1 < tokens.endIndex, case .identifier(let name) = tokens[index + 1].kind,
            tokens[index + 1].range.lowerBound == dot.range.upperBound
        {
            value = .member(value, name)
            index += 2
        }
        return value
    }

    /// Whether the current token follows another without a blank.
    private func isAdjacent(_ token: Token) -> Bool { current?.range.lowerBound == token.range.upperBound }

    private func number(_ value: Double) -> TemplateValue {
        Int64(exactly: value).map { .integer($0) } ?? .number(value)
    }
}
