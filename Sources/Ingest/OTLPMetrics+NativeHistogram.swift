import Telemetry

/// An exponential histogram of OTLP as Prometheus' native one: the same buckets, each named by its upper bound instead of its lower.
extension OTLPMetrics.Point {
    /// Why a histogram is not taken, as counters say it.
    struct HistogramRefusal: Error {
        let reason: String
    }

    /// Width of the zero bucket where the point does not tell one.
    private static let usualZeroThreshold = 1e-128

    /// The point's histogram. Scales finer than Prometheus has are made coarser; coarser ones are refused.
    var nativeHistogram: Result<NativeHistogram, HistogramRefusal> {
        let finest = Int(NativeHistogram.exponentialSchemas.upperBound)
        guard exponential.scale >= Int(NativeHistogram.exponentialSchemas.lowerBound), exponential.scale < 32 else {
            return .failure(HistogramRefusal(reason: "histogram_too_coarse"))
        }
        guard exponential.positive.counts.count + exponential.negative.counts.count <= NativeHistogram.maximumBuckets else {
            return .failure(HistogramRefusal(reason: "too_many_buckets"))
        }
        let shift = max(0, exponential.scale - finest)
        guard let positive = OTLPMetrics.Point.buckets(exponential.positive, shift),
            let negative = OTLPMetrics.Point.buckets(exponential.negative, shift)
        else { return .failure(HistogramRefusal(reason: "bad_buckets")) }
        var histogram = NativeHistogram(
            schema: Int8(min(exponential.scale, finest)), count: Double(count), sum: sum ?? 0, positive: positive,
            negative: negative)
        histogram.zeroThreshold =
            exponential.zeroThreshold == 0 ? OTLPMetrics.Point.usualZeroThreshold : exponential.zeroThreshold
        histogram.zeroCount = Double(exponential.zeroCount)
        guard histogram.isValid, histogram.isPlausible else { return .failure(HistogramRefusal(reason: "bad_buckets")) }
        return .success(histogram)
    }

    /// - Parameter shift: how many times two neighbours are to be joined.
    private static func buckets(_ side: OTLPMetrics.Exponential.Side, _ shift: Int) -> HistogramBuckets? {
        var buckets = HistogramBuckets()
        for (place, count) in side.counts.enumerated() where count > 0 {
            let (index, overflows) = side.offset.addingReportingOverflow(place)
            guard !overflows, index < Int.max, let narrow = Int32(exactly: (index >> shift) + 1) else { return nil }
            buckets.append(narrow, Double(count))
        }
        return buckets
    }
}
