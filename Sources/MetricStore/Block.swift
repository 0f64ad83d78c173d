internal import Compression
internal import Telemetry

/// One immutable block on disk, read in place.
///
/// The index is verified when the block is opened, a chunk whenever it is read. Nothing of the index is kept on the heap.
final class Block: Sendable {
    /// Grows with every block written; of two blocks with the same sample the higher one was written later.
    let number: UInt64
    let path: String
    let window: Range<Milliseconds>
    let marks: [BlockMark]
    /// Numbers of the blocks that this one took the place of.
    let replaced: [UInt64]
    let span: ClosedRange<Milliseconds>
    let sampleCount: Int
    let seriesCount: Int
    private let file: MappedFile
    private let index: Int
    private let indexEnd: Int
    private let timelines: Int
    private let seriesOffsets: Int
    private let postingsCount: Int
    private let postingsOffsets: Int

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
        guard let meta = BlockMeta(file, at: start + field(5)), let least = file.integer(Int64.self, at: start + 24),
            let greatest = file.integer(Int64.self, at: start + 32), least <= greatest,
            let samples = file.integer(UInt64.self, at: start + 40).flatMap({ Int(exactly: $0) })
        else { throw damaged("the index makes no sense") }
        self.file = file
        self.path = path
        self.number = number
        window = meta.window
        marks = meta.marks
        replaced = meta.replaced
        span = least...greatest
        sampleCount = samples
        index = start
        indexEnd = start + length
        timelines = start + field(0)
        seriesCount = field(1)
        seriesOffsets = start + field(2)
        postingsCount = field(3)
        postingsOffsets = start + field(4)
    }

    /// The canonical labels of a series.
    func labels(_ series: UInt32) -> [UInt8] {
        var offset = record(series)
        return file.counted(at: &offset) ?? []
    }

    /// The samples of a series in a range.
    /// - Throws: ``MetricStoreError`` with code `corrupt` where a chunk fails its checksum.
    func read(_ series: UInt32, _ range: ClosedRange<Milliseconds>) throws(MetricStoreError) -> SampleColumns {
        var result = SampleColumns()
        guard span.overlaps(range) else { return result }
        try forEachChunk(series, range) { chunk in
            let wanted = chunk.read(range)
            result.timestamps += wanted.timestamps
            result.values += wanted.values
        }
        return result
    }

    private func forEachChunk(
        _ series: UInt32, _ range: ClosedRange<Milliseconds>, _ visit: (SealedChunk) -> Void
    ) throws(MetricStoreError) {
        var offset = record(series)
        let damage = MetricStoreError(.corrupt, "block \(path): a chunk of series \(series) fails its checksum")
        guard file.counted(at: &offset) != nil, let data = file.varint(at: &offset), let chunks = file.varint(at: &offset),
            var position = Int(exactly: data)
        else { throw damage }
        var timeline = -1
        for _ in 0..<chunks {
            guard let jump = file.varint(at: &offset), let length = file.varint(at: &offset), length <= UInt64(file.count) else {
                throw damage
            }
            timeline += Int(truncatingIfNeeded: Varint.unzigzag(jump)) + 1
            let next = position + 4 + Int(length)
            defer { position = next }
            let entry = timelines + BlockBuilder.timelineBytes * timeline
            guard let least = file.integer(Int64.self, at: entry), let greatest = file.integer(Int64.self, at: entry + 8),
                least <= greatest
            else { throw damage }
            if greatest < range.lowerBound { continue }
            if least > range.upperBound { break }
            guard let chunk = chunk(entry, position + 4..<next, least...greatest) else { throw damage }
            visit(chunk)
        }
    }

    /// The chunks of a series as they are.
    /// - Throws: ``MetricStoreError`` with code `corrupt` where one fails its checksum.
    func chunks(_ series: UInt32) throws(MetricStoreError) -> [SealedChunk] {
        var result: [SealedChunk] = []
        try forEachChunk(series, .min ... .max) { chunk in result.append(chunk) }
        return result
    }

    private func chunk(_ timeline: Int, _ data: Range<Int>, _ span: ClosedRange<Milliseconds>) -> SealedChunk? {
        guard let start = file.integer(UInt32.self, at: timeline + 16), let count = file.integer(UInt32.self, at: timeline + 20),
            count > 0, count <= SealedChunk.capacity,
            file.checksum(data) == file.integer(UInt32.self, at: data.lowerBound - 4), let values = file.bytes(data)
        else { return nil }
        // A time column tells its own end, so the next hundreds of bytes are enough even for the widest.
        let from = index + BlockBuilder.indexHeadBytes + Int(start)
        let most = 32 + 11 * Int(count)
        guard let times = file.bytes(from..<min(from + most, indexEnd)),
            let length = TimeColumn.length(times[...], count: Int(count))
        else { return nil }
        return SealedChunk(times: Array(times[..<length]), values: values, span: span, count: Int(count))
    }

    private func record(_ series: UInt32) -> Int {
        index + Int(file.integer(UInt32.self, at: seriesOffsets + 4 * Int(series)) ?? 0)
    }

    private func label(_ place: Int) -> (name: String, value: String, rest: Int) {
        var offset = index + Int(file.integer(UInt32.self, at: postingsOffsets + 4 * place) ?? 0)
        let name = file.counted(at: &offset) ?? []
        let value = file.counted(at: &offset) ?? []
        return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self), offset)
    }

    /// The first place whose label is not before the one given.
    private func place(of wanted: Label) -> Int {
        var (low, high) = (0, postingsCount)
        while low < high {
            let middle = (low + high) / 2
            let found = label(middle)
            if Label(found.name, found.value) < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Block: PostingsIndex {
    var everySeries: [UInt32] { Array(0..<UInt32(seriesCount)) }

    func postings(_ name: String, _ value: String) -> [UInt32] {
        let place = place(of: Label(name, value))
        guard place < postingsCount else { return [] }
        let found = label(place)
        guard found.name == name, found.value == value else { return [] }
        var offset = found.rest
        guard let count = file.varint(at: &offset), count <= UInt64(seriesCount) else { return [] }
        var list: [UInt32] = []
        list.reserveCapacity(Int(count))
        var last: UInt64 = 0
        for _ in 0..<count {
            guard let gap = file.varint(at: &offset) else { break }
            last &+= gap
            if last < UInt64(seriesCount) { list.append(UInt32(last)) }
        }
        return list
    }

    func values(of name: String) -> [String] {
        var values: [String] = []
        var place = place(of: Label(name, ""))
        while place < postingsCount {
            let found = label(place)
            guard found.name == name else { break }
            values.append(found.value)
            place += 1
        }
        return values
    }

    var labelNames: [String] {
        var names: [String] = []
        for place in 0..<postingsCount {
            let name = label(place).name
            if names.last != name { names.append(name) }
        }
        return names
    }
}

/// What a block says about itself at the end of its index.
struct BlockMeta {
    var window: Range<Milliseconds>
    var marks: [BlockMark] = []
    var replaced: [UInt64] = []

    init?(_ file: MappedFile, at start: Int) {
        var offset = start
        func range() -> Range<Milliseconds>? {
            guard let low = file.varint(at: &offset), let high = file.varint(at: &offset) else { return nil }
            let bounds = (Varint.unzigzag(low), Varint.unzigzag(high))
            return bounds.0 <= bounds.1 ? bounds.0..<bounds.1 : nil
        }
        guard let window = range(), let markCount = file.varint(at: &offset) else { return nil }
        self.window = window
        for _ in 0..<markCount {
            guard let covered = range(), let segment = file.varint(at: &offset) else { return nil }
            marks.append(BlockMark(window: covered, segment: segment))
        }
        guard let replacedCount = file.varint(at: &offset) else { return nil }
        for _ in 0..<replacedCount {
            guard let number = file.varint(at: &offset) else { return nil }
            replaced.append(number)
        }
    }
}
