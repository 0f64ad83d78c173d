package import Telemetry

/// Evaluates PromQL over a source of series: pure, synchronous, and bounded by ``Options``.
///
/// ```swift
/// let engine = PromQLEngine(source: store)
/// let result = try engine.instant("sum by (job) (rate(errors_total[5m]))", at: now)
/// ```
/// A query is parsed, then each node of the tree is computed for all steps at once. Each selected series is read once for the
/// whole range; windows slide over its columns. Where a node needs only one series at a time (functions, arithmetic with scalars, most
/// aggregations) series stream through it and are forgotten.
package struct PromQLEngine: Sendable {
    /// What a query may use, and how it looks back.
    package struct Options: Sendable {
        /// How old the last sample of a series may be.
        package var lookback: Milliseconds = 300_000
        /// Most samples a query may read and make in all.
        package var maximumSamples = 50_000_000
        /// Most bytes of blocks that are read for a query. Default 4 GiB.
        package var maximumBytes = 4 << 30
        /// Most bytes that rows and groups made for a query may take, those that were let go meanwhile counted too. Default 1 GiB.
        package var maximumMemoryBytes = 1 << 30
        /// Most series one selector may select, and one operation may yield.
        package var maximumSeries = 500_000
        /// Most steps of a range query.
        package var maximumSteps = 11_000
        /// Most steps of a subquery, over all steps of the query around it.
        package var maximumSubquerySteps = 2_000_000
        /// Longest time a query may take.
        package var deadline: Duration? = .seconds(120)
        /// Step of a subquery that names none.
        package var subqueryStep: Milliseconds = 60_000
        /// Who helps to make rows; `nil` has each query on the caller's thread alone.
        package var workers: (any QueryWorkers)?
        /// Whether a query may use what Prometheus counts as experimental.
        package var allowsExperimental = true

        /// The limits as they stand above.
        package init() {}
    }

    /// What selectors read from.
    package let source: any SeriesSource
    /// What every query may use.
    package let options: Options
    /// What earlier range queries found, where it is to be reused.
    package let reuse: RangeReuse?

    /// An engine over a source; cheap to make.
    package init(source: any SeriesSource, options: Options = Options(), reuse: RangeReuse? = nil) {
        self.source = source
        self.options = options
        self.reuse = reuse
    }

    /// The value of a query at one time.
    package func instant(_ query: String, at time: Milliseconds) throws(PromQLError) -> QueryResult {
        try instant(try PromQLParser.parse(query), at: time)
    }

    /// The value of a parsed query at one time.
    package func instant(_ expression: Expression, at time: Milliseconds) throws(PromQLError) -> QueryResult {
        if !options.allowsExperimental { try ExperimentalFeatures.refuse(in: expression) }
        let evaluation = Evaluation(source, options, queried: Grid(start: time, step: 0, count: 1))
        let value = try evaluation.instantResult(expression)
        return QueryResult(value: value, warnings: evaluation.notes.warnings, infos: evaluation.notes.infos)
    }

    /// The values of a query at each step from `start` through `end`.
    package func range(
        _ query: String, from start: Milliseconds, through end: Milliseconds, step: Milliseconds
    ) throws(PromQLError) -> QueryResult {
        try range(try PromQLParser.parse(query), from: start, through: end, step: step)
    }

    /// The values of a parsed query at each step from `start` through `end`.
    package func range(
        _ expression: Expression, from start: Milliseconds, through end: Milliseconds, step: Milliseconds
    ) throws(PromQLError) -> QueryResult {
        if !options.allowsExperimental { try ExperimentalFeatures.refuse(in: expression) }
        guard step > 0 else { throw PromQLError(.parse, "the step must be longer than 0") }
        guard end >= start else { throw PromQLError(.parse, "the end must not be before the start") }
        let (length, overflow) = end.subtractingReportingOverflow(start)
        guard !overflow, length / step < Int64(options.maximumSteps) else {
            throw PromQLError(.limit, "more than \(options.maximumSteps) steps; choose a longer step or a shorter range")
        }
        let grid = Grid(start: start, step: step, count: Int(length / step) + 1)
        guard let reuse, let past = source.settledPast(), let query = ReusableQuery(expression, options, over: grid) else {
            return try evaluate(expression, over: grid, end: end)
        }
        return try reuse.result(of: query, over: grid, past) { (grid) throws(PromQLError) in
            try evaluate(expression, over: grid, end: grid.end)
        }
    }

    private func evaluate(_ expression: Expression, over grid: Grid, end: Milliseconds) throws(PromQLError) -> QueryResult {
        let evaluation = Evaluation(source, options, queried: grid, end: end)
        let value = try evaluation.rangeResult(expression)
        return QueryResult(value: value, warnings: evaluation.notes.warnings, infos: evaluation.notes.infos)
    }
}
