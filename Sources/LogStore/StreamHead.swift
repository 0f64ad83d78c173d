import Telemetry

/// The young entries of one stream, in the order of arrival, searchable at once.
///
/// They stand in chunks, so that a reader's snapshot shares all but the last few of them with what is appended afterwards.
struct StreamHead: Sendable {
    /// A chunk takes no more once it has this many rows or bytes.
    static let chunkRows = 512
    static let chunkBytes = (128 << 10) - 64

    /// Some rows in the order of arrival.
    struct Chunk: Sendable {
        var timestamps: [Nanoseconds] = []
        var ends: [Int] = []
        var metadata: [Int32] = []
        var labels: [Labels] = [.empty]
        var bytes: [UInt8] = []
        var sealed = false

        /// Whether a line of so many bytes belongs in the next chunk. An array that outgrew its room would have twice as much.
        func isFull(for line: Int) -> Bool {
            sealed || timestamps.count >= StreamHead.chunkRows
                || bytes.count + line > StreamHead.chunkBytes && !timestamps.isEmpty
        }

        mutating func append(_ timestamp: Nanoseconds, _ line: ArraySlice<UInt8>, _ metadata: Labels) {
            timestamps.append(timestamp)
            bytes.append(contentsOf: line)
            ends.append(bytes.count)
            if metadata.isEmpty {
                self.metadata.append(0)
            } else {
                if labels.last != metadata { labels.append(metadata) }
                self.metadata.append(Int32(labels.count - 1))
            }
        }
    }

    private(set) var chunks: [Chunk] = []
    private(set) var lines = 0
    private(set) var bytes = 0
    /// The first and the last record of the log that these entries came with.
    private(set) var firstSequence: UInt64 = .max
    private(set) var lastSequence: UInt64 = 0
    /// The record with which the entries that follow those sealed last begin.
    private var firstSequenceAfterSeal: UInt64 = .max

    var isEmpty: Bool { lines == 0 }

    mutating func append(_ timestamp: Nanoseconds, _ line: ArraySlice<UInt8>, _ metadata: Labels, _ sequence: UInt64) {
        if chunks.last.map({ $0.isFull(for: line.count) }) ?? true { chunks.append(Chunk()) }
        chunks[chunks.count - 1].append(timestamp, line, metadata)
        lines += 1
        bytes += line.count
        if firstSequence == .max { firstSequence = sequence }
        if firstSequenceAfterSeal == .max { firstSequenceAfterSeal = sequence }
        lastSequence = sequence
    }

    /// Closes what is there for writing; entries that follow stand in new chunks.
    mutating func seal() -> [Chunk] {
        if !chunks.isEmpty { chunks[chunks.count - 1].sealed = true }
        firstSequenceAfterSeal = .max
        return chunks
    }

    /// Drops the chunks sealed, which are in a block now.
    mutating func removeFirst(_ count: Int) {
        for chunk in chunks.prefix(count) {
            lines -= chunk.timestamps.count
            bytes -= chunk.bytes.count
        }
        chunks.removeFirst(count)
        firstSequence = firstSequenceAfterSeal
    }

    /// The rows of some chunks whose times lie in the range, in order of time.
    static func rows(_ chunks: [Chunk], in range: ClosedRange<Nanoseconds>) -> RowSet {
        var result = RowSet()
        for chunk in chunks {
            let firstLabel = Int32(result.metadata.count - 1)
            result.metadata.append(contentsOf: chunk.labels.dropFirst())
            let buffer = Int32(result.buffers.count)
            result.buffers.append(chunk.bytes)
            var start = 0
            for (index, timestamp) in chunk.timestamps.enumerated() {
                let end = chunk.ends[index]
                if range.contains(timestamp) {
                    let label = chunk.metadata[index]
                    result.rows.append(
                        RowSet.Row(
                            timestamp: timestamp, buffer: buffer, metadata: label == 0 ? 0 : label + firstLabel, start: start,
                            end: end))
                }
                start = end
            }
        }
        result.sort()
        return result
    }
}
