internal import Compression
internal import Telemetry

/// What of a batch is neither series nor sample and is to be kept: exemplars, by the canonical labels of their series, and news about metrics.
struct BatchExtras: Sendable {
    var exemplars: [(series: [UInt8], exemplar: Exemplar)] = []
    var metadata: [(name: String, metadata: MetricMetadata)] = []
    /// Exemplars that senders told again.
    var repeatedExemplars = 0
    /// By reason, what was refused.
    var refusedExemplars: [String: Int] = [:]
    var refusedMetadata = 0

    /// The records that hold them.
    var records: [UInt8] {
        var bytes: [UInt8] = []
        if !exemplars.isEmpty { bytes += WALRecordWriter.record(WALRecordWriter.exemplarKind, exemplarBody) }
        if !metadata.isEmpty {
            var body: [UInt8] = []
            for (name, metadata) in metadata { MetadataStore.append(name, metadata, to: &body) }
            bytes += WALRecordWriter.record(WALRecordWriter.metadataKind, body)
        }
        return bytes
    }

    /// The newest time among the exemplars, `Int64.min` where there are none.
    var newest: Milliseconds { exemplars.reduce(.min) { max($0, $1.exemplar.timestamp) } }

    private var exemplarBody: [UInt8] {
        var body: [UInt8] = []
        for (series, exemplar) in exemplars {
            body.append(counted: series)
            Varint.append(signed: exemplar.timestamp, to: &body)
            body.append(littleEndian: exemplar.value.bitPattern)
            body.append(counted: exemplar.labels.canonicalBytes)
        }
        return body
    }

    /// Reads the exemplars of a record; `nil` where the bytes are damaged.
    static func exemplars(_ bytes: ArraySlice<UInt8>) -> [(series: [UInt8], exemplar: Exemplar)]? {
        var result: [(series: [UInt8], exemplar: Exemplar)] = []
        var position = bytes.startIndex
        while position < bytes.endIndex {
            guard let series = bytes.counted(at: &position), let time = Varint.readSigned(bytes, at: &position),
                bytes.endIndex - position >= 8
            else { return nil }
            let bits = Array(bytes[position..<position + 8]).littleEndian(at: 0, as: UInt64.self)
            position += 8
            guard let labels = bytes.counted(at: &position) else { return nil }
            let exemplar = Exemplar(labels: Labels(canonical: labels), value: Double(bitPattern: bits), timestamp: time)
            result.append((Array(series), exemplar))
        }
        return result
    }
}
