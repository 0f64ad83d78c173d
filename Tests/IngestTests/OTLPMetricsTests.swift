import Compression
import Telemetry
import TestKit
import Testing

@testable import Ingest

/// The same export in both forms.
enum OTLPExport {
    /// 2023-11-14T22:13:20Z.
    static let time: UInt64 = 1_700_000_000_000_000_000

    static let json = """
        {"resourceMetrics": [{
          "resource": {"attributes": [
            {"key": "service.name", "value": {"stringValue": "shop"}},
            {"key": "service.namespace", "value": {"stringValue": "web"}},
            {"key": "service.instance.id", "value": {"stringValue": "i-1"}},
            {"key": "host.name", "value": {"stringValue": "h1"}},
            {"key": "tags", "value": {"arrayValue": {"values": [{"stringValue": "a\\"b"}, {"intValue": "2"}, {"boolValue": true}]}}}]},
          "scopeMetrics": [{"scope": {"name": "x"}, "metrics": [
            {"name": "process.memory", "unit": "By", "gauge": {"dataPoints": [
              {"timeUnixNano": "1700000000000000000", "asInt": "-7", "attributes": [{"key": "pool.name", "value": {"stringValue": "p"}}]}]}},
            {"name": "http.requests", "unit": "{request}", "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [
              {"timeUnixNano": "1700000000000000000", "asDouble": 2.5}]}},
            {"name": "http.duration", "unit": "ms", "histogram": {"aggregationTemporality": "AGGREGATION_TEMPORALITY_CUMULATIVE",
              "dataPoints": [{"timeUnixNano": "1700000000000000000", "count": "6", "sum": 9.5,
                "bucketCounts": ["1", "2", "3"], "explicitBounds": [0.5, 10]}]}},
            {"name": "rpc.time", "unit": "s", "summary": {"dataPoints": [
              {"timeUnixNano": "1700000000000000000", "count": "4", "sum": 8, "quantileValues": [{"quantile": 0.5, "value": 1.5}]}]}},
            {"name": "gone", "gauge": {"dataPoints": [{"timeUnixNano": "1700000000000000000", "flags": 1}]}}]}]}]}
        """

    static var protobuf: [UInt8] {
        var request = ProtobufWriter()
        request.message(1) { resource in
            resource.message(1) { attributes in
                for (key, value) in [
                    ("service.name", "shop"), ("service.namespace", "web"), ("service.instance.id", "i-1"), ("host.name", "h1"),
                ] {
                    attributes.message(1) { $0.attribute(key, value) }
                }
                attributes.message(1) { pair in
                    pair.string(1, "tags")
                    pair.message(2) { value in
                        value.message(5) { list in
                            list.message(1) { $0.string(1, "a\"b") }
                            list.message(1) { $0.integer(3, 2) }
                            list.message(1) { $0.varint(2, 1) }
                        }
                    }
                }
            }
            resource.message(2) { scope in
                scope.message(1) { $0.string(1, "x") }
                metrics(&scope)
            }
        }
        return request.bytes
    }

    private static func metrics(_ scope: inout ProtobufWriter) {
        scope.metric("process.memory", "By", 5) { point in
            point.fixed(6, UInt64(bitPattern: -7))
            point.message(7) { $0.attribute("pool.name", "p") }
        }
        scope.metric("http.requests", "{request}", 7, temporality: 2, isMonotonic: true) { point in point.double(4, 2.5) }
        scope.metric("http.duration", "ms", 9, temporality: 2) { point in
            point.fixed(4, 6)
            point.double(5, 9.5)
            point.data(6, [1, 2, 3].flatMap { Array($0 as UInt64) })
            point.data(7, [0.5, 10].flatMap { Array($0.bitPattern) })
        }
        scope.metric("rpc.time", "s", 11) { point in
            point.fixed(4, 4)
            point.double(5, 8)
            point.message(6) { quantile in
                quantile.double(1, 0.5)
                quantile.double(2, 1.5)
            }
        }
        scope.metric("gone", "", 5) { point in point.varint(8, 1) }
    }

    /// The series that both forms stand for.
    static let expected: [Labels: Double] = {
        let identity: Labels = ["job": "web/shop", "instance": "i-1"]
        let series: [(Labels, Double)] = [
            (["__name__": "process_memory_bytes", "pool_name": "p"], -7), (["__name__": "http_requests_total"], 2.5),
            (["__name__": "http_duration_milliseconds_sum"], 9.5), (["__name__": "http_duration_milliseconds_count"], 6),
            (["__name__": "http_duration_milliseconds_bucket", "le": "0.5"], 1),
            (["__name__": "http_duration_milliseconds_bucket", "le": "10"], 3),
            (["__name__": "http_duration_milliseconds_bucket", "le": "+Inf"], 6),
            (["__name__": "rpc_time_seconds_sum"], 8), (["__name__": "rpc_time_seconds_count"], 4),
            (["__name__": "rpc_time_seconds", "quantile": "0.5"], 1.5), (["__name__": "gone"], SampleBatch.staleMarker),
            (["__name__": "target_info", "host_name": "h1", "tags": #"["a\"b",2,true]"#], 1),
        ]
        return Dictionary(uniqueKeysWithValues: series.map { ($0.0.merging(identity), $0.1) })
    }()
}

extension Array where Element == UInt8 {
    /// Eight bytes, the lowest first.
    init(_ value: UInt64) { self = (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
}

extension ProtobufWriter {
    mutating func attribute(_ key: String, _ value: String) {
        string(1, key)
        message(2) { $0.string(1, value) }
    }

    /// A metric of one point, with the fields of its kind.
    mutating func metric(
        _ name: String, _ unit: String, _ field: Int, temporality: UInt64 = 0, isMonotonic: Bool = false,
        time: UInt64 = OTLPExport.time, help: String = "", _ point: (inout ProtobufWriter) -> Void
    ) {
        message(2) { metric in
            metric.string(1, name)
            if !help.isEmpty { metric.string(2, help) }
            metric.string(3, unit)
            metric.message(field) { data in
                data.message(1) { inner in
                    inner.fixed(3, time)
                    point(&inner)
                }
                if temporality != 0 { data.varint(2, temporality) }
                if isMonotonic { data.varint(3, 1) }
            }
        }
    }
}

@Suite struct OTLPMetricsTests {
    private static let room = 16 << 20

    private func series(_ batch: SampleBatch) -> [Labels: Double] {
        Dictionary(uniqueKeysWithValues: batch.series.map { (batch.labels(of: $0), batch.values[$0.samples.lowerBound]) })
    }

    @Test("Both forms become the series that Prometheus makes of them", arguments: [true, false])
    func forms(isJSON: Bool) throws {
        let metrics =
            isJSON
            ? try OTLPJSONDecoder.decode(Array(OTLPExport.json.utf8), maximumBytes: Self.room)
            : try OTLPProtobufDecoder.decode(OTLPExport.protobuf, maximumBytes: Self.room)
        let result = try OTLPTranslator.translate(metrics, maximumLabelBytes: Self.room)
        #expect(result.refused == [:] && result.points == 5)
        #expect(Set(result.batch.timestamps) == [1_700_000_000_000])
        let found = series(result.batch)
        #expect(Set(found.keys) == Set(OTLPExport.expected.keys))
        for (labels, value) in OTLPExport.expected {
            #expect(found[labels]?.bitPattern == value.bitPattern, "\(labels)")
        }
    }

    @Test("Deltas and what can't be true are refused by name, the rest is kept")
    func refused() throws {
        var scope = ProtobufWriter()
        scope.metric("a", "", 7, temporality: 1, isMonotonic: true) { $0.double(4, 1) }
        scope.metric("b", "", 7) { $0.double(4, 1) }
        scope.metric("c", "", 10, temporality: 2) { $0.fixed(4, 1) }
        scope.metric("d", "", 9, temporality: 2) { $0.data(6, [UInt8](1)) }
        scope.metric("d", "", 9, temporality: 2) { point in
            point.data(6, [UInt8](1) + [UInt8](1))
        }
        scope.metric("e", "", 5) { _ in }
        scope.metric("f", "", 5) { $0.double(4, 1) }
        var request = ProtobufWriter()
        request.message(1) { $0.data(2, scope.bytes) }
        let metrics = try OTLPProtobufDecoder.decode(request.bytes, maximumBytes: Self.room)
        let result = try OTLPTranslator.translate(metrics, maximumLabelBytes: Self.room)
        #expect(
            result.refused == [
                "delta_temporality": 1, "no_temporality": 1, "bad_buckets": 2,
                "point_without_value": 1,
            ])
        #expect(series(result.batch)[["__name__": "f"]] == 1)
    }

    @Test("Names that become one keep the values of both; an attribute called job does not pose as the service")
    func collisions() throws {
        var scope = ProtobufWriter()
        scope.metric("m", "", 5) { point in
            point.double(4, 1)
            for (key, value) in [("a.b", "1"), ("a_b", "2"), ("job", "forged")] { point.message(7) { $0.attribute(key, value) } }
        }
        var request = ProtobufWriter()
        request.message(1) { resource in
            resource.message(1) { attributes in attributes.message(1) { $0.attribute("service.name", "shop") } }
            resource.data(2, scope.bytes)
        }
        let metrics = try OTLPProtobufDecoder.decode(request.bytes, maximumBytes: Self.room)
        let result = try OTLPTranslator.translate(metrics, maximumLabelBytes: Self.room)
        #expect(Array(series(result.batch).keys) == [["__name__": "m", "a_b": "1;2", "job": "shop"]])
    }

    @Test("An export that unfolds to more than may be held is refused while it is read")
    func room() throws {
        var points = ProtobufWriter()
        for _ in 0..<10_000 { points.data(1, []) }
        var metric = ProtobufWriter()
        metric.data(5, points.bytes)
        var request = ProtobufWriter()
        request.message(1) { resource in resource.message(2) { $0.data(2, metric.bytes) } }
        let json =
            #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":["#
            + Array(repeating: "{}", count: 10_000).joined(separator: ",") + "]}}]}]}]}"
        #expect(throws: IngestError.self) { try OTLPProtobufDecoder.decode(request.bytes, maximumBytes: 100_000) }
        let error = #expect(throws: IngestError.self) {
            try OTLPJSONDecoder.decode(Array(json.utf8), maximumBytes: 100_000)
        }
        #expect(error?.code == .bodyTooLarge)
        let metrics = try OTLPProtobufDecoder.decode(OTLPExport.protobuf, maximumBytes: Self.room)
        #expect(throws: IngestError.self) { try OTLPTranslator.translate(metrics, maximumLabelBytes: 500) }
    }

    @Test("Values nested without end are refused")
    func depth() throws {
        var value = ProtobufWriter()
        value.string(1, "x")
        for _ in 0..<1000 {
            let inner = value.bytes
            value = ProtobufWriter()
            value.message(5) { $0.data(1, inner) }
        }
        var request = ProtobufWriter()
        request.message(1) { resource in
            resource.message(1) { attributes in
                attributes.message(1) { pair in
                    pair.string(1, "deep")
                    pair.data(2, value.bytes)
                }
            }
        }
        #expect(throws: IngestError.self) { try OTLPProtobufDecoder.decode(request.bytes, maximumBytes: Self.room) }
        let nested = String(repeating: #"{"arrayValue":{"values":["#, count: 1000)
        let json = #"{"resourceMetrics":[{"resource":{"attributes":[{"key":"a","value":"# + nested
        let error = #expect(throws: IngestError.self) {
            try OTLPJSONDecoder.decode(Array(json.utf8), maximumBytes: Self.room)
        }
        #expect(error?.message.contains("nested") == true)
    }

    @Test("No bytes make the decoders fail otherwise than by an error", arguments: [1, 2, 3] as [UInt64])
    func damage(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<2000 {
            var bytes = round.isMultiple(of: 2) ? OTLPExport.protobuf : Array(OTLPExport.json.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0...20, using: &generator))
            let metrics =
                round.isMultiple(of: 2)
                ? try? OTLPProtobufDecoder.decode(bytes, maximumBytes: Self.room)
                : try? OTLPJSONDecoder.decode(bytes, maximumBytes: Self.room)
            if let metrics { _ = try? OTLPTranslator.translate(metrics, maximumLabelBytes: Self.room) }
        }
    }
}
