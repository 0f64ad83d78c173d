import Compression
import Telemetry

/// An answer of samples.
///
/// ```
/// ReadResponse { 1: QueryResult { 1: TimeSeries { 1: Label { 1: name, 2: value }, 2: Sample { 1: double, 2: int64 ms },
///                4: Histogram } } }
/// ```
struct ReadSamples {
    private var message = ProtobufWriter()
    private var count = 0

    var bytes: [UInt8] { message.bytes }

    /// Adds the result of one query.
    mutating func append(_ readers: [any SeriesReader], _ range: ClosedRange<Milliseconds>) throws {
        var result = ProtobufWriter()
        for reader in readers {
            var columns = SampleColumns()
            try reader.read(range, into: &columns)
            count += columns.count + columns.bucketCount
            guard count <= RemoteReadRoute.maximumSamples else {
                throw APIError(
                    .tooLarge, "more than \(RemoteReadRoute.maximumSamples) samples: ask for less, or for STREAMED_XOR_CHUNKS")
            }
            guard !columns.isEmpty else { continue }
            result.message(1) { series in
                series.labels(reader.labels)
                for index in columns.timestamps.indices {
                    if columns.hasHistograms, let histogram = columns.histograms[index] {
                        series.message(4) { $0.histogram(histogram, at: columns.timestamps[index]) }
                        continue
                    }
                    series.message(2) { sample in
                        sample.double(1, columns.values[index])
                        sample.integer(2, columns.timestamps[index])
                    }
                }
            }
        }
        message.data(1, result.bytes)
    }
}

extension ProtobufWriter {
    /// Labels as field 1, each a message of name and value.
    mutating func labels(_ labels: Labels) {
        for label in labels {
            message(1) { pair in
                pair.string(1, label.name)
                pair.string(2, label.value)
            }
        }
    }
}
