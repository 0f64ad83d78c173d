import Compression
import Telemetry
import TestKit
import Testing

@testable import Ingest

extension ProtobufWriter {
    /// A histogram of remote-write, as senders write it: integers as differences, fractions as they are.
    mutating func histogram(_ histogram: NativeHistogram, at time: Milliseconds) {
        let counts = [histogram.count, histogram.zeroCount] + histogram.positive.counts + histogram.negative.counts
        let areIntegers = counts.allSatisfy { $0 == $0.rounded() && $0 >= 0 }
        if areIntegers { varint(1, UInt64(histogram.count)) } else { double(2, histogram.count) }
        double(3, histogram.sum)
        varint(4, Varint.zigzag(Int64(histogram.schema)))
        double(5, histogram.zeroThreshold)
        if areIntegers { varint(6, UInt64(histogram.zeroCount)) } else { double(7, histogram.zeroCount) }
        for (side, field) in [(histogram.negative, 8), (histogram.positive, 11)] {
            var last: Int32?
            for index in side.indexes {
                let offset = last.map { Int64(index) - Int64($0) - 1 } ?? Int64(index)
                message(field) { span in
                    span.varint(1, Varint.zigzag(offset))
                    span.varint(2, 1)
                }
                last = index
            }
            var packed: [UInt8] = []
            var previous: Int64 = 0
            for count in side.counts {
                if areIntegers {
                    Varint.append(signed: Int64(count) - previous, to: &packed)
                    previous = Int64(count)
                } else {
                    for shift in stride(from: 0, to: 64, by: 8) {
                        packed.append(UInt8(truncatingIfNeeded: count.bitPattern >> shift))
                    }
                }
            }
            data(areIntegers ? field + 1 : field + 2, packed)
        }
        varint(14, UInt64([.unknown, .reset, .notReset, .gauge].firstIndex(of: histogram.resetHint) ?? 0))
        integer(15, time)
        for bound in histogram.customBounds { double(16, bound) }
    }
}

@Suite struct HistogramMessageTests {
    /// A histogram that could have been observed.
    private static func random(_ random: inout SeededGenerator) -> NativeHistogram {
        func side(_ indexes: ClosedRange<Int32>, _ isWhole: Bool) -> HistogramBuckets {
            var side = HistogramBuckets()
            for index in indexes where Bool.random(using: &random) {
                let count = Double.random(in: 0...1000, using: &random)
                side.append(index, isWhole ? count.rounded(.up) : count)
            }
            return side
        }
        let isWhole = Bool.random(using: &random)
        var histogram = NativeHistogram(schema: Int8.random(in: -4...8, using: &random), positive: side(-20...20, isWhole))
        if Int.random(in: 0..<3, using: &random) == 0 {
            histogram = NativeHistogram(
                schema: NativeHistogram.customSchema, positive: side(0...3, isWhole), customBounds: [-1, 0, 2.5])
        } else {
            histogram.negative = side(-9...9, isWhole)
            histogram.zeroThreshold = 0.001
            histogram.zeroCount = 3
        }
        histogram.sum = Double.random(in: -10...10, using: &random)
        histogram.count = (histogram.positive.counts + histogram.negative.counts).reduce(histogram.zeroCount, +)
        histogram.resetHint = Bool.random(using: &random) ? .gauge : .unknown
        return histogram
    }

    private static func request(_ histogram: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var request = ProtobufWriter()
        request.message(1) { series in
            series.message(1) { label in
                label.string(1, "__name__")
                label.string(2, "h")
            }
            series.message(4, histogram)
        }
        return request.bytes
    }

    @Test("Histograms of every kind arrive as they were sent, and damage is an error or another histogram", arguments: 1...60)
    func roundTrip(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let histogram = HistogramMessageTests.random(&random)
        var bytes = HistogramMessageTests.request { $0.histogram(histogram, at: 1234) }
        let result = try RemoteWriteDecoder.decode(bytes)
        #expect(result.refused.isEmpty, "seed \(seed)")
        #expect(result.batch.timestamps == [1234])
        #expect(result.batch.details[0]?.histogram == histogram, "seed \(seed)")
        for _ in 0..<300 {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let byte = bytes[place]
            bytes[place] = UInt8.random(in: 0...255, using: &random)
            if let batch = try? RemoteWriteDecoder.decode(bytes).batch {
                for detail in batch.details.values { #expect(detail.histogram?.isValid ?? true, "seed \(seed)") }
            }
            bytes[place] = byte
        }
    }

    @Test("A histogram whose sum is the stale marker ends the series")
    func stale() throws {
        let batch = try RemoteWriteDecoder.decode(
            HistogramMessageTests.request {
                $0.double(3, SampleBatch.staleMarker)
                $0.integer(15, 7)
            }
        ).batch
        #expect(batch.details.isEmpty && batch.values.map(\.bitPattern) == [SampleBatch.staleMarker.bitPattern])
        #expect(batch.timestamps == [7])
    }

    @Test("What can't be true is refused by name")
    func refused() throws {
        func span(_ message: inout ProtobufWriter, _ offset: Int64, _ length: UInt64) {
            message.message(11) { span in
                span.varint(1, Varint.zigzag(offset))
                span.varint(2, length)
            }
        }
        let cases: [(String, (inout ProtobufWriter) -> Void)] = [
            ("bad_histogram", { $0.varint(4, Varint.zigzag(9)) }),
            ("bad_histogram", { $0.varint(4, Varint.zigzag(1 << 40)) }),
            ("bad_histogram", { span(&$0, 0, 1) }),
            ("bad_histogram", { span(&$0, 0, .max) }),
            ("bad_histogram", { $0.data(12, [2]) }),
            ("bad_histogram", { $0.double(5, .nan) }),
            (
                "bad_histogram",
                { message in
                    message.varint(1, 1)
                    span(&message, Int64(Int32.max), 1)
                    message.data(12, [2])
                }
            ),
            (
                "bad_histogram",
                { message in
                    message.varint(1, 1)
                    message.double(2, 1)
                }
            ),
            ("too_many_buckets", { $0.data(12, [UInt8](repeating: 0, count: NativeHistogram.maximumBuckets + 1)) }),
        ]
        for (number, (reason, message)) in cases.enumerated() {
            let result = try RemoteWriteDecoder.decode(HistogramMessageTests.request(message))
            #expect(result.refused == [reason: 1], "case \(number)")
            #expect(result.batch.isEmpty)
        }
    }

    @Test("Version 1 hands over exemplars and metadata, beside samples or alone")
    func extras() throws {
        var request = ProtobufWriter()
        request.message(1) { series in
            series.message(1) { label in
                label.string(1, "__name__")
                label.string(2, "m")
            }
            series.message(3) { exemplar in
                exemplar.message(1) { label in
                    label.string(1, "trace_id")
                    label.string(2, "abc")
                }
                exemplar.double(2, 2.5)
                exemplar.integer(3, 77)
            }
        }
        request.message(3) { metadata in
            metadata.varint(1, 1)
            metadata.string(2, "m")
            metadata.string(4, "Counts.")
            metadata.string(5, "bytes")
        }
        let batch = try RemoteWriteDecoder.decode(request.bytes).batch
        #expect(batch.isEmpty && batch.hasExtras)
        #expect(batch.exemplars.map(\.exemplar) == [Exemplar(labels: ["trace_id": "abc"], value: 2.5, timestamp: 77)])
        #expect(batch.exemplars.map { batch.labels(of: batch.series[$0.series]) } == [["__name__": "m"]])
        #expect(batch.metadata == ["m": MetricMetadata(kind: .counter, help: "Counts.", unit: "bytes")])
    }
}
