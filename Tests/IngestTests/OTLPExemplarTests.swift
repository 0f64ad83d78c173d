import Compression
import Telemetry
import TestKit
import Testing

@testable import Ingest

@Suite("OTLP exemplars and metadata")
struct OTLPExemplarTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    private static let json = """
        {"resourceMetrics": [{"scopeMetrics": [{"metrics": [
          {"name": "http.requests", "description": "Requests seen.", "sum": {"aggregationTemporality": 2, "isMonotonic": true,
            "dataPoints": [{"timeUnixNano": "1700000000000000000", "asInt": "7", "exemplars": [{"asInt": "3",
              "timeUnixNano": "1699999999500000000", "traceId": "\(trace)", "spanId": "\(span)",
              "filteredAttributes": [{"key": "user.id", "value": {"stringValue": "u1"}}]}]}]}},
          {"name": "http.duration", "unit": "ms", "histogram": {"aggregationTemporality": 2, "dataPoints": [
            {"timeUnixNano": "1700000000000000000", "count": "6", "sum": 9.5, "bucketCounts": ["1", "2", "3"],
              "explicitBounds": [0.5, 10], "exemplars": [
                {"asDouble": 4, "timeUnixNano": "1699999999000000000", "traceId": "\(trace)"},
                {"asDouble": 40, "timeUnixNano": "1699999999000000000", "spanId": "\(span)"}]}]}}]}]}]}
        """

    private static var protobuf: [UInt8] {
        var request = ProtobufWriter()
        request.message(1) { resource in
            resource.message(2) { scope in
                scope.metric("http.requests", "", 7, temporality: 2, isMonotonic: true, help: "Requests seen.") { point in
                    point.fixed(6, 7)
                    point.message(5) { exemplar in
                        exemplar.fixed(6, 3)
                        exemplar.fixed(2, 1_699_999_999_500_000_000)
                        exemplar.data(5, bytes(trace))
                        exemplar.data(4, bytes(span))
                        exemplar.message(7) { $0.attribute("user.id", "u1") }
                    }
                }
                scope.metric("http.duration", "ms", 9, temporality: 2) { point in
                    point.fixed(4, 6)
                    point.double(5, 9.5)
                    point.data(6, [1, 2, 3].flatMap { Array($0 as UInt64) })
                    point.data(7, [0.5, 10].flatMap { Array($0.bitPattern) })
                    for (value, field, id) in [(4.0, 5, trace), (40, 4, span)] {
                        point.message(8) { exemplar in
                            exemplar.double(3, value)
                            exemplar.fixed(2, 1_699_999_999_000_000_000)
                            exemplar.data(field, bytes(id))
                        }
                    }
                }
            }
        }
        return request.bytes
    }

    private static func bytes(_ digits: String) -> [UInt8] {
        stride(from: 0, to: digits.count, by: 2).map { start in
            UInt8(digits.dropFirst(start).prefix(2), radix: 16) ?? 0
        }
    }

    @Test("stay with their series and buckets, in both forms", arguments: [true, false])
    func exemplars(isJSON: Bool) throws {
        let metrics =
            isJSON
            ? try OTLPJSONDecoder.decode(Array(OTLPExemplarTests.json.utf8), maximumBytes: 1 << 20)
            : try OTLPProtobufDecoder.decode(OTLPExemplarTests.protobuf, maximumBytes: 1 << 20)
        let batch = try OTLPTranslator.translate(metrics, maximumLabelBytes: 1 << 20).batch
        let found = Dictionary(
            uniqueKeysWithValues: batch.exemplars.map { (batch.labels(of: batch.series[$0.series]), $0.exemplar) })
        #expect(
            found == [
                ["__name__": "http_requests_total"]: Exemplar(
                    labels: ["trace_id": OTLPExemplarTests.trace, "span_id": OTLPExemplarTests.span, "user_id": "u1"], value: 3,
                    timestamp: 1_699_999_999_500),
                ["__name__": "http_duration_milliseconds_bucket", "le": "10"]: Exemplar(
                    labels: ["trace_id": OTLPExemplarTests.trace], value: 4, timestamp: 1_699_999_999_000),
                ["__name__": "http_duration_milliseconds_bucket", "le": "+Inf"]: Exemplar(
                    labels: ["span_id": OTLPExemplarTests.span], value: 40, timestamp: 1_699_999_999_000),
            ])
        #expect(
            batch.metadata == [
                "http_requests_total": MetricMetadata(kind: .counter, help: "Requests seen."),
                "http_duration_milliseconds": MetricMetadata(kind: .histogram, unit: "ms"),
            ])
    }

    @Test("Attributes that are too long are left out, identifiers stay")
    func longAttributes() {
        let long = OTLPAttribute(name: "query", value: String(repeating: "x", count: Exemplar.maximumLabelBytes))
        let exemplar = OTLPExemplar(attributes: [long], time: 5_000_000, value: 1, traceID: "ab").exemplar
        #expect(exemplar == Exemplar(labels: ["trace_id": "ab"], value: 1, timestamp: 5))
    }
}
