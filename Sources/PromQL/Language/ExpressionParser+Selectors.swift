import RegularExpressions
import Telemetry

extension ExpressionParser {
    /// Conditions in braces (which may be absent after a bare name).
    mutating func selector(
        named bareName: String?, mayMatchEmpty: Bool = false
    ) throws(PromQLError) -> VectorSelector {
        let start = position
        var selector = VectorSelector(name: bareName, conditions: [])
        if skip("{") {
            while !skip("}") {
                try condition(into: &selector, bareName: bareName)
                if skip(",") { continue }
                try expect("}", "in a selector")
                break
            }
        }
        if !mayMatchEmpty, selector.matchers.allSatisfy(\.matchesEmpty) {
            throw failure("a selector must have at least one condition that does not match the empty string", at: start)
        }
        if bareName != nil, selector.conditions.contains(where: { $0.name == Labels.metricNameLabel }) {
            throw failure("the metric's name must not be set twice", at: start)
        }
        return selector
    }

    private mutating func condition(into selector: inout VectorSelector, bareName: String?) throws(PromQLError) {
        let start = position
        let name: String
        let isQuoted: Bool
        switch token {
        case .identifier(let text): (name, isQuoted) = (text, false)
        case .string(let text): (name, isQuoted) = (UnreadableBytes.repaired(text), true)
        default: throw unexpected("in a selector, expected a label's name")
        }
        advance()
        guard case .symbol(let symbol) = token, let operation = LabelMatcher.Operation(rawValue: symbol) else {
            // A quoted string alone is the metric's name.
            guard isQuoted else { throw unexpected("after a label's name, expected =, !=, =~ or !~") }
            guard selector.name == nil else { throw failure("the metric's name must not be set twice", at: start) }
            selector.name = name
            return
        }
        advance()
        guard case .string(let value) = token else { throw unexpected("after \(name)\(symbol), expected a quoted string") }
        do {
            selector.conditions.append(try LabelMatcher(name, operation, UnreadableBytes.repaired(value)))
        } catch {
            throw failure(error.description)
        }
        advance()
    }

    /// One of `[…]`, `offset …`, `@ …` behind an operand; false where there is none.
    mutating func suffix(of expression: inout Expression) throws(PromQLError) -> Bool {
        if token == .symbol("[") {
            expression = try window(of: expression)
            return true
        }
        if isKeyword("offset") {
            let start = position
            advance()
            let offset = try signedDuration()
            try checkLength(offset, at: start)
            expression = try shifted(expression, "offset", at: start) { shift in
                guard shift.offset == nil else { return false }
                shift.offset = offset
                return true
            }
            return true
        }
        if token == .symbol("@") {
            let start = position
            advance()
            let pin = try pin()
            expression = try shifted(expression, "@", at: start) { shift in
                guard shift.pin == nil else { return false }
                shift.pin = pin
                return true
            }
            return true
        }
        if case .identifier(let name) = token, let reach = VectorSelector.Reach(rawValue: name.lowercased()),
            expression.type == .range || expression.type == .vector
        {
            expression = try reaching(expression, reach)
            return true
        }
        return false
    }

    /// `anchored` or `smoothed` behind a selector.
    private mutating func reaching(
        _ expression: Expression, _ reach: VectorSelector.Reach
    ) throws(PromQLError) -> Expression {
        let start = position
        advance()
        switch expression.kind {
        case .selector(var selector) where selector.reach == nil && reach == .smoothed:
            selector.reach = reach
            return try node(.selector(selector), at: expression.position)
        case .range(var selector, let window) where selector.reach == nil:
            selector.reach = reach
            return try node(.range(selector, window: window), at: expression.position)
        case .selector(let selector) where selector.reach == nil:
            throw failure("anchored must stand behind a range", at: start)
        case .selector, .range:
            throw failure("anchored and smoothed may not be set twice, or both", at: start)
        default:
            throw failure("\(reach.rawValue) must stand behind a selector", at: start)
        }
    }

    /// `[5m]` behind a selector, `[5m:1m]` behind any instant vector.
    private mutating func window(of expression: Expression) throws(PromQLError) -> Expression {
        let start = position
        advance()
        let window = try duration()
        try checkPositive(window, at: start)
        if skip(":") {
            var step: DurationExpression?
            if token != .symbol("]") {
                step = try duration()
                if let step { try checkPositive(step, at: start) }
            }
            try expect("]", "in a subquery")
            guard expression.type == .vector || expression.type == .scalar else {
                throw failure("a subquery is only possible over an instant vector, not a \(expression.type.rawValue)", at: start)
            }
            return try node(.subquery(Subquery(expression: expression, window: window, step: step)), at: expression.position)
        }
        try expect("]", "in a range")
        guard case .selector(let selector) = expression.kind else {
            throw failure("a range is only possible behind a selector; for a subquery write [5m:]", at: start)
        }
        guard selector.shift == TimeShift(), selector.reach == nil else {
            throw failure("offset, @, anchored and smoothed must stand behind the range", at: start)
        }
        return try node(.range(selector, window: window), at: expression.position)
    }

    private func shifted(
        _ expression: Expression, _ what: String, at start: SourcePosition, _ change: (inout TimeShift) -> Bool
    ) throws(PromQLError) -> Expression {
        var accepted = true
        let kind: Expression.Kind
        switch expression.kind {
        case .selector(var selector):
            accepted = change(&selector.shift)
            kind = .selector(selector)
        case .range(var selector, let window):
            accepted = change(&selector.shift)
            kind = .range(selector, window: window)
        case .subquery(var subquery):
            accepted = change(&subquery.shift)
            kind = .subquery(subquery)
        default:
            throw failure("\(what) must stand behind a selector, a range or a subquery", at: start)
        }
        guard accepted else { throw failure("\(what) may not be set twice", at: start) }
        return try node(kind, at: expression.position)
    }

    private mutating func pin() throws(PromQLError) -> TimeShift.Pin {
        let start = position
        if isKeyword("start") || isKeyword("end") {
            let isStart = isKeyword("start")
            advance()
            try expect("(", "after @")
            try expect(")", "after @")
            return isStart ? .start : .end
        }
        var sign = 1.0
        if skip("-") { sign = -1 } else if skip("+") {}
        let seconds: Double
        switch token {
        case .number(let value): seconds = value
        case .duration(let duration): seconds = Double(duration) / 1000
        default: throw unexpected("after @, expected a time in seconds, start() or end()")
        }
        guard seconds.magnitude <= DurationExpression.maximumSeconds * 1000 else {
            throw failure("the time after @ is out of range", at: start)
        }
        advance()
        return .time(Milliseconds((sign * seconds * 1000).rounded()))
    }
}
