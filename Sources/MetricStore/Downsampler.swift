internal import Telemetry

/// Condenses the samples of one series to one aggregate a bucket of time, `[k r, (k + 1) r)` for a resolution r.
///
/// - A sample that stands exactly on a bucket's bound is an aggregate of its own, as a window that ends there holds it while one that
///   begins there does not. So every window whose bounds are bounds of buckets consists of whole aggregates.
/// - A stale marker stays, and parts what is before from what is behind it.
/// - Of native histograms, and of a series that has some, samples are kept as they are: the first and the last of a bucket, and
///   those on both sides of a reset.
struct Downsampler {
    /// Chunks of what was made, in order of time.
    private var chunks: [SealedChunk] = []
    private let resolution: Milliseconds
    private var aggregates: [SampleAggregate] = []

    init(resolution: Milliseconds) {
        self.resolution = resolution
    }

    /// Takes in samples later than those before.
    mutating func add(_ columns: SampleColumns) {
        guard !columns.hasHistograms else {
            seal()
            chunks += SealedChunk.chunks(of: thinned(columns), blockSpan: .max)
            return
        }
        for (time, value) in zip(columns.timestamps, columns.values) { add(SampleAggregate(value, at: time)) }
    }

    /// Takes in an aggregate later than those before.
    mutating func add(_ later: SampleAggregate) {
        guard let last = aggregates.last, !last.isStaleMarker, !later.isStaleMarker,
            bucket(last.lastTime) == bucket(later.lastTime), !isOnBound(last)
        else {
            if aggregates.count == SealedChunk.capacity { seal() }
            aggregates.append(later)
            return
        }
        aggregates[aggregates.count - 1].add(later)
    }

    /// Ends with what was added.
    consuming func finish() -> [SealedChunk] {
        seal()
        return chunks
    }

    private mutating func seal() {
        if !aggregates.isEmpty { chunks.append(SealedChunk(aggregates, resolution: resolution)) }
        aggregates = []
    }

    private func bucket(_ time: Milliseconds) -> Milliseconds { MetricStore.floor(time, resolution) }

    private func isOnBound(_ aggregate: SampleAggregate) -> Bool { bucket(aggregate.lastTime) == aggregate.lastTime }

    private func thinned(_ columns: SampleColumns) -> SampleColumns {
        var columns = columns
        columns.detectResets()
        var kept = SampleColumns()
        for index in columns.timestamps.indices {
            let isFirst = index == 0 || isParted(columns, before: index)
            let isLast = index == columns.count - 1 || isParted(columns, before: index + 1)
            guard isFirst || isLast else { continue }
            kept.append(from: columns, at: index)
        }
        return kept
    }

    /// Whether a sample and the one before it belong to different buckets, or differ in kind, or a reset lies between them.
    private func isParted(_ columns: SampleColumns, before index: Int) -> Bool {
        let (earlier, time) = (columns.timestamps[index - 1], columns.timestamps[index])
        if bucket(earlier) != bucket(time) || bucket(earlier) == earlier { return true }
        switch (columns.histograms[index - 1], columns.histograms[index]) {
        case (_?, let later?): return later.resetHint == .reset
        case (nil, nil): return !(columns.values[index] >= columns.values[index - 1])
        default: return true
        }
    }
}

extension SealedChunk {
    /// - Precondition: at least one aggregate, ascending.
    init(_ aggregates: [SampleAggregate], resolution: Milliseconds) {
        let times = aggregates.map(\.lastTime)
        // All chunks of these times must have one span, wherever in its bucket a series began.
        let start = MetricStore.floor(times[0], resolution)
        self.init(
            times: TimeColumn.encode(times), values: AggregateColumn.encode(aggregates), span: start...times[times.count - 1],
            count: times.count)
    }

    /// The aggregates it holds; `nil` where it holds samples.
    var aggregates: [SampleAggregate]? {
        guard AggregateColumn.isMarked(valueColumn), let times = TimeColumn.decode(timeColumn, count: count) else { return nil }
        return AggregateColumn(valueColumn, count: count)?.aggregates(times)
    }

    /// What is left of one that holds aggregates: those go that have any part in a range.
    func removingAggregates(_ ranges: [ClosedRange<Milliseconds>], _ aggregates: [SampleAggregate]) -> [SealedChunk] {
        let kept = aggregates.filter { $0.isOutside(ranges) }
        guard let last = kept.last else { return [] }
        return [
            SealedChunk(
                times: TimeColumn.encode(kept.map(\.lastTime)), values: AggregateColumn.encode(kept),
                span: span.lowerBound...last.lastTime, count: kept.count)
        ]
    }
}
