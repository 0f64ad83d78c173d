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
        var stream: Int?
        // Values that stand before the labels they belong to are read when both are known.
        var early: Int?
        try reader.object { (reader, key) throws(JSONReadError) in
            if key == LokiPushDecoder.streamKey {
                let labels = try LokiPushDecoder.labels(&reader)
                stream = labels.isEmpty ? nil : batch.stream(Labels(labels))
            } else if key == LokiPushDecoder.valuesKey {
                if let stream { return try decodeEntries(&reader, stream) }
                _ = reader.peek
                early = reader.index
                try reader.skip()
            } else {
                try reader.skip()
            }
        }
        guard let stream else { throw reader.failure }
        if let early {
            var entries = reader
            entries.index = early
            try decodeEntries(&entries, stream)
        }
    }

    private static let streamKey = Array("stream".utf8)
    private static let valuesKey = Array("values".utf8)

    private mutating func decodeEntries(_ reader: inout JSONReader, _ stream: Int) throws(JSONReadError) {
        var text: [UInt8] = []
        try reader.array { (reader) throws(JSONReadError) in
            text.removeAll(keepingCapacity: true)
            guard reader.take("[") else { throw reader.failure }
            try reader.string(into: &text)
            guard let time = LokiPushDecoder.time(text), reader.take(",") else { throw reader.failure }
            text.removeAll(keepingCapacity: true)
            try reader.string(into: &text)
            let metadata = reader.take(",") ? Labels(try LokiPushDecoder.labels(&reader)) : .empty
            guard reader.take("]") else { throw reader.failure }
            append(stream, time, text[...], metadata)
        }
    }

    /// Whole nanoseconds in decimal digits.
    private static func time(_ digits: [UInt8]) -> Nanoseconds? {
        // Nineteen digits, as the times of this century have, fit 64 bits without a sign.
        guard digits.count <= 19, !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return Nanoseconds(String(decoding: digits, as: UTF8.self))
        }
        return Nanoseconds(exactly: digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 0x30) })
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
