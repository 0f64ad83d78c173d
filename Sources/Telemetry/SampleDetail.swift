/// What few samples have beside their number, or in its place.
package struct SampleDetail: Sendable, Hashable {
    /// What stands in the place of the number.
    package var histogram: NativeHistogram?
    /// When the sample's counter began to count; 0 where that is not known.
    package var startTimestamp: Milliseconds

    /// A detail of a sample.
    package init(histogram: NativeHistogram? = nil, startTimestamp: Milliseconds = 0) {
        self.histogram = histogram
        self.startTimestamp = startTimestamp
    }

    /// True if it says nothing.
    package var isEmpty: Bool { histogram == nil && startTimestamp == 0 }
}

extension NativeHistogram {
    /// How many buckets it carries: what it costs beside a number.
    package var bucketCount: Int { positive.count + negative.count + customBounds.count }

    /// Forgets a hint that was about a sample which does not stand before this one any more. That it is a gauge stays true.
    package mutating func forgetReset() {
        if resetHint != .gauge { resetHint = .unknown }
    }
}

extension SampleColumns {
    /// Buckets of all histograms.
    package var bucketCount: Int { histograms.reduce(0) { $0 + ($1?.bucketCount ?? 0) } }
}
