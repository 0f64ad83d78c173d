/// Nanoseconds since 1970-01-01 UTC: the time of a log entry.
package typealias Nanoseconds = Int64

/// Log entries on their way into the store, in columns: no object a line.
///
/// Lines are bytes, not text: what was sent is kept to the byte, invalid UTF-8 included. Entries may belong to many streams and
/// stand in any order of time.
package struct LogBatch: Sendable {
    /// One entry: which stream, when, and where its line stands in ``bytes``.
    package struct Entry: Sendable {
        /// Index into ``LogBatch/streams``.
        package var stream: Int
        package var timestamp: Nanoseconds
        package var line: Range<Int>
        /// Index into ``LogBatch/metadata``, or -1 where the entry has none.
        package var metadata: Int
    }

    /// Longest line kept; a longer one is cut there by whoever takes it in, marked with ``cutMarker`` and counted.
    package static let maximumLineBytes = 256 << 10
    /// Ends a line that was cut.
    package static let cutMarker: StaticString = " [cut]"

    /// The metadata label that names an entry for retries: a store keeps entries of equal stream, time, line and identity once, and does
    /// not store the label. An entry without it is never taken for a repetition.
    package static let retryIdentityLabel = "__id__"

    package private(set) var streams: [Labels] = []
    package private(set) var entries: [Entry] = []
    /// All lines, one after the other.
    package private(set) var bytes: [UInt8] = []
    /// Structured metadata that entries refer to.
    package private(set) var metadata: [Labels] = []
    private var streamIndexes: [Labels: Int] = [:]

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }

    /// The index of a stream, added where it is new to the batch.
    package mutating func stream(_ labels: Labels) -> Int {
        if let index = streamIndexes[labels] { return index }
        streams.append(labels)
        streamIndexes[labels] = streams.count - 1
        return streams.count - 1
    }

    /// Adds an entry.
    package mutating func append(
        stream: Int, at timestamp: Nanoseconds, line: some Collection<UInt8>, metadata labels: Labels = .empty
    ) {
        append(stream: stream, at: timestamp, line: Array(line)[...], metadata: labels)
    }

    /// The same of a slice, which is not copied twice.
    package mutating func append(
        stream: Int, at timestamp: Nanoseconds, line: ArraySlice<UInt8>, metadata labels: Labels = .empty
    ) {
        let start = bytes.count
        bytes.append(contentsOf: line)
        var index = -1
        if !labels.isEmpty {
            // Entries of one batch mostly share their metadata, so the last one is tried first.
            if metadata.last != labels { metadata.append(labels) }
            index = metadata.count - 1
        }
        entries.append(Entry(stream: stream, timestamp: timestamp, line: start..<bytes.count, metadata: index))
    }

    /// Adds an entry of a stream given by its labels.
    package mutating func append(
        _ labels: Labels, at timestamp: Nanoseconds, line: some Collection<UInt8>, metadata: Labels = .empty
    ) {
        append(stream: stream(labels), at: timestamp, line: line, metadata: metadata)
    }

    /// The bytes of an entry's line.
    package func line(of entry: Entry) -> ArraySlice<UInt8> { bytes[entry.line] }

    /// The structured metadata of an entry.
    package func metadata(of entry: Entry) -> Labels { entry.metadata < 0 ? .empty : metadata[entry.metadata] }
}
