extension NativeHistogram {
    /// Whether the counter started again between an earlier sample and this one.
    ///
    /// The hint decides where it says something. Else a reset shows in anything that must never fall: a count, the zero bucket, any
    /// bucket, and how fine the buckets are (a counter's resolution only goes down, until it starts again).
    package func isReset(after previous: NativeHistogram) -> Bool {
        switch resetHint {
        case .reset: return true
        case .notReset: return false
        case .unknown, .gauge: break
        }
        if count < previous.count || isCustom != previous.isCustom { return true }
        if isCustom {
            guard let layout = NativeHistogram.commonLayout(self, previous) else { return true }
            return NativeHistogram.falls(conforming(to: layout).positive, below: previous.conforming(to: layout).positive)
        }
        if schema > previous.schema || zeroThreshold < previous.zeroThreshold { return true }
        if previous.thresholdOutsideBuckets(zeroThreshold) != zeroThreshold { return true }
        let earlier = previous.conforming(to: layout)
        return zeroCount < earlier.zeroCount || NativeHistogram.falls(positive, below: earlier.positive)
            || NativeHistogram.falls(negative, below: earlier.negative)
    }

    private static func falls(_ later: HistogramBuckets, below earlier: HistogramBuckets) -> Bool {
        var falls = false
        HistogramBuckets.forEachPair(later, earlier) { _, now, before in
            if now < before { falls = true }
        }
        return falls
    }
}
