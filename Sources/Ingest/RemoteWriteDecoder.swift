import Compression
package import Telemetry

/// Decodes a Prometheus remote-write 1.0 request straight into the columns of a batch.
///
/// ```
/// WriteRequest { 1: TimeSeries { 1: Label { 1: name, 2: value }, 2: Sample { 1: double, 2: int64 ms } }, 3: metadata }
/// ```
/// Values keep every bit, stale markers included. Labels are left as they were received, so that the store can recognise them. Metadata
/// and exemplars are passed over; native histograms are counted as refused.
package enum RemoteWriteDecoder {
    /// Series, samples and what was left out.
    package struct Result: Sendable {
        package var batch: SampleBatch
        package var nativeHistograms = 0
    }

    /// Restores the Snappy block and decodes it.
    package static func decode(snappy body: [UInt8], maximumBytes: Int) throws(IngestError) -> Result {
        let message: [UInt8]
        do { message = try Snappy.decompress(body, maximumBytes: maximumBytes) } catch {
            throw IngestError(error.code == .tooLarge ? .bodyTooLarge : .badBody, error.message)
        }
        return try decode(message)
    }

    /// Decodes an uncompressed message.
    package static func decode(_ bytes: [UInt8]) throws(IngestError) -> Result {
        var result = Result(batch: SampleBatch(wire: bytes))
        var position = 0
        while true {
            result.batch.appendUsualSeries(from: &position)
            var request = ProtobufReader(bytes, in: position..<bytes.count)
            guard let field = try request.nextField() else { return result }
            if field.number == 1, field.wireType == 2 { try decodeSeries(bytes, field.range, into: &result) }
            position = request.index
        }
    }

    private static func decodeSeries(_ bytes: [UInt8], _ range: Range<Int>, into result: inout Result) throws(IngestError) {
        var fields = ProtobufReader(bytes, in: range)
        var labels = range.lowerBound..<range.lowerBound
        var histograms = 0
        var isBegun = false
        while true {
            let start = fields.index
            guard let field = try fields.nextField() else { break }
            if field.number == 1, field.wireType == 2 {
                // Labels stand together and first, as every sender writes them; others go the long way.
                guard !isBegun, start == labels.upperBound else {
                    if isBegun { result.batch.dropLastSeries() }
                    return try decodeUnordered(bytes, range, into: &result)
                }
                labels = labels.lowerBound..<fields.index
            } else if field.number == 2, field.wireType == 2 {
                if !isBegun { result.batch.beginSeries(wireLabels: labels) }
                isBegun = true
                try decodeSample(bytes, field.range, into: &result.batch)
            } else if field.number == 4 {
                histograms += 1
            }
        }
        result.nativeHistograms += histograms
    }

    /// A series whose labels are not in one piece before its samples.
    private static func decodeUnordered(_ bytes: [UInt8], _ range: Range<Int>, into result: inout Result) throws(IngestError) {
        result.batch.beginSeries()
        var labels = ProtobufReader(bytes, in: range)
        while let field = try labels.nextField() {
            guard field.number == 1, field.wireType == 2 else { continue }
            try decodeLabel(bytes, field.range, into: &result.batch)
        }
        result.batch.endSeries()
        var samples = ProtobufReader(bytes, in: range)
        while let field = try samples.nextField() {
            if field.number == 2, field.wireType == 2 { try decodeSample(bytes, field.range, into: &result.batch) }
            if field.number == 4 { result.nativeHistograms += 1 }
        }
    }

    private static func decodeSample(
        _ bytes: [UInt8], _ range: Range<Int>, into batch: inout SampleBatch
    ) throws(IngestError) {
        var sample = ProtobufReader(bytes, in: range)
        var value = 0.0
        var timestamp: Milliseconds = 0
        while let part = try sample.nextField() {
            if part.number == 1, part.wireType == 1 { value = Double(bitPattern: part.value) }
            if part.number == 2, part.wireType == 0 { timestamp = Int64(bitPattern: part.value) }
        }
        batch.append(value, at: timestamp)
    }

    private static func decodeLabel(
        _ bytes: [UInt8], _ range: Range<Int>, into batch: inout SampleBatch
    ) throws(IngestError) {
        var label = ProtobufReader(bytes, in: range)
        var name = 0..<0
        var value = 0..<0
        while let part = try label.nextField() {
            if part.number == 1, part.wireType == 2 { name = part.range }
            if part.number == 2, part.wireType == 2 { value = part.range }
        }
        guard !name.isEmpty else { throw IngestError(.badBody, "a series has a label without a name") }
        batch.appendLabel(name: bytes[name], value: bytes[value])
    }
}
