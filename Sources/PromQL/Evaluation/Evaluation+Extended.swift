import Telemetry

extension Evaluation {
    /// Windows that look beyond their bounds.
    func slide(
        _ extended: ExtendedRange, _ labels: Labels, _ columns: SampleColumns, _ bounds: WindowBounds,
        at position: SourcePosition, into row: inout Row
    ) {
        row.values = Array(repeating: Double.absent, count: bounds.grid.count)
        var window = Window(columns: columns, range: 0..<0, start: 0, end: 0, evaluationTime: 0)
        for step in row.values.indices {
            window.move(to: step, of: bounds)
            var found: [HistogramNote] = []
            do {
                row.set(try extended.value(window, lookback: options.lookback, notes: &found), at: step)
            } catch {
                found.append(.mixedSchemas)
            }
            for note in found { notes.add(note, metric: labels.metricName ?? "", at: position) }
        }
    }

    /// `x smoothed`: between two samples the value that lies between theirs.
    func selectSmoothed(
        _ selector: VectorSelector, at position: SourcePosition, over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        let (pin, offset) = try resolve(selector.shift)
        let times = pin.map { Grid(start: $0, step: 0, count: 1) } ?? grid
        let (first, last) = (times.start.subtractingClamped(offset), times.end.subtractingClamped(offset))
        let range = first.subtractingClamped(max(options.lookback, 1) - 1)...last.subtractingClamped(-options.lookback)
        var columns = SampleColumns()
        for reader in try readers(selector, in: range) {
            try read(reader, range, into: &columns)
            columns.removeStaleMarkers()
            var row = Row(labels: reader.labels, values: Array(repeating: .absent, count: grid.count))
            var next = 0
            for step in 0..<times.count {
                let time = times.time(step).subtractingClamped(offset)
                while next < columns.count, columns.timestamps[next] <= time { next += 1 }
                let (sample, note) = smoothed(columns, before: next, at: time)
                row.set(sample, at: step)
                if let note { notes.add(note, metric: reader.labels.metricName ?? "", at: position) }
            }
            guard !row.isEmpty else { continue }
            if pin != nil { row.repeatFirst(count: grid.count) }
            try body(row)
        }
    }

    private func smoothed(
        _ columns: SampleColumns, before next: Int, at time: Milliseconds
    ) -> (SampleValue?, HistogramNote?) {
        guard next > 0, columns.timestamps[next - 1] > time.subtractingClamped(options.lookback) else { return (nil, nil) }
        let previous = columns.sample(next - 1)
        guard columns.timestamps[next - 1] < time, next < columns.count,
            columns.timestamps[next] <= time.subtractingClamped(-options.lookback)
        else { return (previous, nil) }
        guard (previous.number == nil) == (columns.sample(next).number == nil) else { return (nil, .mixedWithFloats) }
        let isCounter = previous.histogram.map { $0.resetHint != .gauge } ?? false
        do {
            return (try Interpolation(columns, next - 1, next, at: time, counter: isCounter).value, nil)
        } catch {
            return (nil, .mixedSchemas)
        }
    }
}
