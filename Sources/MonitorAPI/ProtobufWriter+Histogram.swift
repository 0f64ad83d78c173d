import Compression
import Telemetry

extension ProtobufWriter {
    /// A histogram of remote-write and remote-read. One of integers is written as such, its buckets as differences.
    ///
    /// ```
    /// Histogram { 1, 2: count, 3: sum, 4: schema, 5: zero threshold, 6, 7: zero count, 8: negative spans, 9: deltas, 10: counts,
    ///             11: positive spans, 12: deltas, 13: counts, 14: reset hint, 15: ms, 16: custom bounds }
    /// ```
    mutating func histogram(_ histogram: NativeHistogram, at time: Milliseconds) {
        let counts = [histogram.count, histogram.zeroCount] + histogram.positive.counts + histogram.negative.counts
        let areIntegers = counts.allSatisfy(\.isSmallInteger)
        if areIntegers { varint(1, UInt64(histogram.count)) } else { double(2, histogram.count) }
        double(3, histogram.sum)
        varint(4, Varint.zigzag(Int64(histogram.schema)))
        double(5, histogram.zeroThreshold)
        if areIntegers { varint(6, UInt64(histogram.zeroCount)) } else { double(7, histogram.zeroCount) }
        buckets(histogram.negative, spans: 8, areIntegers)
        buckets(histogram.positive, spans: 11, areIntegers)
        let hint: UInt64 =
            switch histogram.resetHint {
            case .unknown: 0
            case .reset: 1
            case .notReset: 2
            case .gauge: 3
            }
        varint(14, hint)
        integer(15, time)
        if !histogram.customBounds.isEmpty { packed(16, histogram.customBounds) }
    }

    /// Buckets as spans, and behind them as differences or as counts: fields that follow each other in every message that has them.
    mutating func buckets(_ buckets: HistogramBuckets, spans field: Int, _ areIntegers: Bool) {
        for span in BucketSpan.spans(of: buckets.indexes) {
            message(field) { message in
                message.varint(1, Varint.zigzag(Int64(span.offset)))
                message.varint(2, UInt64(span.length))
            }
        }
        guard !buckets.isEmpty else { return }
        guard areIntegers else { return packed(field + 2, buckets.counts) }
        var deltas: [UInt8] = []
        var last: Int64 = 0
        for count in buckets.counts {
            Varint.append(signed: Int64(count) - last, to: &deltas)
            last = Int64(count)
        }
        data(field + 1, deltas)
    }

    private mutating func packed(_ field: Int, _ values: [Double]) {
        var bytes: [UInt8] = []
        for value in values {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
            }
        }
        data(field, bytes)
    }
}

extension Double {
    /// Whether it is an integer from 0 on that an `Int64` holds exactly.
    var isSmallInteger: Bool { self >= 0 && self < 9_007_199_254_740_992 && self == rounded() }
}
