/// What a reader means to do with samples, for a source that keeps old ones condensed: which of a bucket's figures to give, and when.
///
/// A source without condensed samples need not look at it.
package struct SampleReading: Sendable, Equatable {
    /// What is given for a bucket of samples.
    package enum Aspect: Sendable, CaseIterable {
        /// The course of the series: first and last sample, and between them what lies near it.
        case course
        /// First and last sample, and what a counter held before it began again, so that its rise can be told.
        case counter
        /// The least and the greatest value.
        case least, greatest
        /// The sum of the values, and how many they are.
        case sum, count
        /// When there are samples. Numbers mean nothing then, but stale markers are where they were.
        case presence
    }

    /// Lengths of buckets, the finest first.
    package static let resolutions: [Milliseconds] = [300_000, 3_600_000]
    /// A bucket does where it is so small a part of what is looked at that its bounds hardly matter.
    private static let leastBuckets: Milliseconds = 50

    package var aspect: Aspect
    /// The longest buckets that do although there may be finer ones; 0 where only samples as they came do.
    package var resolution: Milliseconds
    /// Buckets longer than this are given in parts, so that a series that went on has no gaps; 0 for no such need.
    package var spacing: Milliseconds

    /// Samples as they came, where they are still there.
    package init(_ aspect: Aspect = .course, resolution: Milliseconds = 0, spacing: Milliseconds = 0) {
        self.aspect = aspect
        self.resolution = resolution
        self.spacing = spacing
    }

    /// For windows of a length that end at `end` and then every `step`.
    ///
    /// Where all their bounds are bounds of buckets, buckets tell as much as samples. Else those do of which a window holds many.
    /// - Parameter step: 0 for a single window.
    package init(_ aspect: Aspect, windowsOf length: Milliseconds, endingAt end: Milliseconds, every step: Milliseconds) {
        self.init(aspect, spacing: length / 2)
        resolution =
            SampleReading.resolutions.last { bucket in
                let isAligned = end % bucket == 0 && step % bucket == 0 && length % bucket == 0
                return isAligned || (bucket <= length / SampleReading.leastBuckets && (step == 0 || bucket <= step))
            } ?? 0
    }

    /// For the last sample at `start` and then every `step`, none older than a lookback.
    package init(lookingBack lookback: Milliseconds, from start: Milliseconds, every step: Milliseconds) {
        self.init(.course, spacing: lookback / 2)
        resolution =
            SampleReading.resolutions.last { bucket in
                step > 0 && ((start % bucket == 0 && step % bucket == 0) || bucket <= step / SampleReading.leastBuckets)
            } ?? 0
    }
}
