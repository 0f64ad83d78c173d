package import Telemetry

/// Runs LogQL over a log source.
///
/// A log query gives entries; a metric query gives numbers that windows of entries are made into. Both read each entry of the selected
/// streams once, in the source's order, and hold only what the answer needs.
package struct LogQLEngine: Sendable {
    /// What a query may use; beyond any of these it fails with a clear error.
    package struct Options: Sendable {
        /// Most entries that a log query may ask for.
        package var maximumEntries = 5_000
        /// Most series of a result.
        package var maximumSeries = 500
        /// Most series between the selector and the result.
        package var maximumIntermediateSeries = 100_000
        /// Most samples held at once.
        package var maximumSamples = 20_000_000
        /// Most bytes of lines looked at.
        package var maximumBytes = 64 << 30
        /// Most steps of a range query.
        package var maximumSteps = 11_000
        /// When to give up.
        package var deadline: ContinuousClock.Instant?

        package init() {}
    }

    private let source: any LogSource
    private let options: Options

    package init(source: any LogSource, options: Options = Options()) {
        self.source = source
        self.options = options
    }

    /// The same engine with a time to give up at.
    package func withDeadline(_ deadline: ContinuousClock.Instant) -> LogQLEngine {
        var changed = options
        changed.deadline = deadline
        return LogQLEngine(source: source, options: changed)
    }

    /// A metric query at one time.
    package func instant(
        _ query: String, at time: Nanoseconds, limit: Int = 100, direction: LogSelection.Direction = .backward
    ) throws(LogQLError) -> LogQLResult {
        let expression = try LogQLParser.expression(query)
        if case .log = expression {
            throw LogQLError(.parse, "log queries are not supported as an instant query: ask for a range", line: 1, column: 1)
        }
        let plan = try self.plan(expression, from: time, to: time)
        switch try plan.value(at: time) {
        case .number(let value): return .scalar(time, value)
        case .elements(let elements):
            try checkSeries(elements.count)
            return .vector(elements.map { LogVectorElement(labels: $0.labels, timestamp: time, value: $0.value) })
        }
    }

    /// A log query over `[from, to)`, or a metric query at each step from `from` to `to`.
    package func range(
        _ query: String, from: Nanoseconds, to: Nanoseconds, step: Nanoseconds, limit: Int = 100,
        direction: LogSelection.Direction = .backward
    ) throws(LogQLError) -> LogQLResult {
        let expression = try LogQLParser.expression(query)
        guard from <= to else { throw LogQLError(.parse, "the end of the range lies before its start") }
        if case .log(let log) = expression {
            guard limit <= options.maximumEntries else {
                throw LogQLError(
                    .limit, "max entries limit per query exceeded: \(limit) asked for, \(options.maximumEntries) allowed")
            }
            let evaluation = LogEvaluation(source: source, budget: QueryBudget(options), log: log)
            return .streams(try evaluation.run(from..<to, limit: limit, direction: direction))
        }
        guard step > 0 else { throw LogQLError(.parse, "the step must be greater than 0") }
        let (width, isTooWide) = to.subtractingReportingOverflow(from)
        guard !isTooWide, width / step < options.maximumSteps else {
            throw LogQLError(
                .limit, "more than \(options.maximumSteps) points per series: use a longer step or a shorter range")
        }
        let steps = (0...(width / step)).map { from + $0 * step }
        return try matrix(try plan(expression, from: from, to: steps[steps.count - 1]), steps)
    }

    private func plan(_ expression: Expression, from: Nanoseconds, to: Nanoseconds) throws(LogQLError) -> MetricPlan {
        try MetricPlan(
            expression, source, QueryBudget(options), from: from, to: to, maximumSeries: options.maximumIntermediateSeries)
    }

    private func matrix(_ plan: MetricPlan, _ steps: [Nanoseconds]) throws(LogQLError) -> LogQLResult {
        let budget = QueryBudget(options)
        var series: [LogMatrixSeries] = []
        var indexes: [Labels: Int] = [:]
        for time in steps {
            try budget.checkClock()
            let elements: [Element]
            switch try plan.value(at: time) {
            case .number(let value): elements = [Element(labels: .empty, value: value)]
            case .elements(let found): elements = found
            }
            for element in elements {
                let point = LogPoint(timestamp: time, value: element.value)
                if let index = indexes[element.labels] {
                    series[index].points.append(point)
                } else {
                    indexes[element.labels] = series.count
                    series.append(LogMatrixSeries(labels: element.labels, points: [point]))
                    try checkSeries(series.count)
                }
            }
        }
        return .matrix(series.sorted { $0.labels < $1.labels })
    }

    private func checkSeries(_ count: Int) throws(LogQLError) {
        guard count > options.maximumSeries else { return }
        throw LogQLError(
            .limit, "maximum of series (\(options.maximumSeries)) reached for a single query: aggregate by fewer labels")
    }
}
