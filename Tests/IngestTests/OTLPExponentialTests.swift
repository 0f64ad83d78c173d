import Compression
import Telemetry
import Testing

@testable import Ingest

@Suite struct OTLPExponentialTests {
    private static let room = 1 << 20

    private func translated(_ points: String, temporality: Int = 2) throws -> OTLPTranslator.Result {
        let json = """
            {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "d", "unit": "s", "exponentialHistogram": {
              "aggregationTemporality": \(temporality), "dataPoints": [\(points)]}}]}]}]}
            """
        let metrics = try OTLPJSONDecoder.decode(Array(json.utf8), maximumBytes: Self.room)
        return try OTLPTranslator.translate(metrics, maximumLabelBytes: Self.room)
    }

    private static let point = """
        {"timeUnixNano": "1700000000000000000", "count": "10", "sum": 21.5, "scale": 3, "zeroCount": "2", "zeroThreshold": 0.5,
         "positive": {"offset": -1, "bucketCounts": ["1", "0", "3"]}, "negative": {"offset": 4, "bucketCounts": [4]}}
        """

    @Test("A bucket holds the same observations, named by its upper bound") func buckets() throws {
        let result = try translated(Self.point)
        #expect(result.refused.isEmpty)
        let histogram = try #require(result.batch.details[0]?.histogram)
        var positive = HistogramBuckets()
        positive.append(0, 1)
        positive.append(2, 3)
        var expected = NativeHistogram(
            schema: 3, count: 10, sum: 21.5, positive: positive, negative: HistogramBuckets(startingAt: 5, [4]))
        expected.zeroThreshold = 0.5
        expected.zeroCount = 2
        #expect(histogram == expected)
        #expect(result.batch.labels(of: result.batch.series[0]) == ["__name__": "d_seconds"])
        // Bucket -1 of OTLP's scale 3 ends at 1.
        #expect(histogram.bounds(ofPositive: 0).upper == 1)
    }

    @Test("Both forms say the same") func protobuf() throws {
        var request = ProtobufWriter()
        request.message(1) { resource in
            resource.message(2) { scope in
                scope.message(2) { metric in
                    metric.string(1, "d")
                    metric.string(3, "s")
                    metric.message(10) { data in
                        data.message(1) { point in
                            point.fixed(3, 1_700_000_000_000_000_000)
                            point.fixed(4, 10)
                            point.double(5, 21.5)
                            point.varint(6, Varint.zigzag(3))
                            point.fixed(7, 2)
                            point.message(8) { side in
                                side.varint(1, Varint.zigzag(-1))
                                side.data(2, [1, 0, 3])
                            }
                            point.message(9) { side in
                                side.varint(1, Varint.zigzag(4))
                                side.varint(2, 4)
                            }
                            point.double(14, 0.5)
                        }
                        data.varint(2, 2)
                    }
                }
            }
        }
        let metrics = try OTLPProtobufDecoder.decode(request.bytes, maximumBytes: Self.room)
        let result = try OTLPTranslator.translate(metrics, maximumLabelBytes: Self.room)
        #expect(result.batch.details[0]?.histogram == (try translated(Self.point).batch.details[0]?.histogram))
    }

    @Test("Finer scales than there are become coarser ones") func scale() throws {
        let result = try translated(
            """
            {"timeUnixNano": "1000000", "count": "15", "scale": 10, "positive": {"offset": -3, "bucketCounts": [1, 2, 4, 8]}}
            """)
        let histogram = try #require(result.batch.details[0]?.histogram)
        // Four buckets of scale 10 make one of scale 8: -3, -2 and -1 end at or below 1, 0 lies above.
        var positive = HistogramBuckets()
        positive.append(0, 7)
        positive.append(1, 8)
        #expect(histogram.schema == 8 && histogram.positive == positive && histogram.zeroThreshold == 1e-128)
    }

    @Test(
        "What can't be taken is refused by name",
        arguments: [
            (#"{"count": "1", "scale": -5, "positive": {"bucketCounts": [1]}}"#, 2, "histogram_too_coarse"),
            (#"{"count": "2", "scale": 0, "positive": {"bucketCounts": [1]}}"#, 2, "bad_buckets"),
            (#"{"count": "1", "scale": 0, "positive": {"offset": 2147483647, "bucketCounts": [1]}}"#, 2, "bad_buckets"),
            (#"{"count": "1", "scale": 0, "positive": {"bucketCounts": [1]}}"#, 1, "delta_temporality"),
        ])
    func refused(point: String, temporality: Int, reason: String) throws {
        let result = try translated(point, temporality: temporality)
        #expect(result.refused == [reason: 1] && result.batch.isEmpty)
    }

    @Test("A point without a value ends the series") func stale() throws {
        let result = try translated(#"{"timeUnixNano": "1000000", "flags": 1}"#)
        #expect(result.batch.values.map(\.bitPattern) == [SampleBatch.staleMarker.bitPattern] && result.batch.details.isEmpty)
    }
}
