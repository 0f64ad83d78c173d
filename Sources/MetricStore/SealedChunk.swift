internal import Compression
internal import Telemetry

/// Up to ``capacity`` samples of one series, encoded, in memory.
struct SealedChunk: Sendable {
    /// Samples of a full chunk: one frame, one seek point.
    static let capacity = 240

    /// The times that may be read from it. Narrower than what the bytes hold where a block boundary ran through the chunk.
    var visible: ClosedRange<Milliseconds>
    let count: Int
    private let timeBytes: Int
    private let bytes: [UInt8]

    /// - Precondition: at least one sample, ascending.
    init(_ columns: SampleColumns) {
        visible = columns.timestamps[0]...columns.timestamps[columns.count - 1]
        count = columns.count
        let times = TimeColumn.encode(columns.timestamps)
        timeBytes = times.count
        bytes = times + ValueColumn.encode(columns.values)
    }

    var byteCount: Int { bytes.count }

    /// The samples of a range.
    func read(_ range: ClosedRange<Milliseconds>) -> SampleColumns {
        guard visible.overlaps(range) else { return SampleColumns() }
        guard let times = TimeColumn.decode(bytes[..<timeBytes], count: count),
            let values = ValueColumn.decode(bytes[timeBytes...], count: count)
        else {
            assertionFailure("a chunk sealed in this process must be readable")
            return SampleColumns()
        }
        return SampleColumns(timestamps: times, values: values).clipped(to: range.clamped(to: visible))
    }
}
