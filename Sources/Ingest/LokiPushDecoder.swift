import Compression
import Parsing
package import Telemetry

/// Decodes Loki's push requests, protobuf in a Snappy block or JSON, into a batch.
///
/// ```
/// PushRequest { 1: Stream { 1: labels "{a=\"b\"}", 2: Entry { 1: Timestamp { 1: s, 2: ns }, 2: line, 3: Pair { 1: name, 2: value } } } }
/// {"streams": [{"stream": {"a": "b"}, "values": [["<ns>", "line", {"name": "value"}]]}]}
/// ```
package struct LokiPushDecoder {
    /// The entries read.
    package private(set) var batch = LogBatch()
    /// Lines cut at the limit.
    package private(set) var cutLines = 0
    /// Entries whose time was too far ahead to be believed; the arrival counts instead.
    package private(set) var redated = 0
    private let maximumLineBytes: Int
    private let receivedAt: Nanoseconds

    package init(maximumLineBytes: Int, receivedAt: Nanoseconds) {
        self.maximumLineBytes = min(maximumLineBytes, LogBatch.maximumLineBytes)
        self.receivedAt = receivedAt
    }

    // MARK: Protobuf

    /// Decodes a Snappy block.
    package mutating func decode(snappy body: [UInt8], maximumBytes: Int) throws(IngestError) {
        let bytes: [UInt8]
        do { bytes = try Snappy.decompress(body, maximumBytes: maximumBytes) } catch {
            throw IngestError(error.code == .tooLarge ? .bodyTooLarge : .badBody, error.message)
        }
        var request = ProtobufReader(bytes, in: bytes.indices)
        while let field = try request.nextField() {
            guard field.number == 1, field.wireType == 2 else { continue }
            try decodeStream(bytes, field.range)
        }
    }

    private mutating func decodeStream(_ bytes: [UInt8], _ range: Range<Int>) throws(IngestError) {
        var labels = 0..<0
        var finder = ProtobufReader(bytes, in: range)
        while let field = try finder.nextField() {
            if field.number == 1, field.wireType == 2 { labels = field.range }
        }
        let stream = batch.stream(try LokiLabels.parse(bytes[labels]))
        var entries = ProtobufReader(bytes, in: range)
        while let field = try entries.nextField() {
            guard field.number == 2, field.wireType == 2 else { continue }
            try decodeEntry(bytes, field.range, stream)
        }
    }

    private mutating func decodeEntry(_ bytes: [UInt8], _ range: Range<Int>, _ stream: Int) throws(IngestError) {
        var timestamp: Nanoseconds = 0
        var line = 0..<0
        var metadata: [Label] = []
        var entry = ProtobufReader(bytes, in: range)
        while let field = try entry.nextField() {
            guard field.wireType == 2 else { continue }
            if field.number == 1 { timestamp = try decodeTime(bytes, field.range) }
            if field.number == 2 { line = field.range }
            if field.number == 3 { metadata.append(try decodePair(bytes, field.range)) }
        }
        append(stream, timestamp, bytes[line], Labels(metadata))
    }

    private func decodeTime(_ bytes: [UInt8], _ range: Range<Int>) throws(IngestError) -> Nanoseconds {
        var reader = ProtobufReader(bytes, in: range)
        var (seconds, nanoseconds): (Int64, Int64) = (0, 0)
        while let field = try reader.nextField() {
            if field.number == 1 { seconds = Int64(bitPattern: field.value) }
            if field.number == 2 { nanoseconds = Int64(bitPattern: field.value) }
        }
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = scaled.addingReportingOverflow(nanoseconds)
        guard !overflow, !carried else { throw IngestError(.badBody, "an entry's time is out of range: \(seconds) s") }
        return sum
    }

    private func decodePair(_ bytes: [UInt8], _ range: Range<Int>) throws(IngestError) -> Label {
        var reader = ProtobufReader(bytes, in: range)
        var label = Label("", "")
        while let field = try reader.nextField() {
            guard field.wireType == 2 else { continue }
            if field.number == 1 { label.name = String(decoding: bytes[field.range], as: UTF8.self) }
            if field.number == 2 { label.value = String(decoding: bytes[field.range], as: UTF8.self) }
        }
        return label
    }

    // MARK: JSON

    /// Decodes a JSON body.
    package mutating func decode(json body: [UInt8]) throws(IngestError) {
        var reader = JSONReader(body, in: body.indices)
        var found = false
        do throws(JSONReadError) {
            try reader.object { (reader, key) throws(JSONReadError) in
                guard key == Array("streams".utf8) else { return try reader.skip() }
                found = true
                try reader.array { (reader) throws(JSONReadError) in try decodeStream(&reader) }
            }
        } catch {
            throw IngestError(.badBody, "the body is no JSON of Loki's push format: see byte \(error.offset)")
        }
        guard found else { throw IngestError(.badBody, "the body has no `streams`") }
    }

    private mutating func decodeStream(_ reader: inout JSONReader) throws(JSONReadError) {
        var labels: [Label]?
        var values: Int?
        try reader.object { (reader, key) throws(JSONReadError) in
            switch String(decoding: key, as: UTF8.self) {
            case "stream": labels = try LokiPushDecoder.labels(&reader)
            case "values":
                _ = reader.peek
                values = reader.index
                try reader.skip()
            default: try reader.skip()
            }
        }
        guard let labels, !labels.isEmpty, let values else { throw reader.failure }
        let stream = batch.stream(Labels(labels))
        // Values may stand before the labels they belong to, so they are read when both are known.
        var entries = reader
        entries.index = values
        try entries.array { (reader) throws(JSONReadError) in try decodeEntry(&reader, stream) }
    }

    private mutating func decodeEntry(_ reader: inout JSONReader, _ stream: Int) throws(JSONReadError) {
        guard reader.take("["), let time = Nanoseconds(String(decoding: try reader.string(), as: UTF8.self)), reader.take(",")
        else {
            throw reader.failure
        }
        let line = try reader.string()
        var metadata: [Label] = []
        if reader.take(",") { metadata = try LokiPushDecoder.labels(&reader) }
        guard reader.take("]") else { throw reader.failure }
        append(stream, time, line[...], Labels(metadata))
    }

    private static func labels(_ reader: inout JSONReader) throws(JSONReadError) -> [Label] {
        var labels: [Label] = []
        try reader.object { (reader, key) throws(JSONReadError) in
            guard let value = try reader.scalar(), labels.count < SampleBatch.maximumLabels else { return }
            labels.append(Label(String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return labels
    }

    private mutating func append(_ stream: Int, _ claimed: Nanoseconds, _ line: ArraySlice<UInt8>, _ metadata: Labels) {
        // What is dated years ahead would outlive every retention.
        let isBelieved = claimed <= receivedAt &+ SyslogMessage.maximumAhead
        if !isBelieved { redated += 1 }
        let time = isBelieved ? claimed : receivedAt
        guard line.count > maximumLineBytes else {
            return batch.append(stream: stream, at: time, line: line, metadata: metadata)
        }
        cutLines += 1
        let marker = String(describing: LogBatch.cutMarker).utf8
        batch.append(
            stream: stream, at: time, line: line.prefix(max(0, maximumLineBytes - marker.count)) + marker, metadata: metadata)
    }
}
