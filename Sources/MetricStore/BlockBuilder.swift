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
/// series   = identity u64 | number of labels | (place in the postings - last - 1) ... | data offset
///          | chunks | (timeline - last - 1, zigzag | bytes) ...
/// postings = length | name | length | value | count | gaps
/// meta     = window | number of marks | (window, segment) ... | number of replaced blocks | their numbers | resolution
///            in ms, where samples are condensed
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
    private var timelineStarts: [Int] = []
    /// The timeline of each chunk of the series added last: the next one's are mostly the same.
    private var lastTimelines: [(id: Int, bytes: Range<Int>, count: Int)] = []
    private var series = SeriesDrafts()
    /// Each label once, with the series that have it; ``labelNumbers`` tells where.
    private var postings: [(label: Label, series: [UInt32])] = []
    private var labelNumbers: [Label: Int] = [:]
    private var least = Milliseconds.max
    private var greatest = Milliseconds.min
    private var sampleCount: UInt64 = 0

    /// Series whose labels have no places yet, which are known when all labels are; flat, as there may be millions.
    private struct SeriesDrafts {
        var identities: [UInt64] = []
        /// The numbers of all series' labels, and where each one's end.
        var labels: [UInt32] = []
        var labelEnds: [UInt32] = []
        /// What follows the labels in their records, and where each one's ends.
        var rests: [UInt8] = []
        var restEnds: [UInt32] = []

        var count: Int { identities.count }

        mutating func finish(identity: UInt64) {
            identities.append(identity)
            labelEnds.append(UInt32(labels.count))
            restEnds.append(UInt32(rests.count))
        }
    }

    var isEmpty: Bool { series.count == 0 }

    /// Adds a series that the block does not have yet, from whole chunks in order of time.
    mutating func add(_ labels: Labels, _ chunks: some BidirectionalCollection<SealedChunk>) {
        guard let first = chunks.first, let last = chunks.last else { return }
        Varint.append(UInt64(data.count), to: &series.rests)
        Varint.append(UInt64(chunks.count), to: &series.rests)
        var lastTimeline = -1
        for (position, chunk) in chunks.enumerated() {
            let timeline = timeline(chunk, at: position)
            let values = chunk.valueColumn
            data.append(littleEndian: CRC32C.checksum(values))
            data += values
            sampleCount += UInt64(chunk.count)
            Varint.append(signed: Int64(timeline - lastTimeline - 1), to: &series.rests)
            Varint.append(UInt64(values.count), to: &series.rests)
            lastTimeline = timeline
        }
        for label in labels {
            let number = labelNumbers[label] ?? postings.count
            if number == postings.count {
                labelNumbers[label] = number
                postings.append((label, []))
            }
            postings[number].series.append(UInt32(series.count))
            series.labels.append(UInt32(number))
        }
        series.finish(identity: SeriesIdentity.hash(labels))
        least = min(least, first.span.lowerBound)
        greatest = max(greatest, last.span.upperBound)
    }

    private mutating func timeline(_ chunk: SealedChunk, at position: Int) -> Int {
        if position < lastTimelines.count {
            let last = lastTimelines[position]
            if last.count == chunk.count, times[last.bytes].elementsEqualBytes(chunk.timeColumn) { return last.id }
        }
        // The same bytes with another count would be another timeline, so the count is part of the key.
        var key = Array(chunk.timeColumn)
        key.append(littleEndian: UInt32(chunk.count))
        let id = timelineIDs[key] ?? timelineIDs.count
        if id == timelineIDs.count {
            timelineIDs[key] = id
            timelines.append(littleEndian: chunk.span.lowerBound)
            timelines.append(littleEndian: chunk.span.upperBound)
            timelines.append(littleEndian: UInt32(times.count))
            timelines.append(littleEndian: UInt32(chunk.count))
            timelineStarts.append(times.count)
            times += chunk.timeColumn
        }
        if position <= lastTimelines.count {
            let start = timelineStarts[id]
            let found = (id: id, bytes: start..<start + chunk.timeColumn.count, count: chunk.count)
            if position < lastTimelines.count { lastTimelines[position] = found } else { lastTimelines.append(found) }
        }
        return id
    }

    /// The whole file, in parts that follow each other: together they may be too much to have twice in memory.
    /// - Parameter resolution: length of the buckets that samples were condensed to, 0 where they are as they came.
    consuming func finish(
        window: Range<Milliseconds>, marks: [BlockMark], replacing: [UInt64], resolution: Milliseconds = 0
    ) -> [[UInt8]] {
        let timesOffset = BlockBuilder.indexHeadBytes
        let timelinesOffset = timesOffset + times.count
        let seriesOffset = timelinesOffset + timelines.count
        let order = postings.indices.sorted { postings[$0].label < postings[$1].label }
        let (seriesRecords, seriesOffsets) = encodedSeries(order, at: seriesOffset)
        let offsetsOffset = seriesOffset + seriesRecords.count
        let (labelRecords, labelOffsets) = encodedPostings(order, at: offsetsOffset + seriesOffsets.count)
        let postingsOffset = offsetsOffset + seriesOffsets.count + labelRecords.count
        let metaOffset = postingsOffset + labelOffsets.count
        var meta = BlockBuilder.meta(window, marks, replacing)
        if resolution > 0 { Varint.append(UInt64(resolution), to: &meta) }

        var head: [UInt8] = []
        for value in [timelinesOffset, series.count, offsetsOffset, postings.count, postingsOffset, metaOffset] {
            head.append(littleEndian: UInt32(value))
        }
        head.append(littleEndian: least)
        head.append(littleEndian: greatest)
        head.append(littleEndian: sampleCount)
        let index = [head, times, timelines, seriesRecords, seriesOffsets, labelRecords, labelOffsets, meta]

        var footer: [UInt8] = []
        footer.append(littleEndian: UInt64(data.count))
        footer.append(littleEndian: UInt64(index.reduce(0) { $0 + $1.count }))
        footer.append(littleEndian: index.reduce(0) { CRC32C.checksum($1, seed: $0) })
        footer.append(littleEndian: CRC32C.checksum(footer))
        return [data] + index + [footer + BlockBuilder.magic]
    }

    /// - Parameter order: the labels' numbers in the order of their places.
    private func encodedSeries(_ order: [Int], at base: Int) -> (records: [UInt8], offsets: [UInt8]) {
        var places = [Int](repeating: 0, count: order.count)
        for (place, number) in order.enumerated() { places[number] = place }
        var records: [UInt8] = []
        var offsets: [UInt8] = []
        var (label, rest) = (0, 0)
        for number in 0..<series.count {
            let (labelEnd, restEnd) = (Int(series.labelEnds[number]), Int(series.restEnds[number]))
            offsets.append(littleEndian: UInt32(base + records.count))
            records.append(littleEndian: series.identities[number])
            Varint.append(UInt64(labelEnd - label), to: &records)
            var last = -1
            // Labels stand in the order of their names, so their places rise.
            for label in series.labels[label..<labelEnd] {
                Varint.append(UInt64(places[Int(label)] - last - 1), to: &records)
                last = places[Int(label)]
            }
            records += series.rests[rest..<restEnd]
            (label, rest) = (labelEnd, restEnd)
        }
        return (records, offsets)
    }

    private func encodedPostings(_ order: [Int], at base: Int) -> (records: [UInt8], offsets: [UInt8]) {
        var records: [UInt8] = []
        var offsets: [UInt8] = []
        for (label, list) in order.lazy.map({ postings[$0] }) {
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
