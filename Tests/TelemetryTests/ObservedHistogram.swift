import Foundation
import Telemetry
import TestKit

/// A naive twin: the observations themselves. A histogram of them is made by looking for each one's bucket among the bounds.
struct ObservedHistogram {
    var observations: [Double]

    static func random(_ random: inout SeededGenerator, count: Int = 60) -> ObservedHistogram {
        ObservedHistogram(
            observations: (0..<count).map { _ in
                let magnitude = exp2(Double.random(in: -12...12, using: &random))
                switch Int.random(in: 0..<10, using: &random) {
                case 0: return 0
                case 1..<4: return -magnitude
                default: return magnitude
                }
            })
    }

    func exponential(schema: Int8, zeroThreshold: Double) -> NativeHistogram {
        var (positive, negative): ([Int32: Double], [Int32: Double]) = ([:], [:])
        var zeros = 0.0
        for value in observations {
            if value.magnitude <= zeroThreshold {
                zeros += 1
                continue
            }
            var index = Int32((log2(value.magnitude) * exp2(Double(schema))).rounded(.up))
            while NativeHistogram.exponentialBound(index, schema: schema) < value.magnitude { index += 1 }
            while NativeHistogram.exponentialBound(index - 1, schema: schema) >= value.magnitude { index -= 1 }
            if value > 0 { positive[index, default: 0] += 1 } else { negative[index, default: 0] += 1 }
        }
        var histogram = NativeHistogram(
            schema: schema, count: Double(observations.count), sum: observations.reduce(0, +), positive: Self.buckets(positive),
            negative: Self.buckets(negative))
        histogram.zeroThreshold = zeroThreshold
        histogram.zeroCount = zeros
        return histogram
    }

    func custom(_ bounds: [Double]) -> NativeHistogram {
        var counts: [Int32: Double] = [:]
        for value in observations { counts[Int32(bounds.firstIndex { $0 >= value } ?? bounds.count), default: 0] += 1 }
        return NativeHistogram(
            schema: NativeHistogram.customSchema, count: Double(observations.count), sum: observations.reduce(0, +),
            positive: Self.buckets(counts), customBounds: bounds)
    }

    private static func buckets(_ counts: [Int32: Double]) -> HistogramBuckets {
        var buckets = HistogramBuckets()
        for (index, count) in counts.sorted(by: { $0.key < $1.key }) { buckets.append(index, count) }
        return buckets
    }

    static func + (left: ObservedHistogram, right: ObservedHistogram) -> ObservedHistogram {
        ObservedHistogram(observations: left.observations + right.observations)
    }
}

extension NativeHistogram {
    /// The same but for the sum, in which rounding differs with the order of terms, and the hint.
    func isAlike(_ other: NativeHistogram) -> Bool {
        var (left, right) = (self, other)
        let isClose = (sum - other.sum).magnitude <= 1e-9 * max(1, sum.magnitude)
        (left.sum, right.sum) = (0, 0)
        return isClose && left.hasSameContent(as: right)
    }
}
