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
    private static let floatHistogramEncoding: UInt64 = 3

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
                start = append(columns, from: start, to: &series)
            }
            frames.append(frame(series, query))
        }
        return frames
    }

    /// Adds one chunk of numbers or of histograms.
    /// - Returns: where the next one begins.
    private static func append(_ columns: SampleColumns, from start: Int, to series: inout ProtobufWriter) -> Int {
        let most = min(start + XORChunk.maximumSamples, columns.count)
        guard columns.hasHistograms else {
            append(columns, start..<most, to: &series)
            return most
        }
        let isHistogram = columns.histograms[start] != nil
        let end = columns.histograms[start..<most].firstIndex { ($0 != nil) != isHistogram } ?? most
        guard isHistogram else {
            append(columns, start..<end, to: &series)
            return end
        }
        let samples = (start..<end).map { (time: columns.timestamps[$0], histogram: columns.histograms[$0] ?? NativeHistogram()) }
        let part = Array(samples[..<FloatHistogramChunk.prefix(samples)])
        let chunk = FloatHistogramChunk(part)
        series.message(2) { message in
            message.integer(1, part[0].time)
            message.integer(2, part[part.count - 1].time)
            message.varint(3, floatHistogramEncoding)
            message.data(4, chunk.bytes)
        }
        return start + part.count
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
