internal import Compression
internal import Telemetry

/// Up to ``capacity`` samples of one series, encoded: the same bytes in memory and in a block.
struct SealedChunk: Sendable {
    /// Samples of a full chunk: one frame, one seek point.
    static let capacity = 240

    /// The times of its first and last sample.
    let span: ClosedRange<Milliseconds>
    /// The times that may be read from it. Narrower than ``span`` where what is going into a block ends within it.
    var visible: ClosedRange<Milliseconds>
    let count: Int
    private let timeBytes: Int
    private let bytes: [UInt8]

    /// - Precondition: at least one sample, ascending.
    init(_ columns: SampleColumns) {
        var timelines = TimelineEncoder()
        self.init(columns, &timelines)
    }

    /// The same with what is remembered of the chunks before it.
    init(_ columns: SampleColumns, _ timelines: inout TimelineEncoder) {
        span = columns.timestamps[0]...columns.timestamps[columns.count - 1]
        visible = span
        count = columns.count
        let times = timelines.encode(columns.timestamps)
        timeBytes = times.count
        bytes = times + DetailColumn.encodeValues(columns)
    }

    /// Takes over columns that are encoded already.
    init(times: [UInt8], values: [UInt8], span: ClosedRange<Milliseconds>, count: Int) {
        self.span = span
        visible = span
        self.count = count
        timeBytes = times.count
        bytes = times + values
    }

    /// Cuts columns into chunks, none of them across the end of a block's span, none with more buckets than a chunk is given.
    static func chunks(of columns: SampleColumns, blockSpan: Milliseconds) -> [SealedChunk] {
        var chunks: [SealedChunk] = []
        var start = 0
        while start < columns.count {
            let end = MetricStore.floor(columns.timestamps[start], blockSpan).saturatingAdd(blockSpan)
            let next = columns.end(ofBuckets: start..<min(start + capacity, columns.timestamps.partition(atLeast: end)))
            chunks.append(SealedChunk(columns.slice(start..<next)))
            start = next
        }
        return chunks
    }

    var byteCount: Int { bytes.count }
    var isWhole: Bool { visible == span }
    /// The encoded times and values.
    var timeColumn: ArraySlice<UInt8> { bytes[..<timeBytes] }
    var valueColumn: ArraySlice<UInt8> { bytes[timeBytes...] }

    /// The samples of a range.
    func read(_ range: ClosedRange<Milliseconds>) -> SampleColumns {
        guard visible.overlaps(range) else { return SampleColumns() }
        guard let times = TimeColumn.decode(timeColumn, count: count),
            let columns = DetailColumn.decode(valueColumn, times: times)
        else {
            assertionFailure("a chunk sealed in this process must be readable")
            return SampleColumns()
        }
        return columns.clipped(to: range.clamped(to: visible))
    }
}

extension SampleColumns {
    /// Where the samples at these places must end so that one chunk can hold their histograms.
    fileprivate func end(ofBuckets places: Range<Int>) -> Int {
        guard hasHistograms else { return places.upperBound }
        var buckets = 0
        for place in places {
            buckets += histograms[place]?.bucketCount ?? 0
            if buckets > HistogramColumn.maximumBuckets { return max(place, places.lowerBound + 1) }
        }
        return places.upperBound
    }
}
