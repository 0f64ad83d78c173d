import Compression
package import Telemetry

/// Decodes a Prometheus remote-write 1.0 request straight into the columns of a batch.
///
/// ```
/// WriteRequest { 1: TimeSeries { 1: Label { 1: name, 2: value }, 2: Sample { 1: double, 2: int64 ms }, 3: Exemplar, 4: Histogram },
///                3: MetricMetadata { 1: type, 2: name, 4: help, 5: unit } }
/// Exemplar { 1: Label, 2: double, 3: int64 ms }
/// ```
/// Values keep every bit, stale markers included. Labels are left as they were received, so that the store can recognise them.
package enum RemoteWriteDecoder {
    /// Series, samples and what was left out.
    package struct Result: Sendable {
        package var batch: SampleBatch
        /// Native histograms and exemplars that can't be taken, by reason.
        package var refused: [String: Int] = [:]
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
            if field.number == 3, field.wireType == 2 { try decodeMetadata(bytes, field.range, into: &result.batch) }
            position = request.index
        }
    }

    private static func decodeSeries(_ bytes: [UInt8], _ range: Range<Int>, into result: inout Result) throws(IngestError) {
        var fields = ProtobufReader(bytes, in: range)
        var labels = range.lowerBound..<range.lowerBound
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
            } else if field.wireType == 2 {
                if !isBegun { result.batch.beginSeries(wireLabels: labels) }
                isBegun = true
                try decodeContent(bytes, field, into: &result)
            }
        }
    }

    /// Whatever of a series is not a label.
    private static func decodeContent(
        _ bytes: [UInt8], _ field: ProtobufReader.Field, into result: inout Result
    ) throws(IngestError) {
        switch field.number {
        case 2: try decodeSample(bytes, field.range, into: &result.batch)
        case 3: try decodeExemplar(bytes, field.range, into: &result)
        case 4: try result.batch.append(histogram: bytes, field.range, refused: &result.refused)
        default: break
        }
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
            if field.wireType == 2 { try decodeContent(bytes, field, into: &result) }
        }
    }

    private static func decodeExemplar(_ bytes: [UInt8], _ range: Range<Int>, into result: inout Result) throws(IngestError) {
        var fields = ProtobufReader(bytes, in: range)
        var labels: [Label] = []
        var exemplar = Exemplar(labels: .empty, value: 0, timestamp: 0)
        while let field = try fields.nextField() {
            switch (field.number, field.wireType) {
            case (1, 2):
                let (name, value) = try labelParts(bytes, field.range)
                labels.append(Label(String(decoding: bytes[name], as: UTF8.self), String(decoding: bytes[value], as: UTF8.self)))
            case (2, 1): exemplar.value = Double(bitPattern: field.value)
            case (3, 0): exemplar.timestamp = Int64(bitPattern: field.value)
            default: break
            }
        }
        exemplar.labels = Labels(labels)
        result.batch.appendExemplar(exemplar)
    }

    private static func decodeMetadata(
        _ bytes: [UInt8], _ range: Range<Int>, into batch: inout SampleBatch
    ) throws(IngestError) {
        var fields = ProtobufReader(bytes, in: range)
        var metadata = MetricMetadata()
        var name = ""
        while let field = try fields.nextField() {
            switch (field.number, field.wireType) {
            case (1, 0): metadata.kind = MetadataMessage.kind(field.value)
            case (2, 2): name = String(decoding: bytes[field.range], as: UTF8.self)
            case (4, 2): metadata.help = String(decoding: bytes[field.range], as: UTF8.self)
            case (5, 2): metadata.unit = String(decoding: bytes[field.range], as: UTF8.self)
            default: break
            }
        }
        batch.setMetadata(metadata, of: name)
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
        let (name, value) = try labelParts(bytes, range)
        guard !name.isEmpty else { throw IngestError(.badBody, "a series has a label without a name") }
        batch.appendLabel(name: bytes[name], value: bytes[value])
    }

    private static func labelParts(
        _ bytes: [UInt8], _ range: Range<Int>
    ) throws(IngestError) -> (name: Range<Int>, value: Range<Int>) {
        var label = ProtobufReader(bytes, in: range)
        var parts = (name: 0..<0, value: 0..<0)
        while let part = try label.nextField() {
            if part.number == 1, part.wireType == 2 { parts.name = part.range }
            if part.number == 2, part.wireType == 2 { parts.value = part.range }
        }
        return parts
    }
}
