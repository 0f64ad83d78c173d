import Telemetry

extension Evaluation {
    /// The series of a selector with the reading done in one place, so that it is counted and its errors are ours.
    func readers(
        _ selector: VectorSelector, in range: ClosedRange<Milliseconds>, for reading: SampleReading = SampleReading()
    ) throws(PromQLError) -> [any SeriesReader] {
        do {
            let readers = try source.select(selector.matchers, in: range, for: reading)
            try check(series: readers.count)
            try budget.hold(rows: readers.count, steps: 0)
            return readers
        } catch let error as PromQLError {
            throw error
        } catch {
            throw PromQLError(.storage, "reading \(selector) failed: \(error)")
        }
    }

    /// Replaces the columns by a series' samples of a range.
    func read(
        _ reader: any SeriesReader, _ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns
    ) throws(PromQLError) {
        columns.removeAll()
        do {
            try reader.read(range, into: &columns, scratch: &scratch)
        } catch {
            throw PromQLError(.storage, "reading \(reader.labels) failed: \(error)")
        }
        try budget.use(bytes: scratch.takeBytesRead())
        try use(samples: columns.weight)
        if detectsResets, columns.hasHistograms { columns.detectResets() }
    }

    /// What is taken from the sample that a selector finds.
    enum Reading {
        case value
        /// That there is one: any number, and no histogram.
        case presence
        /// Its time, in seconds.
        case timestamp
        /// When its counter began to count, in seconds.
        case startTimestamp
    }

    /// Instant vector selector: at each step the last sample that is younger than the lookback and no stale marker.
    func select(
        _ selector: VectorSelector, at position: SourcePosition, over grid: Grid, _ reading: Reading, to body: @escaping RowBody
    ) throws(PromQLError) {
        if selector.reach == .smoothed, reading == .value {
            return try selectSmoothed(selector, at: position, over: grid, to: body)
        }
        let (pin, offset) = try resolve(selector.shift)
        let times = pin.map { Grid(start: $0, step: 0, count: 1) } ?? grid
        let first = times.start.subtractingClamped(offset)
        let range = first.subtractingClamped(max(options.lookback, 1) - 1)...times.end.subtractingClamped(offset)
        var purpose = SampleReading(lookingBack: options.lookback, from: first, every: times.step)
        if reading == .presence || reading == .timestamp { purpose.aspect = .presence }
        let lookback = options.lookback
        let readers = try readers(selector, in: range, for: purpose)
        try forEachRow(
            of: readers, in: range, steps: grid.count,
            make: { (lane, labels, _) throws(PromQLError) in
                var row = Row(labels: labels, values: Array(repeating: Double.absent, count: grid.count))
                guard row.take(reading, of: lane.columns, at: times, offset, lookback) else { return nil }
                if pin != nil { row.repeatFirst(count: grid.count) }
                return row
            }, to: body)
    }

    /// The series under a range vector, one after the other, each with its samples and where its windows lie.
    /// - Parameter aspect: what is given of samples that are condensed.
    func series(
        of expression: Expression, over grid: Grid, in aspect: SampleReading.Aspect = .course,
        to body: @escaping (Labels, SampleColumns, WindowBounds) throws(PromQLError) -> Void
    ) throws(PromQLError) {
        switch expression.kind {
        case .parenthesized(let inner):
            try series(of: inner, over: grid, in: aspect, to: body)
        case .range(let selector, let duration):
            let bounds = try WindowBounds(self, selector.shift, duration, over: grid)
            let range = bounds.range(reaching: selector.reach, lookback: options.lookback)
            var columns = SampleColumns()
            for reader in try readers(selector, in: range, for: bounds.reading(aspect, reaching: selector.reach)) {
                try read(reader, range, into: &columns)
                try readCounts(reader, range, of: columns, in: aspect)
                columns.removeStaleMarkers()
                if !columns.isEmpty { try body(reader.labels, columns, bounds) }
            }
        case .subquery(let subquery):
            let bounds = try WindowBounds(self, subquery.shift, subquery.window, over: grid)
            try rows(of: subquery, in: bounds) { (labels, columns) throws(PromQLError) in
                self.condensedCounts = []
                try body(labels, columns, bounds)
            }
        default:
            throw PromQLError(.execution, "expected a range vector", at: expression.position)
        }
    }

    /// Evaluates a subquery at all its steps at once; steps are multiples of its step, whatever the time of the query.
    private func rows(
        of subquery: Subquery, in bounds: WindowBounds, to body: @escaping (Labels, SampleColumns) throws(PromQLError) -> Void
    ) throws(PromQLError) {
        let step =
            try subquery.step.map { (duration) throws(PromQLError) in try milliseconds(duration, positive: true) }
            ?? options.subqueryStep
        guard step > 0 else { throw PromQLError(.execution, "the step of a subquery must be at least a millisecond") }
        let before = bounds.range.lowerBound - 1
        let start = (before >= 0 ? before / step : (before - step + 1) / step) * step + step
        guard start <= bounds.range.upperBound else { return }
        let steps = (bounds.range.upperBound - start) / step + 1
        guard steps <= Int64(options.maximumSubquerySteps) else {
            throw PromQLError(
                .limit,
                "subquery has \(steps) steps, more than \(options.maximumSubquerySteps); choose a longer step or a shorter range")
        }
        let grid = Grid(start: start, step: step, count: Int(steps))
        try use(samples: grid.count)
        if subquery.expression.type == .scalar {
            let values = try scalar(subquery.expression, over: grid)
            return try body(.empty, SampleColumns(timestamps: (0..<grid.count).map(grid.time), values: values))
        }
        try self.rows(of: subquery.expression, over: grid) { (row) throws(PromQLError) in
            try self.use(samples: grid.count)
            var columns = row.columns(over: grid)
            // Steps may skip samples or show one twice, so what was known of resets between samples no longer holds.
            for index in columns.histograms.indices where columns.histograms[index]?.resetHint != .gauge {
                columns.histograms[index]?.resetHint = .unknown
            }
            if !columns.isEmpty { try body(row.labels, columns) }
        }
    }
}

/// Where the windows of a range vector lie on the time axis.
struct WindowBounds {
    let grid: Grid
    let pin: Milliseconds?
    let offset: Milliseconds
    let length: Milliseconds

    init(_ evaluation: Evaluation, _ shift: TimeShift, _ window: DurationExpression, over grid: Grid) throws(PromQLError) {
        (pin, offset) = try evaluation.resolve(shift)
        length = try evaluation.milliseconds(window, positive: true)
        guard length > 0 else { throw PromQLError(.execution, "a range must be at least a millisecond") }
        self.grid = grid
    }

    /// End of the window of a step; the window begins after `end - length`.
    func end(_ step: Int) -> Milliseconds { (pin ?? grid.time(step)).subtractingClamped(offset) }

    /// All times that any window holds.
    var range: ClosedRange<Milliseconds> { end(0).subtractingClamped(length - 1)...end(grid.count - 1) }

    /// The same with the times beyond the bounds that `anchored` and `smoothed` look at.
    func range(reaching reach: VectorSelector.Reach?, lookback: Milliseconds) -> ClosedRange<Milliseconds> {
        guard let reach else { return range }
        let end = reach == .smoothed ? range.upperBound.subtractingClamped(-lookback) : range.upperBound
        return range.lowerBound.subtractingClamped(lookback)...end
    }
}

extension Milliseconds {
    /// Stops at a bound far outside of all times, where further arithmetic can't overflow.
    func subtractingClamped(_ other: Milliseconds) -> Milliseconds {
        let (value, overflow) = subtractingReportingOverflow(other)
        let bound: Milliseconds = 1 << 61
        return overflow ? (other > 0 ? -bound : bound) : Swift.min(Swift.max(value, -bound), bound)
    }
}
