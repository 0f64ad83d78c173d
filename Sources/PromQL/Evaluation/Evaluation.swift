import Telemetry

/// One run of one query: what it reads from, what it has used up, what it has to say.
///
/// Nodes come in two kinds. Those that handle one series at a time hand rows on through ``rows(of:over:to:)``; the others are computed
/// as a whole by ``value(of:over:)``. Either entrance serves every node.
final class Evaluation {
    let source: any SeriesSource
    let options: PromQLEngine.Options
    /// The steps of the query itself, which `@ start()` and `step()` mean even within a subquery.
    let queried: Grid
    let queryEnd: Milliseconds
    var notes = Notes()
    /// True below a function that needs a histogram's count or sum only: there the samples themselves tell of resets, since such
    /// functions also sum up what was never told to have been reset.
    var detectsResets = false
    /// How many samples each sample of the series under a range vector stands for; empty where each is one.
    var condensedCounts: [Double] = []
    /// What readers decode in.
    var scratch = ReadScratch()
    var budget: QueryBudget

    init(_ source: any SeriesSource, _ options: PromQLEngine.Options, queried: Grid, end: Milliseconds? = nil) {
        self.source = source
        self.options = options
        self.queried = queried
        queryEnd = end ?? queried.end
        budget = QueryBudget(options)
    }

    /// A part of a query that another thread evaluates.
    init(besides other: Evaluation) {
        source = other.source
        options = other.options
        queried = other.queried
        queryEnd = other.queryEnd
        budget = QueryBudget(besides: other.budget)
        detectsResets = other.detectsResets
    }

    /// Counts samples read or made, and stops a query that uses more than it may.
    func use(samples count: Int) throws(PromQLError) { try budget.use(samples: count) }

    func check(series count: Int) throws(PromQLError) {
        guard count <= options.maximumSeries else {
            throw PromQLError(.limit, "more than \(options.maximumSeries) series; make the selector narrower")
        }
    }

    /// Milliseconds of a duration that may depend on the query's step and range.
    func milliseconds(_ duration: DurationExpression, positive: Bool) throws(PromQLError) -> Milliseconds {
        let seconds = duration.seconds(
            step: Double(queried.step) / 1000, range: Double(queryEnd - queried.start) / 1000)
        guard seconds.magnitude <= DurationExpression.maximumSeconds else {
            throw PromQLError(.execution, "duration \(duration) is out of range")
        }
        guard !positive || seconds > 0 else { throw PromQLError(.execution, "duration \(duration) must be longer than 0") }
        return Milliseconds((seconds * 1000).rounded())
    }

    /// The time that `@` pins, if it does, and the offset.
    func resolve(_ shift: TimeShift) throws(PromQLError) -> (pin: Milliseconds?, offset: Milliseconds) {
        let offset = try shift.offset.map { (duration) throws(PromQLError) in try milliseconds(duration, positive: false) }
        return switch shift.pin {
        case nil: (nil, offset ?? 0)
        case .start: (queried.start, offset ?? 0)
        case .end: (queryEnd, offset ?? 0)
        case .time(let time): (time, offset ?? 0)
        }
    }

    /// Computes a node over all steps.
    func value(of expression: Expression, over grid: Grid) throws(PromQLError) -> StepValue {
        switch expression.kind {
        case .number(let value): return .scalar(Array(repeating: value, count: grid.count))
        case .string(let text): return .string(UnreadableBytes.repaired(text))
        case .parenthesized(let inner): return try value(of: inner, over: grid)
        default: break
        }
        if expression.type == .scalar { return .scalar(try scalar(expression, over: grid)) }
        var vector = StepVector()
        try rows(of: expression, over: grid) { (row) throws(PromQLError) in
            try self.budget.hold(row)
            vector.rows.append(row)
        }
        try check(series: vector.rows.count)
        try use(samples: vector.rows.count * grid.count)
        return .vector(vector)
    }

    /// Computes a node that yields a vector.
    func vector(_ expression: Expression, over grid: Grid) throws(PromQLError) -> StepVector {
        guard case .vector(let vector) = try value(of: expression, over: grid) else {
            throw PromQLError(.execution, "expected an instant vector", at: expression.position)
        }
        return vector
    }

    /// Computes a node that yields a number a step.
    func scalar(_ expression: Expression, over grid: Grid) throws(PromQLError) -> [Double] {
        switch expression.kind {
        case .number(let value):
            return Array(repeating: value, count: grid.count)
        case .parenthesized(let inner):
            return try scalar(inner, over: grid)
        case .unary(let negative, let operand):
            let values = try scalar(operand, over: grid)
            return negative ? values.map { -$0 } : values
        case .binary(let operation):
            let left = try scalar(operation.left, over: grid)
            let right = try scalar(operation.right, over: grid)
            return zip(left, right).map { Arithmetic.apply(operation.operator, $0, $1) }
        case .call(let name, let arguments):
            return try scalarCall(name, arguments, over: grid)
        default:
            throw PromQLError(.execution, "expected a scalar", at: expression.position)
        }
    }

    /// The text of a string argument.
    func text(_ expression: Expression) throws(PromQLError) -> String {
        guard case .string(let text) = expression.unwrapped.kind else {
            throw PromQLError(.execution, "expected a string", at: expression.position)
        }
        return UnreadableBytes.repaired(text)
    }
}
