internal import Compression
internal import Telemetry

/// Says that a block holds every sample of a window that stands in log segments before a number.
struct BlockMark: Sendable, Equatable {
    var window: Range<Milliseconds>
    var segment: UInt64
}

/// Builds the bytes of one block, series by series.
///
/// ```
/// +-----------+------------------------------+-------+--------+
/// | MWBLOCK1  | chunks of series 0, 1, ...:  | index | footer |
/// |           | CRC-32C, value column        |       | 32 B   |
/// +-----------+------------------------------+-------+--------+
/// index  = head: 6 x u32, 2 x i64, u64 | times | timelines | series | series offsets | postings | postings offsets | meta
/// timeline = least i64, greatest i64, offset u32, samples u32      (shared by all chunks whose times are the same)
/// series   = length | labels | data offset | chunks | (timeline - last - 1, zigzag | bytes) ...
/// postings = length | name | length | value | count | gaps
/// meta     = window | number of marks | (window, segment) ... | number of replaced blocks | their numbers
/// footer   = index offset u64 | index length u64 | CRC-32C of index u32 | CRC-32C of the footer so far u32 | MWBLOCK1
/// ```
struct BlockBuilder {
    static let magic = Array("MWBLOCK1".utf8)
    static let footerBytes = 32
    static let indexHeadBytes = 48
    static let timelineBytes = 24

    private var data = BlockBuilder.magic
    private var times: [UInt8] = []
    private var timelines: [UInt8] = []
    private var timelineIDs: [[UInt8]: Int] = [:]
    private var series: [UInt8] = []
    private var seriesOffsets: [UInt32] = []
    private var postings: [Label: [UInt32]] = [:]
    private var least = Milliseconds.max
    private var greatest = Milliseconds.min
    private var sampleCount: UInt64 = 0

    var isEmpty: Bool { seriesOffsets.isEmpty }
    var byteCount: Int { data.count + series.count + times.count }

    /// Adds a series that the block does not have yet, from whole chunks in order of time.
    mutating func add(_ labels: [UInt8], _ chunks: [SealedChunk]) {
        guard let first = chunks.first, let last = chunks.last else { return }
        let number = UInt32(seriesOffsets.count)
        seriesOffsets.append(UInt32(series.count))
        Varint.append(UInt64(labels.count), to: &series)
        series += labels
        Varint.append(UInt64(data.count), to: &series)
        Varint.append(UInt64(chunks.count), to: &series)
        var lastTimeline = -1
        for chunk in chunks {
            let timeline = timeline(chunk)
            let values = chunk.valueColumn
            data.append(littleEndian: CRC32C.checksum(values))
            data += values
            sampleCount += UInt64(chunk.count)
            Varint.append(signed: Int64(timeline - lastTimeline - 1), to: &series)
            Varint.append(UInt64(values.count), to: &series)
            lastTimeline = timeline
        }
        for label in Labels(canonical: labels) { postings[label, default: []].append(number) }
        least = min(least, first.span.lowerBound)
        greatest = max(greatest, last.span.upperBound)
    }

    private mutating func timeline(_ chunk: SealedChunk) -> Int {
        // The same bytes with another count would be another timeline, so the count is part of the key.
        var key = Array(chunk.timeColumn)
        key.append(littleEndian: UInt32(chunk.count))
        if let known = timelineIDs[key] { return known }
        let id = timelineIDs.count
        timelineIDs[key] = id
        timelines.append(littleEndian: chunk.span.lowerBound)
        timelines.append(littleEndian: chunk.span.upperBound)
        timelines.append(littleEndian: UInt32(times.count))
        timelines.append(littleEndian: UInt32(chunk.count))
        times += chunk.timeColumn
        return id
    }

    /// The whole file.
    consuming func finish(window: Range<Milliseconds>, marks: [BlockMark], replacing: [UInt64]) -> [UInt8] {
        let timesOffset = BlockBuilder.indexHeadBytes
        let timelinesOffset = timesOffset + times.count
        let seriesOffset = timelinesOffset + timelines.count
        let offsetsOffset = seriesOffset + series.count
        var tail: [UInt8] = []
        for offset in seriesOffsets { tail.append(littleEndian: UInt32(seriesOffset) + offset) }
        let (records, offsets) = encodedPostings(at: offsetsOffset + tail.count)
        tail += records
        let postingsOffset = offsetsOffset + tail.count
        tail += offsets
        let metaOffset = offsetsOffset + tail.count
        tail += BlockBuilder.meta(window, marks, replacing)

        var index: [UInt8] = []
        index.reserveCapacity(offsetsOffset + tail.count)
        for value in [timelinesOffset, seriesOffsets.count, offsetsOffset, postings.count, postingsOffset, metaOffset] {
            index.append(littleEndian: UInt32(value))
        }
        index.append(littleEndian: least)
        index.append(littleEndian: greatest)
        index.append(littleEndian: sampleCount)
        index += times
        index += timelines
        index += series
        index += tail

        var footer: [UInt8] = []
        footer.append(littleEndian: UInt64(data.count))
        footer.append(littleEndian: UInt64(index.count))
        footer.append(littleEndian: CRC32C.checksum(index))
        footer.append(littleEndian: CRC32C.checksum(footer))
        return data + index + footer + BlockBuilder.magic
    }

    private func encodedPostings(at base: Int) -> (records: [UInt8], offsets: [UInt8]) {
        var records: [UInt8] = []
        var offsets: [UInt8] = []
        for (label, list) in postings.sorted(by: { $0.key < $1.key }) {
            offsets.append(littleEndian: UInt32(base + records.count))
            for text in [label.name, label.value] {
                Varint.append(UInt64(text.utf8.count), to: &records)
                records += text.utf8
            }
            Varint.append(UInt64(list.count), to: &records)
            var last: UInt32 = 0
            for number in list {
                Varint.append(UInt64(number - last), to: &records)
                last = number
            }
        }
        return (records, offsets)
    }

    private static func meta(_ window: Range<Milliseconds>, _ marks: [BlockMark], _ replacing: [UInt64]) -> [UInt8] {
        var bytes: [UInt8] = []
        Varint.append(signed: window.lowerBound, to: &bytes)
        Varint.append(signed: window.upperBound, to: &bytes)
        Varint.append(UInt64(marks.count), to: &bytes)
        for mark in marks {
            Varint.append(signed: mark.window.lowerBound, to: &bytes)
            Varint.append(signed: mark.window.upperBound, to: &bytes)
            Varint.append(mark.segment, to: &bytes)
        }
        Varint.append(UInt64(replacing.count), to: &bytes)
        for number in replacing { Varint.append(number, to: &bytes) }
        return bytes
    }
}
