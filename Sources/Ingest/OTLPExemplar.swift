import Compression
import Telemetry

/// An example of what was measured, as OTLP has it.
struct OTLPExemplar {
    /// What the series' own attributes left out.
    var attributes: [OTLPAttribute] = []
    /// Nanoseconds since 1970.
    var time: UInt64 = 0
    var value = 0.0
    /// In hexadecimal digits, empty where it is not told.
    var traceID = ""
    var spanID = ""

    /// The exemplar with its identifiers as labels, and with the attributes where those fit too.
    var exemplar: Exemplar {
        let identity = [Label("trace_id", traceID), Label("span_id", spanID)]
        let named = attributes.filter { !$0.name.isEmpty }.map { Label(OTLPNames.label($0.name), $0.value) }
        let all = Labels(named + identity)
        let bytes = all.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        return Exemplar(
            labels: bytes <= Exemplar.maximumLabelBytes ? all : Labels(identity), value: value,
            timestamp: Milliseconds(clamping: time / 1_000_000))
    }
}

extension OTLPProtobufDecoder {
    /// `Exemplar { 2: time, 3: double, 4: span, 5: trace, 6: integer, 7: KeyValue }`.
    mutating func exemplar(_ range: Range<Int>) throws(IngestError) -> OTLPExemplar {
        try metrics.take(OTLPExemplar.self)
        var exemplar = OTLPExemplar()
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            switch (field.number, field.wireType) {
            case (2, 1): exemplar.time = field.value
            case (3, 1): exemplar.value = Double(bitPattern: field.value)
            case (4, 2): exemplar.spanID = hexadecimal(field.range)
            case (5, 2): exemplar.traceID = hexadecimal(field.range)
            case (6, 1): exemplar.value = Double(Int64(bitPattern: field.value))
            case (7, 2): exemplar.attributes.append(try attribute(field.range))
            default: break
            }
        }
        return exemplar
    }

    private func hexadecimal(_ range: Range<Int>) -> String {
        bytes[range].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension OTLPJSONDecoder {
    mutating func exemplar(_ reader: inout JSONReader) throws(JSONReadError) -> OTLPExemplar {
        try take(OTLPExemplar.self, &reader)
        var exemplar = OTLPExemplar()
        try reader.members { (reader, key) throws(JSONReadError) in
            switch key {
            case "filteredAttributes": exemplar.attributes += try attributes(&reader)
            case "timeUnixNano": exemplar.time = try reader.unsigned()
            case "asDouble", "asInt": exemplar.value = try reader.double()
            case "spanId": exemplar.spanID = try reader.text()
            case "traceId": exemplar.traceID = try reader.text()
            default: try reader.skip()
            }
        }
        return exemplar
    }
}
