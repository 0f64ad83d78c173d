/// A histogram as one sample: how many observations fell into buckets of growing width, with their count and sum.
///
/// There are two kinds. In an **exponential** one a bucket's upper bound is 2^(2^-schema) times that of the bucket below, so the schema
/// alone (-4, coarse, to 8, fine) fixes all bounds and two histograms can always be brought together; observations close to zero stand
/// in a bucket of their own, of a width that may grow. One with **custom** bounds (schema -53) carries its bounds, as classic
/// histograms have them, and uses the positive buckets only.
///
/// ```
/// index of a positive bucket, schema 0        -1      0      1      2
/// ├─────────────┼──────────────────┤ ... (¼, ½]  (½, 1]  (1, 2]  (2, 4]
/// -threshold    0            threshold
/// ```
/// Counts are numbers with fractions, since rates and means are histograms too. Arithmetic stands in extensions.
package struct NativeHistogram: Sendable, Hashable {
    /// What is known about the sample before this one in its series.
    package enum ResetHint: String, Sendable, CaseIterable {
        case unknown
        /// The counter started again between the samples.
        case reset
        /// The counter went on.
        case notReset = "not_reset"
        /// The histogram is no counter: it may go down at any time.
        case gauge
    }

    /// The schema of histograms with bounds of their own.
    package static let customSchema: Int8 = -53
    /// The schemas of exponential histograms.
    package static let exponentialSchemas: ClosedRange<Int8> = -4...8
    /// Most buckets that decoders should accept in one histogram.
    package static let maximumBuckets = 10_000

    /// What is known about a reset of the counter.
    package var resetHint: ResetHint = .unknown
    /// How fine the buckets are, or ``customSchema``.
    package var schema: Int8
    /// Largest distance from zero that the zero bucket covers.
    package var zeroThreshold: Double = 0
    /// Observations in the zero bucket.
    package var zeroCount: Double = 0
    /// All observations, those of NaN included, which are in no bucket.
    package var count: Double
    /// Sum of all observations.
    package var sum: Double
    /// Buckets above zero; all buckets where bounds are custom.
    package var positive: HistogramBuckets
    /// Buckets below zero, by the distance from it.
    package var negative: HistogramBuckets
    /// Upper bounds where they are custom, ascending and finite; above the last one is a bucket without end.
    package var customBounds: [Double]

    /// A histogram with buckets as they are given.
    package init(
        schema: Int8 = 0, count: Double = 0, sum: Double = 0, positive: HistogramBuckets = .init(),
        negative: HistogramBuckets = .init(), customBounds: [Double] = []
    ) {
        self.schema = schema
        self.count = count
        self.sum = sum
        self.positive = positive
        self.negative = negative
        self.customBounds = customBounds
    }

    /// True if the histogram carries its own bounds.
    package var isCustom: Bool { schema == NativeHistogram.customSchema }

    /// Whether schema, bounds and numbers are such that every operation makes sense. Decoders check this before they let one in.
    package var isValid: Bool {
        if isCustom {
            let ascends = zip(customBounds, customBounds.dropFirst()).allSatisfy { $0 < $1 }
            let bounds = Int32(clamping: customBounds.count)
            return ascends && customBounds.allSatisfy(\.isFinite) && negative.isEmpty && zeroCount == 0
                && positive.indexes.allSatisfy { 0...bounds ~= $0 }
        }
        return NativeHistogram.exponentialSchemas.contains(schema) && customBounds.isEmpty && zeroThreshold >= 0
    }

    /// Without buckets that hold nothing.
    package var compacted: NativeHistogram {
        var result = self
        result.positive = positive.compacted
        result.negative = negative.compacted
        return result
    }

    /// Whether both hold the same, bit for bit, whatever their hints say. Buckets that hold nothing count as not there.
    package func hasSameContent(as other: NativeHistogram) -> Bool {
        func same(_ left: Double, _ right: Double) -> Bool { left == right || (left.isNaN && right.isNaN) }
        func same(_ left: HistogramBuckets, _ right: HistogramBuckets) -> Bool {
            let (left, right) = (left.compacted, right.compacted)
            return left.indexes == right.indexes && zip(left.counts, right.counts).allSatisfy { same($0, $1) }
        }
        return schema == other.schema && same(count, other.count) && same(sum, other.sum)
            && zeroThreshold == other.zeroThreshold && same(zeroCount, other.zeroCount) && customBounds == other.customBounds
            && same(positive, other.positive) && same(negative, other.negative)
    }
}
