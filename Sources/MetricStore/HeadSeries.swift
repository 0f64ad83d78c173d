internal import Telemetry

/// One series in memory: sealed chunks, a raw tail, late samples, and what is on its way into a block.
///
/// Reading lays them over each other in the order of writing: frozen part, chunks, tail, late. `late` never holds a time that the tail
/// holds, and was always written after the chunk it may overlap; so the last write wins everywhere.
struct HeadSeries: Sendable {
    /// Late samples a series collects before its chunks are made anew.
    static let maximumLate = 240
    /// Buckets of histograms that are held as they came, in the tail and among what is late, before they are encoded.
    static let maximumRawBuckets = 2048

    /// What is being written to a block; still answers queries until that is on disk.
    struct Frozen: Sendable {
        var chunks: [SealedChunk] = []
        var tail = SampleColumns()
        var late = SampleColumns()
    }

    let labels: [UInt8]
    let hash: UInt64
    /// Tells this series from earlier ones of its slot.
    let generation: UInt32
    /// How its sender named it last.
    var alias: SeriesAlias?
    private(set) var chunks: [SealedChunk] = []
    private(set) var tail = SampleColumns()
    /// Where the block that the tail will go into ends: a chunk reaches into one block only, which takes it over as it is.
    private var tailEnd: Milliseconds = .max
    private(set) var late = SampleColumns()
    var frozen: Frozen?
    /// The newest time ever taken; `Int64.min` before the first.
    private(set) var newest: Milliseconds = .min
    /// The segment of the write-ahead log that knows this series, and the last value written there.
    var loggedSegment: UInt64 = 0
    var loggedBits: UInt64 = 0
    /// The series that followed in the sender's order last time.
    var successor: Int32 = -1
    /// The place in ``SeriesSources`` of who brought it in, -1 where nobody said.
    var source: Int32 = -1
    /// The next series with the same hash.
    var nextOfHash: Int32 = -1
    /// Buckets of the tail's histograms.
    private var tailBuckets: Int32 = 0

    init(labels: [UInt8], hash: UInt64, generation: UInt32) {
        self.labels = labels
        self.hash = hash
        self.generation = generation
    }

    var isEmpty: Bool { tail.isEmpty && chunks.isEmpty && late.isEmpty && frozen == nil }

    /// A bound of the times held, or `nil` where nothing is.
    var span: ClosedRange<Milliseconds>? {
        var low = Milliseconds.max
        var high = Milliseconds.min
        func take(_ columns: SampleColumns) {
            guard let first = columns.timestamps.first, let last = columns.timestamps.last else { return }
            low = min(low, first)
            high = max(high, last)
        }
        func take(_ chunks: [SealedChunk]) {
            guard let first = chunks.first, let last = chunks.last else { return }
            low = min(low, first.visible.lowerBound)
            high = max(high, last.visible.upperBound)
        }
        take(chunks)
        take(tail)
        take(late)
        if let frozen {
            take(frozen.chunks)
            take(frozen.tail)
            take(frozen.late)
        }
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
        } else if let first = tail.timestamps.first, time >= first {
            HeadSeries.insert(time, value, into: &tail)
        } else {
            if late.count >= HeadSeries.maximumLate { foldLate(blockSpan) }
            HeadSeries.insert(time, value, into: &late)
        }
    }

    /// Takes a sample that is more than a number.
    mutating func append(
        _ value: Double, _ detail: SampleDetail, at time: Milliseconds, blockSpan: Milliseconds,
        _ timelines: inout TimelineEncoder
    ) {
        append(value, at: time, blockSpan: blockSpan, &timelines)
        if let first = tail.timestamps.first, time >= first {
            tail.set(detail, at: tail.timestamps.partition(atLeast: time))
            tailBuckets += Int32(detail.histogram?.bucketCount ?? 0)
            if tailBuckets >= HeadSeries.maximumRawBuckets { sealTail(&timelines) }
        } else {
            late.set(detail, at: late.timestamps.partition(atLeast: time))
            if late.bucketCount >= HeadSeries.maximumRawBuckets { foldLate(blockSpan) }
        }
    }

    private mutating func sealTail(_ timelines: inout TimelineEncoder) {
        guard !tail.isEmpty else { return }
        chunks.append(SealedChunk(tail, &timelines))
        tail.removeAll()
        tailBuckets = 0
    }

    private static func insert(_ time: Milliseconds, _ value: Double, into columns: inout SampleColumns) {
        let index = columns.timestamps.partition(atLeast: time)
        if index < columns.count, columns.timestamps[index] == time {
            columns.replace(at: index, value)
        } else {
            columns.insert(time, value, at: index)
        }
    }

    /// Makes the chunks anew with the late samples in them.
    private mutating func foldLate(_ blockSpan: Milliseconds) {
        var all = SampleColumns()
        for chunk in chunks { all.merge(chunk.read(.min ... .max)) }
        all.merge(late)
        late.removeAll()
        chunks = SealedChunk.chunks(of: all, blockSpan: blockSpan)
    }

    /// Takes away the samples of a range.
    /// - Returns: whether there may have been any.
    mutating func remove(_ range: ClosedRange<Milliseconds>) -> Bool {
        guard let span, span.overlaps(range) else { return false }
        chunks = chunks.flatMap { $0.removing([range]) }
        tail.remove(range)
        late.remove(range)
        if var part = frozen {
            part.chunks = part.chunks.flatMap { $0.removing([range]) }
            part.tail.remove(range)
            part.late.remove(range)
            frozen = part
        }
        return true
    }

    /// Sets aside everything before `cutoff` for a block. Nothing is decoded here: appends wait while this runs.
    /// - Returns: whether there was anything.
    mutating func freeze(before cutoff: Milliseconds) -> Bool {
        guard frozen == nil, let span, span.lowerBound < cutoff else { return false }
        var part = Frozen()
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
        part.tail = HeadSeries.cut(&tail, before: cutoff)
        part.late = HeadSeries.cut(&late, before: cutoff)
        frozen = part
        return true
    }

    private static func cut(_ columns: inout SampleColumns, before cutoff: Milliseconds) -> SampleColumns {
        let index = columns.timestamps.partition(atLeast: cutoff)
        guard index > 0 else { return SampleColumns() }
        let old = columns.slice(0..<index)
        columns = columns.slice(index..<columns.count)
        return old
    }

    /// What is frozen as chunks, none of them across the end of a block's span: the sealed ones as they are, unless something was late.
    func frozenChunks(after oldest: Milliseconds, blockSpan: Milliseconds) -> [SealedChunk] {
        guard let frozen else { return [] }
        let isPlain = frozen.late.isEmpty && frozen.chunks.allSatisfy(\.isWhole)
        guard isPlain, zip(frozen.chunks, frozen.chunks.dropFirst()).allSatisfy({ $0.span.upperBound < $1.span.lowerBound })
        else {
            return SealedChunk.chunks(of: frozenSamples(oldest ... .max), blockSpan: blockSpan)
        }
        let chunks = frozen.chunks + SealedChunk.chunks(of: frozen.tail, blockSpan: blockSpan)
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
        guard let frozen else { return all }
        for chunk in frozen.chunks where chunk.visible.overlaps(range) { all.merge(chunk.read(range)) }
        all.merge(frozen.tail.clipped(to: range))
        all.merge(frozen.late.clipped(to: range))
        return all
    }

    /// The samples of a range, oldest write first.
    func read(_ range: ClosedRange<Milliseconds>) -> SampleColumns {
        var all = frozenSamples(range)
        for chunk in chunks where chunk.visible.overlaps(range) { all.merge(chunk.read(range)) }
        all.merge(tail.clipped(to: range))
        all.merge(late.clipped(to: range))
        return all
    }
}
