import Telemetry

extension Evaluation {
    /// Slides a window over each series, both ends moving forward only.
    func slide(
        _ function: WindowFunction, _ arguments: [Expression], named name: String, over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        let operandIndex = function.scalarsBefore.count
        let operand = arguments[operandIndex]
        var others = arguments
        others.remove(at: operandIndex)
        let scalars = try stepArguments(others, over: grid)
        if name == "quantile_over_time" {
            for values in scalars { warnOfQuantile(values[0], at: others[0].position) }
        }
        let extended = try ExtendedRange(function: name, over: operand)
        try withDistinctRows(function.keepsName || staysDistinctWithoutName(operand), to: body) { (emit) throws(PromQLError) in
            try windowRows(of: operand, over: grid, in: CondensedWindows.aspect(of: name), to: emit) {
                (lane, labels, bounds) throws(PromQLError) in
                let (evaluation, columns) = (lane.evaluation, lane.columns)
                var row = Row(labels: function.keepsName ? labels : labels.withoutName, values: [])
                if let extended {
                    evaluation.slide(extended, labels, columns, bounds, at: operand.position, into: &row)
                } else if columns.hasHistograms {
                    try evaluation.slideMixed(function, labels, columns, bounds, scalars, at: operand.position, into: &row)
                } else if !evaluation.condensedCounts.isEmpty {
                    row.values = CondensedWindows.values(of: name, columns, counts: evaluation.condensedCounts, bounds)
                } else {
                    row.values = try evaluation.slide(function, columns, bounds, &lane.timeline, scalars)
                }
                guard !row.isEmpty else { return nil }
                if function.wantsCounter, !row.values.allSatisfy(\.isAbsent) {
                    evaluation.informOfCounter(labels, at: operand.position)
                }
                return row
            }
        }
    }

    /// Makes a row of each series under a range vector, whose samples are in the lane's columns.
    private func windowRows(
        of operand: Expression, over grid: Grid, in aspect: SampleReading.Aspect, to emit: @escaping RowBody,
        _ make: @escaping @Sendable (SeriesLane, Labels, WindowBounds) throws(PromQLError) -> Row?
    ) throws(PromQLError) {
        guard case .range(let selector, let duration) = operand.unwrapped.kind else {
            let lane = SeriesLane(self)
            return try series(of: operand, over: grid, in: aspect) { (labels, columns, bounds) throws(PromQLError) in
                lane.columns = columns
                if let row = try make(lane, labels, bounds) { try emit(row) }
            }
        }
        let bounds = try WindowBounds(self, selector.shift, duration, over: grid)
        let range = bounds.range(reaching: selector.reach, lookback: options.lookback)
        let readers = try readers(selector, in: range, for: bounds.reading(aspect, reaching: selector.reach))
        try forEachRow(
            of: readers, in: range, steps: grid.count,
            make: { (lane, labels, reader) throws(PromQLError) in
                try lane.evaluation.readCounts(reader, range, of: lane.columns, in: aspect)
                lane.columns.removeStaleMarkers()
                return lane.columns.isEmpty ? nil : try make(lane, labels, bounds)
            }, to: emit)
    }

    /// Windows of a series of floats.
    private func slide(
        _ function: WindowFunction, _ columns: SampleColumns, _ bounds: WindowBounds, _ timeline: inout WindowTimeline?,
        _ scalars: [[Double]]
    ) throws(PromQLError) -> [Double] {
        if let sliding = function.sliding {
            var shared = timeline.take() ?? WindowTimeline(bounds)
            defer { timeline = shared }
            if let values = sliding(columns, &shared, bounds, scalars) { return values }
        }
        var values = Array(repeating: Double.absent, count: bounds.grid.count)
        var window = Window(columns: columns, range: 0..<0, start: 0, end: 0, evaluationTime: 0)
        for step in values.indices {
            window.move(to: step, of: bounds)
            guard !window.range.isEmpty else { continue }
            values[step] = try function.body(window, scalars.isEmpty ? [] : scalars[step])
        }
        return values
    }

    /// Windows of a series in which histograms stand.
    private func slideMixed(
        _ function: WindowFunction, _ labels: Labels, _ columns: SampleColumns, _ bounds: WindowBounds, _ scalars: [[Double]],
        at position: SourcePosition, into row: inout Row
    ) throws(PromQLError) {
        row.values = Array(repeating: Double.absent, count: bounds.grid.count)
        var window = Window(columns: columns, range: 0..<0, start: 0, end: 0, evaluationTime: 0)
        for step in row.values.indices {
            window.move(to: step, of: bounds)
            guard !window.range.isEmpty else { continue }
            let floats = window.floatsOnly
            var found: [HistogramNote] = []
            if floats.range.count == window.range.count {
                row.values[step] = try function.body(floats, scalars.isEmpty ? [] : scalars[step])
            } else if let compute = function.histograms {
                row.set(compute(window, &found), at: step)
            } else if !floats.range.isEmpty {
                found.append(.ignoredInRange)
                row.values[step] = try function.body(floats, scalars.isEmpty ? [] : scalars[step])
            }
            for note in found { notes.add(note, metric: labels.metricName ?? "", at: position) }
        }
    }

    private func informOfCounter(_ labels: Labels, at position: SourcePosition) {
        guard let name = labels.metricName,
            !["_total", "_sum", "_count", "_bucket"].contains(where: name.hasSuffix)
        else { return }
        notes.inform(
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \(StringLiteral.quoted(name))",
            at: position)
    }
}

extension Window {
    /// Moves on to a later step.
    mutating func move(to step: Int, of bounds: WindowBounds) {
        end = bounds.end(step)
        start = end - bounds.length
        evaluationTime = bounds.grid.time(step)
        var (low, high) = (range.lowerBound, range.upperBound)
        while high < columns.count, columns.timestamps[high] <= end { high += 1 }
        while low < high, columns.timestamps[low] <= start { low += 1 }
        range = low..<high
    }

    /// The same window with the histograms left out; its range may be empty.
    var floatsOnly: Window {
        var floats = SampleColumns()
        for index in range where columns.histograms[index] == nil { floats.append(from: columns, at: index) }
        return Window(columns: floats, range: 0..<floats.count, start: start, end: end, evaluationTime: evaluationTime)
    }
}
