internal import Compression
internal import Synchronization
internal import Telemetry

/// One immutable block on disk, read in place.
///
/// The index is verified when the block is opened, a chunk whenever it is read. Of the index only what was read lately is kept on the
/// heap, and bounded.
final class Block: Sendable {
    /// Times of chunks that are kept decoded: two kilobytes each.
    private static let maximumCachedTimelines = 1024
    /// Labels that are kept as texts.
    static let maximumCachedLabels = 1 << 17

    /// Grows with every block written; of two blocks with the same sample the higher one was written later.
    let number: UInt64
    let path: String
    let window: Range<Milliseconds>
    let marks: [BlockMark]
    /// Numbers of the blocks that this one took the place of.
    let replaced: [UInt64]
    /// Length of the buckets that its samples were condensed to, 0 where they are as they came.
    let resolution: Milliseconds
    let span: ClosedRange<Milliseconds>
    let sampleCount: Int
    let seriesCount: Int
    let file: MappedFile
    let index: Int
    private let indexEnd: Int
    private let timelines: Int
    private let seriesOffsets: Int
    let postingsCount: Int
    let postingsOffsets: Int
    /// Labels read so far, by place: series share them, and texts are dear to make.
    let labelCache = Mutex<[Label?]>([])
    /// Times of chunks read so far, by timeline: series of one scrape share them.
    private let timeCache = Mutex<[Int: [Milliseconds]]>([:])
    /// What ``encodings()`` found.
    private let encodingCache = Mutex<[UInt8: Cardinality.Encoding]?>(nil)

    /// What of it was deleted since it was written.
    let deletions: BlockDeletions
    /// Whether nothing was, which is mostly so and cheaper to ask.
    let isWhole: Bool

    var byteCount: Int { file.count }

    /// - Throws: ``MetricStoreError`` with code `corrupt` where the file is not what was written.
    init(_ path: String, number: UInt64) throws(MetricStoreError) {
        let file = try MappedFile(path)
        func damaged(_ what: String) -> MetricStoreError { MetricStoreError(.corrupt, "block \(path): \(what)") }
        let footer = file.count - BlockBuilder.footerBytes
        guard footer >= BlockBuilder.magic.count, file.bytes(0..<8) == BlockBuilder.magic,
            file.bytes(footer + 24..<footer + 32) == BlockBuilder.magic
        else { throw damaged("not a block, or cut short") }
        guard file.checksum(footer..<footer + 20) == file.integer(UInt32.self, at: footer + 20),
            let start = file.integer(UInt64.self, at: footer).flatMap({ Int(exactly: $0) }),
            let length = file.integer(UInt64.self, at: footer + 8).flatMap({ Int(exactly: $0) }),
            start >= 8, length >= BlockBuilder.indexHeadBytes, start <= footer, length == footer - start
        else { throw damaged("the footer fails its checksum") }
        guard file.checksum(start..<start + length) == file.integer(UInt32.self, at: footer + 16) else {
            throw damaged("the index fails its checksum")
        }
        func field(_ place: Int) -> Int { Int(file.integer(UInt32.self, at: start + 4 * place) ?? 0) }
        guard let meta = BlockMeta(file, at: start + field(5), end: start + length),
            let least = file.integer(Int64.self, at: start + 24),
            let greatest = file.integer(Int64.self, at: start + 32), least <= greatest,
            let samples = file.integer(UInt64.self, at: start + 40).flatMap({ Int(exactly: $0) })
        else { throw damaged("the index makes no sense") }
        self.file = file
        self.path = path
        self.number = number
        window = meta.window
        marks = meta.marks
        replaced = meta.replaced
        resolution = meta.resolution
        span = least...greatest
        sampleCount = samples
        index = start
        indexEnd = start + length
        timelines = start + field(0)
        seriesCount = field(1)
        seriesOffsets = start + field(2)
        postingsCount = field(3)
        postingsOffsets = start + field(4)
        deletions = BlockDeletions()
        isWhole = true
    }

    /// The same block with some of it hidden.
    init(_ block: Block, hiding deletions: BlockDeletions) {
        number = block.number
        path = block.path
        window = block.window
        marks = block.marks
        replaced = block.replaced
        resolution = block.resolution
        span = block.span
        sampleCount = block.sampleCount
        seriesCount = block.seriesCount
        file = block.file
        index = block.index
        indexEnd = block.indexEnd
        timelines = block.timelines
        seriesOffsets = block.seriesOffsets
        postingsCount = block.postingsCount
        postingsOffsets = block.postingsOffsets
        self.deletions = deletions
        isWhole = deletions.isEmpty
    }

    /// Adds the samples of a series in a range to columns; they are later than what the columns hold.
    /// - Parameter wantsValues: whether values are looked at; else only stale markers are as they were.
    /// - Throws: ``MetricStoreError`` with code `corrupt` where a chunk fails its checksum.
    func read(
        _ series: UInt32, _ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns, wantsValues: Bool = true,
        scratch: inout ReadScratch
    ) throws(MetricStoreError) {
        guard !isWhole, let hidden = deletions[series] else {
            return try readAll(series, range, into: &columns, wantsValues, &scratch)
        }
        var part = SampleColumns()
        try readAll(series, range, into: &part, wantsValues, &scratch)
        for range in hidden { part.remove(range) }
        columns.merge(part)
    }

    // Queries spend their time in this and in the visiting of chunks, so both become part of their callers.
    @inline(__always) private func readAll(
        _ series: UInt32, _ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns, _ wantsValues: Bool,
        _ scratch: inout ReadScratch
    ) throws(MetricStoreError) {
        try forEachChunk(series, range) { place in
            guard let times = times(place), let form = file.byte(at: place.data.lowerBound) else { return false }
            let from = range.lowerBound <= place.span.lowerBound ? 0 : times.partition(atLeast: range.lowerBound)
            let to =
                range.upperBound >= place.span.upperBound
                ? times.count : times.partition(atLeast: range.upperBound.saturatingAdd(1))
            guard from < to else { return true }
            if !wantsValues, ValueColumn.isPlain(form) {
                columns.timestamps += times[from..<to]
                columns.values.append(contentsOf: repeatElement(0, count: to - from))
                columns.fillDetails()
                return true
            }
            guard file.read(place.data, into: &scratch.bytes) else { return false }
            scratch.bytesRead += place.data.count
            if DetailColumn.isMarked(scratch.bytes[...]) {
                guard let part = DetailColumn.decode(scratch.bytes[...], times: times) else { return false }
                columns.append(contentsOf: part.slice(from..<to))
                return true
            }
            defer { columns.fillDetails() }
            columns.timestamps += times[from..<to]
            return ValueColumn.decode(
                scratch.bytes[...], count: times.count, from..<to, into: &columns.values, scratch: &scratch.integers)
        }
    }

    /// The chunks of a series as they are, or what deletions left of them.
    /// - Throws: ``MetricStoreError`` with code `corrupt` where one fails its checksum.
    func chunks(_ series: UInt32) throws(MetricStoreError) -> [SealedChunk] {
        var result: [SealedChunk] = []
        try forEachChunk(series, .min ... .max) { place in
            guard let times = timeBytes(place), let values = file.bytes(place.data) else { return false }
            let chunk = SealedChunk(times: times, values: values, span: place.span, count: place.count)
            if let hidden = deletions[series] { result += chunk.removing(hidden) } else { result.append(chunk) }
            return true
        }
        return result
    }

    /// What the chunks cost by the encoding of their values, as their bytes say; damage is for readers to find.
    func encodings() -> [UInt8: Cardinality.Encoding] {
        if let known = encodingCache.withLock({ $0 }) { return known }
        var found: [UInt8: Cardinality.Encoding] = [:]
        for series in everySeries {
            try? forEachChunk(series, .min ... .max) { place in
                guard let form = file.bytes(place.data.prefix(1))?.first else { return false }
                let kind = ValueColumn.kind(of: form)
                found[kind, default: .init(name: ValueColumn.name(of: kind))].chunks += 1
                found[kind]?.samples += place.count
                found[kind]?.bytes += place.data.count
                return true
            }
        }
        encodingCache.withLock { [found] in $0 = found }
        return found
    }

    /// Where a chunk stands.
    struct ChunkPlace {
        var timeline: Int
        var data: Range<Int>
        var span: ClosedRange<Milliseconds>
        var count: Int
        var timeOffset: Int
    }

    /// Visits the chunks of a series that may have samples in a range, each once its checksum was seen to be right.
    /// - Parameter visit: false where the chunk is damaged all the same.
    @inline(__always) func forEachChunk(
        _ series: UInt32, _ range: ClosedRange<Milliseconds>, _ visit: (ChunkPlace) -> Bool
    ) throws(MetricStoreError) {
        guard span.overlaps(range) else { return }
        let damage = MetricStoreError(.corrupt, "block \(path): a chunk of series \(series) fails its checksum")
        var offset = record(series) + 8
        guard let labels = file.varint(at: &offset), labels <= UInt64(postingsCount) else { throw damage }
        for _ in 0..<labels { _ = file.varint(at: &offset) }
        guard let data = file.varint(at: &offset), let chunks = file.varint(at: &offset), var position = Int(exactly: data) else {
            throw damage
        }
        var timeline = -1
        for _ in 0..<chunks {
            guard let jump = file.varint(at: &offset), let length = file.varint(at: &offset), length <= UInt64(file.count) else {
                throw damage
            }
            timeline += Int(truncatingIfNeeded: Varint.unzigzag(jump)) + 1
            let start = position + 4
            position = start + Int(length)
            let entry = timelines + BlockBuilder.timelineBytes * timeline
            guard let least = file.integer(Int64.self, at: entry), let greatest = file.integer(Int64.self, at: entry + 8),
                let times = file.integer(UInt32.self, at: entry + 16), let count = file.integer(UInt32.self, at: entry + 20),
                least <= greatest, count > 0, count <= SealedChunk.capacity
            else { throw damage }
            if greatest < range.lowerBound { continue }
            if least > range.upperBound { break }
            // What was deleted must not harm what was not, damaged or not.
            if !isWhole, deletions.hidesAll(of: series, in: least...greatest) { continue }
            let place = ChunkPlace(
                timeline: timeline, data: start..<position, span: least...greatest, count: Int(count), timeOffset: Int(times))
            guard file.checksum(place.data) == file.integer(UInt32.self, at: start - 4), visit(place) else { throw damage }
        }
    }

    func times(_ place: ChunkPlace) -> [Milliseconds]? {
        if let known = timeCache.withLock({ $0[place.timeline] }) { return known }
        guard let bytes = timeBytes(place), let times = TimeColumn.decode(bytes[...], count: place.count) else { return nil }
        timeCache.withLock { cache in
            if cache.count >= Block.maximumCachedTimelines { cache.removeAll(keepingCapacity: true) }
            cache[place.timeline] = times
        }
        return times
    }

    /// Time columns stand one behind the other, in the order of the timelines that follow them.
    private func timeBytes(_ place: ChunkPlace) -> [UInt8]? {
        let columns = index + BlockBuilder.indexHeadBytes
        let start = columns + place.timeOffset
        let next = timelines + BlockBuilder.timelineBytes * (place.timeline + 1)
        // Behind the last timeline is the first series.
        guard next < record(0) else { return start <= timelines ? file.bytes(start..<timelines) : nil }
        guard let offset = file.integer(UInt32.self, at: next + 16) else { return nil }
        let end = columns + Int(offset)
        return start <= end && end <= timelines ? file.bytes(start..<end) : nil
    }

    func record(_ series: UInt32) -> Int {
        index + Int(file.integer(UInt32.self, at: seriesOffsets + 4 * Int(series)) ?? 0)
    }
}
