import Compression
import Telemetry

/// Frames of a stream: length, checksum, message.
///
/// ```
/// ┌────────────────┬──────────────────┬──────────────────────────────────────────────────────────────────────────┐
/// │ length uvarint │ CRC-32C, big end │ ChunkedReadResponse { 1: ChunkedSeries { 1: Label, 2: Chunk }, 2: query } │
/// └────────────────┴──────────────────┴──────────────────────────────────────────────────────────────────────────┘
/// Chunk { 1: first ms, 2: last ms, 3: encoding, 4: data }
/// ```
enum ReadChunks {
    private static let xorEncoding: UInt64 = 1

    /// The samples of one series.
    static func frames(
        of reader: any SeriesReader, _ range: ClosedRange<Milliseconds>, query: Int
    ) throws -> [[UInt8]] {
        var columns = SampleColumns()
        try reader.read(range, into: &columns)
        var frames: [[UInt8]] = []
        var start = 0
        while start < columns.count {
            var series = ProtobufWriter()
            series.labels(reader.labels)
            while start < columns.count, series.bytes.count < RemoteReadRoute.frameBytes {
                let end = min(start + XORChunk.maximumSamples, columns.count)
                append(columns, start..<end, to: &series)
                start = end
            }
            frames.append(frame(series, query))
        }
        return frames
    }

    private static func append(_ columns: SampleColumns, _ range: Range<Int>, to series: inout ProtobufWriter) {
        var chunk = XORChunk()
        for index in range { chunk.append(columns.timestamps[index], columns.values[index]) }
        series.message(2) { message in
            message.integer(1, chunk.firstTime)
            message.integer(2, chunk.lastTime)
            message.varint(3, xorEncoding)
            message.data(4, chunk.bytes)
        }
    }

    private static func frame(_ series: ProtobufWriter, _ query: Int) -> [UInt8] {
        var answer = ProtobufWriter()
        answer.data(1, series.bytes)
        answer.integer(2, Int64(query))
        var frame: [UInt8] = []
        Varint.append(UInt64(answer.bytes.count), to: &frame)
        let checksum = CRC32C.checksum(answer.bytes)
        for shift in [UInt32(24), 16, 8, 0] { frame.append(UInt8(truncatingIfNeeded: checksum >> shift)) }
        return frame + answer.bytes
    }
}
