import Telemetry

extension QueryCursor {
    /// What stands behind a range function's name: `(0.9, {…} | … | unwrap x [5m] offset 1m) by (y)`.
    mutating func rangeAggregation(
        _ operation: RangeAggregation.Operation, at place: Token
    ) throws(LogQLError) -> RangeAggregation {
        try expect("(")
        var parameter: Double?
        if operation == .quantile {
            guard case .number(let value) = current.kind else { throw unexpected(expecting: "NUMBER") }
            parameter = value
            advance()
            try expect(",")
        }
        var range = RangeParts()
        try rangeOperand(&range)
        guard range.window != nil else { throw unexpected(expecting: "a range such as [5m]") }
        try expect(")")
        guard let selector = range.matchers, let window = range.window else {
            throw unexpected(expecting: "a range such as [5m]")
        }
        let aggregation = RangeAggregation(
            operation: operation, parameter: parameter, log: LogExpression(matchers: selector, stages: range.stages),
            unwrap: range.unwrap, stagesAfterUnwrap: range.stagesAfterUnwrap, range: window, offset: range.offset,
            grouping: try rangeGrouping())
        try check(aggregation, at: place)
        return aggregation
    }

    /// What has been read of a range's operand, whose parts may come in several orders.
    struct RangeParts {
        var matchers: [LabelMatcher]?
        var stages: [Stage] = []
        var unwrap: Unwrap?
        var stagesAfterUnwrap: [Stage] = []
        var window: Nanoseconds?
        var offset: Nanoseconds = 0
    }

    private mutating func rangeOperand(_ range: inout RangeParts) throws(LogQLError) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= LogQLParser.maximumDepth else {
            throw failure("nested deeper than \(LogQLParser.maximumDepth)", code: .limit)
        }
        if take("(") {
            try rangeOperand(&range)
            try expect(")")
        } else {
            range.matchers = try selector()
        }
        while true {
            let found = try stages()
            if range.unwrap == nil { range.stages += found } else { range.stagesAfterUnwrap += found }
            if at("|"), range.unwrap == nil {
                advance()
                range.unwrap = try unwrap()
            } else if at("["), range.window == nil {
                range.window = try window()
                if take(word: "offset") { range.offset = try signedDuration() }
            } else if found.isEmpty {
                return
            }
        }
    }

    private mutating func window() throws(LogQLError) -> Nanoseconds {
        try expect("[")
        guard case .duration(let window) = current.kind, window > 0 else {
            throw failure("not a valid duration string: a range is written like [5m]")
        }
        advance()
        try expect("]")
        return window
    }

    private mutating func signedDuration() throws(LogQLError) -> Nanoseconds {
        let isNegative = take("-")
        guard case .duration(let value) = current.kind else { throw unexpected(expecting: "DURATION") }
        advance()
        return isNegative ? -value : value
    }

    private mutating func unwrap() throws(LogQLError) -> Unwrap {
        advance()
        let name = try identifier()
        guard at("(") else { return Unwrap(label: name, conversion: .number) }
        guard let conversion = Unwrap.Conversion(rawValue: name), conversion != .number else {
            throw failure("unknown conversion \"\(name)\": duration, duration_seconds or bytes")
        }
        advance()
        let label = try identifier()
        try expect(")")
        return Unwrap(label: label, conversion: conversion)
    }

    private mutating func rangeGrouping() throws(LogQLError) -> Grouping? {
        guard at(word: "by") || at(word: "without") else { return nil }
        let isWithout = at(word: "without")
        advance()
        return Grouping(isWithout: isWithout, labels: try names())
    }

    private func check(_ aggregation: RangeAggregation, at place: Token) throws(LogQLError) {
        let operation = aggregation.operation
        if aggregation.grouping != nil, !operation.allowsGrouping {
            throw failure("grouping not allowed for \(operation.rawValue) aggregation", at: place)
        }
        if aggregation.unwrap != nil, !operation.allowsUnwrap {
            throw failure("invalid aggregation \(operation.rawValue) with unwrap", at: place)
        }
        if aggregation.unwrap == nil, operation.needsUnwrap {
            throw failure("invalid aggregation \(operation.rawValue) without unwrap", at: place)
        }
    }
}
