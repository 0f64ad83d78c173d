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
        /// Most series, or message shapes, between the selector and the result.
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
    package func instant(_ query: String, at time: Nanoseconds) throws(LogQLError) -> LogQLResult {
        try answer(LogQLRequest(query, .instant(time))).result
    }

    /// A log query over `[from, to)`, or a metric query at each step from `from` to `to`.
    package func range(
        _ query: String, from: Nanoseconds, to: Nanoseconds, step: Nanoseconds, limit: Int = 100,
        direction: LogSelection.Direction = .backward
    ) throws(LogQLError) -> LogQLResult {
        var request = LogQLRequest(query, .range(from: from, to: to, step: step))
        request.limit = limit
        request.direction = direction
        return try answer(request).result
    }

    /// The result of a query, and what it took.
    package func answer(_ request: LogQLRequest) throws(LogQLError) -> LogQLAnswer {
        let expression = try LogQLParser.expression(request.query)
        let budget = QueryBudget(options)
        let result: LogQLResult
        switch (request.times, expression) {
        case (.instant, .log):
            throw LogQLError(.parse, "log queries are not supported as an instant query: ask for a range", line: 1, column: 1)
        case (.instant(let time), _): result = try vector(expression, budget, at: time)
        case (.range(let from, let to, _), _) where from > to:
            throw LogQLError(.parse, "the end of the range lies before its start")
        case (.range(let from, let to, _), .log(let log)): result = try streams(log, budget, from..<to, request)
        case (.range(let from, let to, let step), _):
            result = try matrix(expression, budget, try steps(from: from, to: to, step: step))
        }
        return LogQLAnswer(result: result, statistics: budget.statistics)
    }

    /// The most frequent message shapes of a log query over a range, counted by steps. The range is shorter than 292 years.
    package func patterns(
        _ query: String, in range: Range<Nanoseconds>, step: Nanoseconds, limit: Int
    ) throws(LogQLError) -> [LogPattern] {
        guard case .log(var log) = try LogQLParser.expression(query) else {
            throw LogQLError(.parse, "patterns are found in logs: give a log query such as {app=\"web\"}")
        }
        guard step > 0 else { throw LogQLError(.parse, "the step must be greater than 0") }
        if log.shapeGrouping == nil { log.stages.append(.shape([])) }
        let evaluation = ShapeEvaluation(
            source: source, budget: QueryBudget(options), log: log, groupedBy: [],
            maximumShapes: options.maximumIntermediateSeries)
        return try evaluation.frequent(range, step: step).prefix(limit).map { key, sightings in
            let points = sightings.steps.sorted { $0.key < $1.key }.map { index, count in
                LogPoint(timestamp: range.lowerBound + Int64(index) * step, value: Double(count))
            }
            return LogPattern(pattern: key.shape, count: sightings.count, points: points)
        }
    }

    private func streams(
        _ log: LogExpression, _ budget: QueryBudget, _ range: Range<Nanoseconds>, _ request: LogQLRequest
    ) throws(LogQLError) -> LogQLResult {
        guard request.limit <= options.maximumEntries else {
            throw LogQLError(
                .limit, "max entries limit per query exceeded: \(request.limit) asked for, \(options.maximumEntries) allowed")
        }
        if let grouping = log.shapeGrouping {
            let evaluation = ShapeEvaluation(
                source: source, budget: budget, log: log, groupedBy: grouping,
                maximumShapes: options.maximumIntermediateSeries)
            return .streams(try evaluation.run(range, limit: request.limit))
        }
        let evaluation = LogEvaluation(
            source: source, budget: budget, log: log, categorizesLabels: request.categorizesLabels,
            maximumDistinct: options.maximumIntermediateSeries)
        return .streams(try evaluation.run(range, limit: request.limit, direction: request.direction))
    }

    private func vector(
        _ expression: Expression, _ budget: QueryBudget, at time: Nanoseconds
    ) throws(LogQLError) -> LogQLResult {
        switch try plan(expression, budget, [time]).value(at: time) {
        case .number(let value): return .scalar(time, value)
        case .elements(let elements):
            try checkSeries(elements.count)
            return .vector(elements.map { LogVectorElement(labels: $0.labels, timestamp: time, value: $0.value) })
        }
    }

    private func steps(from: Nanoseconds, to: Nanoseconds, step: Nanoseconds) throws(LogQLError) -> [Nanoseconds] {
        guard step > 0 else { throw LogQLError(.parse, "the step must be greater than 0") }
        let (width, isTooWide) = to.subtractingReportingOverflow(from)
        guard !isTooWide, width / step < options.maximumSteps else {
            throw LogQLError(
                .limit, "more than \(options.maximumSteps) points per series: use a longer step or a shorter range")
        }
        return (0...(width / step)).map { from + $0 * step }
    }

    private func plan(
        _ expression: Expression, _ budget: QueryBudget, _ steps: [Nanoseconds]
    ) throws(LogQLError) -> MetricPlan {
        try MetricPlan(expression, source, budget, steps: steps, maximumSeries: options.maximumIntermediateSeries)
    }

    private func matrix(
        _ expression: Expression, _ budget: QueryBudget, _ steps: [Nanoseconds]
    ) throws(LogQLError) -> LogQLResult {
        let plan = try plan(expression, budget, steps)
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
