import Telemetry
import TestKit
import Testing

@testable import PromQL

/// Properties that hold of every histogram, checked on random ones.
@Suite struct HistogramStatisticsTests {
    static func random(_ random: inout SeededGenerator) -> NativeHistogram {
        func buckets(_ first: ClosedRange<Int32>) -> HistogramBuckets {
            let counts = (0..<Int.random(in: 0...8, using: &random)).map { _ in Double(Int.random(in: 0...5, using: &random)) }
            return HistogramBuckets(startingAt: Int32.random(in: first, using: &random), counts)
        }
        var histogram: NativeHistogram
        if Int.random(in: 0..<3, using: &random) == 0 {
            let bounds = [-20, -3, 0, 1, 2.5, 10, 40, 100.0]
            histogram = NativeHistogram(
                schema: NativeHistogram.customSchema, positive: buckets(0...1), customBounds: bounds)
        } else {
            histogram = NativeHistogram(
                schema: Int8.random(in: -2...5, using: &random), positive: buckets(-6...6),
                negative: Bool.random(using: &random) ? buckets(-6...6) : .init())
            histogram.zeroThreshold = 0x1p-30
            histogram.zeroCount = Double(Int.random(in: 0...4, using: &random))
        }
        histogram.count = histogram.buckets.map(\.count).reduce(0, +)
        histogram.sum = histogram.buckets.map { $0.count * ($0.lower.isFinite ? $0.lower : 0) }.reduce(0, +)
        return histogram
    }

    private static let values = [-.infinity, -1000, -7.3, -1, -0.4, 0, 0.001, 0.7, 1, 3.3, 64, 5000, .infinity]

    @Test("A quantile lies in the bucket that holds its rank, and rises with the rank", arguments: 0..<30)
    func quantiles(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let histogram = Self.random(&random)
        guard histogram.count > 0 else {
            #expect(histogram.quantile(0.5).value.isNaN)
            return
        }
        var previous = -Double.infinity
        for step in 0...40 {
            let quantile = Double(step) / 40
            let value = histogram.quantile(quantile).value
            #expect(value >= previous - 1e-9 * value.magnitude, "seed \(seed), \(quantile): \(value) after \(previous)")
            previous = value
            // The twin counts observations one by one; each stands somewhere in its bucket.
            let rank = quantile * histogram.count
            var below = 0.0
            let holding = histogram.assumedBuckets.filter { bucket in
                defer { below += bucket.count }
                return below <= rank + 1e-9 && rank - 1e-9 <= below + bucket.count
            }
            let isWithin = holding.contains { value >= $0.lower - 1e-9 && value <= $0.upper + 1e-9 * $0.upper.magnitude }
            #expect(isWithin, "seed \(seed), \(quantile): \(value) is outside of \(holding)")
        }
        #expect(histogram.quantile(-0.1).value == -.infinity)
        #expect(histogram.quantile(1.1).value == .infinity)
        #expect(histogram.quantile(.nan).value.isNaN)
    }

    @Test("Fractions add up", arguments: 0..<30)
    func fractions(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let histogram = Self.random(&random)
        guard histogram.count > 0 else { return }
        for (lower, upper) in zip(Self.values, Self.values.dropFirst()) {
            let fraction = histogram.fraction(from: lower, to: upper)
            #expect(fraction >= -1e-12 && fraction <= 1 + 1e-12, "seed \(seed)")
            let parts =
                histogram.fraction(from: -.infinity, to: lower) + fraction + histogram.fraction(from: upper, to: .infinity)
            #expect((parts - 1).magnitude < 1e-9, "seed \(seed): \(lower) to \(upper) gives \(parts)")
        }
        #expect(histogram.fraction(from: 2, to: 1) == 0)
        #expect(histogram.fraction(from: .nan, to: 1).isNaN)
    }

    @Test("What is cut off on one side is left by the other", arguments: 0..<30)
    func trimming(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let histogram = Self.random(&random)
        // The lowest and highest custom bucket have no end, so they are kept or dropped as a whole and may be dropped by both.
        let isEndless = histogram.isCustom
        for cut in Self.values {
            let (below, above) = (
                histogram.trimmed(at: cut, keepingAbove: false), histogram.trimmed(at: cut, keepingAbove: true)
            )
            let both = below.count + above.count
            #expect(
                isEndless ? both <= histogram.count + 1e-9 : (both - histogram.count).magnitude < 1e-9, "seed \(seed), \(cut)")
            let parts = zip(below.buckets.map(\.count) + above.buckets.map(\.count), 0...)
            #expect(parts.allSatisfy { $0.0 >= 0 })
            if !isEndless, histogram.count > 0 {
                let fraction = histogram.fraction(from: -.infinity, to: cut)
                #expect((fraction * histogram.count - below.count).magnitude < 1e-9, "seed \(seed), \(cut)")
            }
        }
        #expect(histogram.trimmed(at: -.infinity, keepingAbove: true) == histogram)
        #expect(histogram.trimmed(at: .infinity, keepingAbove: false) == histogram)
    }

    @Test("A sum of many is what adding them one by one gives, and the mean is its part", arguments: 0..<20)
    func accumulation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let all = (0..<20).map { _ in Self.random(&random) }.filter { !$0.isCustom }
        guard let first = all.first else { return }
        var plain = first
        var (sum, mean) = (HistogramAccumulator(first, isMean: false), HistogramAccumulator(first, isMean: true))
        for histogram in all.dropFirst() {
            try plain.add(histogram)
            try sum.add(histogram)
            try mean.add(histogram)
        }
        // Whole numbers add up without rounding, so the results must be equal, but for the sums.
        var got = sum.value
        #expect((got.sum - plain.sum).magnitude < 1e-9 * max(1, plain.sum.magnitude))
        got.sum = plain.sum
        #expect(got.hasSameContent(as: plain), "seed \(seed)")
        let scaled = mean.value.scaled(by: Double(all.count))
        #expect((scaled.count - plain.count).magnitude < 1e-9 * plain.count)
        #expect(scaled.positive.indexes == plain.compacted.positive.indexes)
    }

    @Test("Small terms survive large ones, and a mean survives a sum that overflows")
    func compensation() throws {
        var sum = HistogramAccumulator(NativeHistogram(count: 1, sum: 1), isMean: false)
        for value in [1e100, 1, -1e100] { try sum.add(NativeHistogram(count: 1, sum: value)) }
        #expect(sum.value.sum == 2)
        let huge = NativeHistogram(count: .greatestFiniteMagnitude, sum: 3, positive: HistogramBuckets(startingAt: 0, [1e308]))
        var mean = HistogramAccumulator(huge, isMean: true)
        for _ in 0..<99 { try mean.add(huge) }
        #expect((mean.value.count / .greatestFiniteMagnitude - 1).magnitude < 1e-12)
        #expect(mean.value.sum == 3)
        #expect(mean.value.positive.counts == [1e308])
    }
}
