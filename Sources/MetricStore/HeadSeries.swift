internal import Telemetry

/// One series in memory: sealed chunks, a tail, late samples, and what is on its way into a block.
///
/// Reading lays them over each other in the order of writing: frozen part, chunks, tail, late. `late` never holds a time that the tail
/// holds, and was always written after the chunk it may overlap; so the last write wins everywhere.
///
/// There may be millions of these, so what few series have stands behind one word.
struct HeadSeries: Sendable {
    /// Late samples a series collects before its chunks are made anew.
    static let maximumLate = 240
    /// Buckets of histograms that are held as they came, in the tail and among what is late, before they are encoded.
    static let maximumRawBuckets = 2048

    /// What is being written to a block; still answers queries until that is on disk.
    struct Frozen: Sendable {
        var chunks: [SealedChunk] = []
        var tail: SeriesTail
        var late: SampleColumns

        var columnSpans: [ClosedRange<Milliseconds>] { chunks.map(\.visible) + [tail.span, late.span].compactMap(\.self) }
    }

    let labels: [UInt8]
    /// How its sender named it last.
    var alias = SeriesAlias.none
    private(set) var chunks: [SealedChunk] = []
    private(set) var tail = SeriesTail()
    /// Where the block that the tail will go into ends: a chunk reaches into one block only, which takes it over as it is.
    private var tailEnd: Milliseconds = .max
    /// What came late: one element, or none.
    private var lateColumns: [SampleColumns] = []
    /// One element, or none.
    private var frozenParts: [Frozen] = []
    /// The newest time ever taken; `Int64.min` before the first.
    private(set) var newest: Milliseconds = .min
    /// The last value written to the write-ahead log, and the low half of the number of the segment that knows this series.
    var loggedBits: UInt64 = 0
    private var loggedSegment: UInt32 = 0
    /// Tells this series from earlier ones of its slot.
    let generation: UInt32
    /// The series that followed in the sender's order last time.
    var successor: Int32 = -1
    /// The place in ``SeriesSources`` of who brought it in, -1 where nobody said.
    var source: Int32 = -1
    /// The next series with the same hash.
    var nextOfHash: Int32 = -1

    init(labels: [UInt8], generation: UInt32) {
        self.labels = labels
        self.generation = generation
    }

    var isEmpty: Bool { tail.isEmpty && chunks.isEmpty && lateColumns.isEmpty && frozenParts.isEmpty }
    var isFrozen: Bool { !frozenParts.isEmpty }

    /// Samples that are not on their way into a block.
    var sampleCount: Int { chunks.reduce(0) { $0 + $1.count } + tail.count + late.count }

    private(set) var late: SampleColumns {
        get { lateColumns.first ?? SampleColumns() }
        set { lateColumns = newValue.isEmpty ? [] : [newValue] }
    }

    /// Notes that a segment of the write-ahead log gets to know this series.
    /// - Returns: whether it knew it already. Segments are far fewer than would share the low half of their number.
    mutating func markLogged(in segment: UInt64) -> Bool {
        let short = UInt32(truncatingIfNeeded: segment)
        if loggedSegment == short { return true }
        loggedSegment = short
        loggedBits = 0
        return false
    }

    /// A bound of the times held, or `nil` where nothing is.
    var span: ClosedRange<Milliseconds>? {
        var low = Milliseconds.max
        var high = Milliseconds.min
        func take(_ span: ClosedRange<Milliseconds>?) {
            guard let span else { return }
            low = min(low, span.lowerBound)
            high = max(high, span.upperBound)
        }
        take(chunks.first?.visible)
        take(chunks.last?.visible)
        take(tail.span)
        for columns in lateColumns { take(columns.span) }
        for span in frozenParts.first?.columnSpans ?? [] { take(span) }
        return low <= high ? low...high : nil
    }

    /// - Parameters:
    ///   - blockSpan: the length of a block in time.
    ///   - timelines: what series seal together, they encode once.
    mutating func append(
        _ value: Double, at time: Milliseconds, blockSpan: Milliseconds, _ timelines: inout TimelineEncoder
    ) {
        if tail.count >= SealedChunk.capacity { sealTail(&timelines) }
        if time > newest {
            if time >= tailEnd { sealTail(&timelines) }
            if tail.isEmpty { tailEnd = MetricStore.floor(time, blockSpan).saturatingAdd(blockSpan) }
            tail.append(time, value)
            newest = time
        } else if let span = tail.span, time >= span.lowerBound {
            tail.insert(time, value)
        } else {
            if late.count >= HeadSeries.maximumLate { foldLate(blockSpan) }
            if lateColumns.isEmpty { lateColumns.append(SampleColumns()) }
            lateColumns[0].put(time, value)
        }
    }

    /// Takes a sample that is more than a number.
    mutating func append(
        _ value: Double, _ detail: SampleDetail, at time: Milliseconds, blockSpan: Milliseconds,
        _ timelines: inout TimelineEncoder
    ) {
        append(value, at: time, blockSpan: blockSpan, &timelines)
        if let span = tail.span, time >= span.lowerBound {
            tail.set(detail, at: time)
            if tail.bucketCount >= HeadSeries.maximumRawBuckets { sealTail(&timelines) }
        } else {
            lateColumns[0].set(detail, at: late.timestamps.partition(atLeast: time))
            if late.bucketCount >= HeadSeries.maximumRawBuckets { foldLate(blockSpan) }
        }
    }

    private mutating func sealTail(_ timelines: inout TimelineEncoder) {
        guard !tail.isEmpty else { return }
        chunks.append(SealedChunk(tail.columns, &timelines))
        tail = SeriesTail()
    }

    /// Makes the chunks anew with the late samples in them.
    private mutating func foldLate(_ blockSpan: Milliseconds) {
        var all = SampleColumns()
        for chunk in chunks { all.merge(chunk.read(.min ... .max)) }
        all.merge(late)
        lateColumns = []
        chunks = SealedChunk.chunks(of: all, blockSpan: blockSpan)
    }

    /// Takes away the samples of a range.
    /// - Returns: whether there may have been any.
    mutating func remove(_ range: ClosedRange<Milliseconds>) -> Bool {
        guard let span, span.overlaps(range) else { return false }
        chunks = chunks.flatMap { $0.removing([range]) }
        tail.remove(range)
        late.remove(range)
        for index in frozenParts.indices {
            frozenParts[index].chunks = frozenParts[index].chunks.flatMap { $0.removing([range]) }
            frozenParts[index].tail.remove(range)
            frozenParts[index].late.remove(range)
        }
        return true
    }

    /// Sets aside everything before `cutoff` for a block. Nothing is encoded here: appends wait while this runs.
    /// - Returns: whether there was anything.
    mutating func freeze(before cutoff: Milliseconds) -> Bool {
        guard frozenParts.isEmpty, let span, span.lowerBound < cutoff else { return false }
        var part = Frozen(tail: tail.cut(before: cutoff), late: late.slice(0..<late.timestamps.partition(atLeast: cutoff)))
        if !part.late.isEmpty { late.remove(.min...cutoff - 1) }
        var kept: [SealedChunk] = []
        for chunk in chunks {
            if chunk.visible.lowerBound < cutoff {
                var old = chunk
                old.visible = chunk.visible.lowerBound...min(chunk.visible.upperBound, cutoff - 1)
                part.chunks.append(old)
            }
            if chunk.visible.upperBound >= cutoff {
                var new = chunk
                new.visible = max(chunk.visible.lowerBound, cutoff)...chunk.visible.upperBound
                kept.append(new)
            }
        }
        chunks = kept
        frozenParts = [part]
        return true
    }

    /// Forgets what was set aside: a block holds it now.
    mutating func discardFrozen() { frozenParts = [] }

    /// What is frozen as chunks, none of them across the end of a block's span: the sealed ones as they are, unless something was late.
    /// - Parameter timelines: what series seal together, they encode once.
    func frozenChunks(
        after oldest: Milliseconds, blockSpan: Milliseconds, _ timelines: inout TimelineEncoder
    ) -> [SealedChunk] {
        guard let frozen = frozenParts.first else { return [] }
        var chunks = frozen.chunks
        if !frozen.tail.isEmpty { chunks.append(SealedChunk(frozen.tail.columns, &timelines)) }
        guard frozen.late.isEmpty, chunks.allSatisfy(\.isWhole),
            zip(chunks, chunks.dropFirst()).allSatisfy({ $0.span.upperBound < $1.span.lowerBound })
        else {
            return SealedChunk.chunks(of: frozenSamples(oldest ... .max), blockSpan: blockSpan)
        }
        guard let first = chunks.first, first.span.lowerBound < oldest else { return chunks }
        // What is past its retention does not go to disk any more.
        return chunks.flatMap { chunk in
            chunk.span.lowerBound >= oldest
                ? [chunk] : SealedChunk.chunks(of: chunk.read(oldest...max(oldest, chunk.span.upperBound)), blockSpan: blockSpan)
        }
    }

    /// The frozen samples, merged.
    func frozenSamples(_ range: ClosedRange<Milliseconds> = .min ... .max) -> SampleColumns {
        var all = SampleColumns()
        guard let frozen = frozenParts.first else { return all }
        for chunk in frozen.chunks where chunk.visible.overlaps(range) { all.merge(chunk.read(range)) }
        all.merge(frozen.tail.read(range))
        all.merge(frozen.late.clipped(to: range))
        return all
    }

    /// The samples of a range, oldest write first.
    func read(_ range: ClosedRange<Milliseconds>) -> SampleColumns {
        var all = frozenSamples(range)
        for chunk in chunks where chunk.visible.overlaps(range) { all.merge(chunk.read(range)) }
        all.merge(tail.read(range))
        all.merge(late.clipped(to: range))
        return all
    }
}
