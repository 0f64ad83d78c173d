import Telemetry

/// Rows in order of time, their lines standing in shared buffers: what a head hands to a reader or to the block encoder,
/// and what a block is decoded to.
struct RowSet: Sendable {
    /// One entry: where its line stands, and which metadata it has (0 is none).
    struct Row: Sendable {
        var timestamp: Nanoseconds
        var buffer: Int32
        var metadata: Int32
        var start: Int
        var end: Int
    }

    var rows: [Row] = []
    var buffers: [[UInt8]] = []
    /// The first one is always empty.
    var metadata: [Labels] = [.empty]

    var count: Int { rows.count }

    func line(_ index: Int) -> ArraySlice<UInt8> {
        let row = rows[index]
        return buffers[Int(row.buffer)][row.start..<row.end]
    }

    func row(_ index: Int) -> LogRow {
        let row = rows[index]
        return LogRow(
            timestamp: row.timestamp, line: buffers[Int(row.buffer)][row.start..<row.end],
            metadata: row.metadata == 0 ? .empty : metadata[Int(row.metadata)])
    }

    /// Sorts by time; rows of one time stay in the order of arrival.
    mutating func sort() {
        var sorted = true
        for index in rows.indices.dropFirst() where rows[index - 1].timestamp > rows[index].timestamp {
            sorted = false
            break
        }
        if sorted { return }
        rows = rows.enumerated()
            .sorted { ($0.element.timestamp, $0.offset) < ($1.element.timestamp, $1.offset) }
            .map(\.element)
    }

    /// The same rows in order of time in one buffer, one line after the other.
    func packed(_ range: Range<Int>) -> RowSet {
        var result = RowSet()
        result.metadata = metadata
        result.rows.reserveCapacity(range.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.reduce(0) { $0 + rows[$1].end - rows[$1].start })
        for index in range {
            var row = rows[index]
            let start = bytes.count
            bytes.append(contentsOf: buffers[Int(row.buffer)][row.start..<row.end])
            row.buffer = 0
            row.start = start
            row.end = bytes.count
            result.rows.append(row)
        }
        result.buffers = [bytes]
        return result
    }

    /// Adds the rows of another set whose times are wanted, behind these.
    mutating func append(_ other: RowSet, where wanted: (Nanoseconds) -> Bool) {
        let firstBuffer = Int32(buffers.count)
        let firstMetadata = Int32(metadata.count - 1)
        buffers.append(contentsOf: other.buffers)
        metadata.append(contentsOf: other.metadata.dropFirst())
        for var row in other.rows where wanted(row.timestamp) {
            row.buffer += firstBuffer
            if row.metadata > 0 { row.metadata += firstMetadata }
            rows.append(row)
        }
    }
}
