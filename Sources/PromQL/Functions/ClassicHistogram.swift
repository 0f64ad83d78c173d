/// A histogram in cumulative buckets, as classic histograms have them.
struct ClassicHistogram {
    /// Observations up to and including a bound.
    struct Bucket {
        var upperBound: Double
        var count: Double
    }

    private var buckets: [Bucket]
    /// True if counts had to be raised because a bucket held fewer than the one below it.
    private(set) var wasForcedMonotonic = false
    private let isComplete: Bool

    /// Sorts the buckets and adds up those of equal bound. There must be at least one.
    init(_ unsorted: [Bucket]) {
        buckets = []
        for bucket in unsorted.sorted(by: { $0.upperBound < $1.upperBound }) {
            if let last = buckets.last, last.upperBound == bucket.upperBound {
                buckets[buckets.count - 1].count += bucket.count
            } else {
                buckets.append(bucket)
            }
        }
        isComplete = buckets.last?.upperBound == .infinity
    }

    /// The value below which the fraction `quantile` of all observations lies, interpolated in its bucket.
    mutating func quantile(_ quantile: Double) -> Double {
        if quantile.isNaN { return .nan }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        guard isComplete else { return .nan }
        forceMonotonic()
        let observations = buckets[buckets.count - 1].count
        guard buckets.count >= 2, observations != 0 else { return .nan }
        var rank = quantile * observations
        let last = buckets.count - 1
        let index = buckets[..<last].firstIndex { $0.count >= rank } ?? last
        if index == last { return buckets[last - 1].upperBound }
        let bucket = buckets[index]
        if index == 0 {
            if bucket.upperBound <= 0 { return bucket.upperBound }
            return bucket.upperBound * (rank / bucket.count)
        }
        let below = buckets[index - 1]
        rank -= below.count
        return below.upperBound + (bucket.upperBound - below.upperBound) * (rank / (bucket.count - below.count))
    }

    /// Which part of all observations lies between two values.
    func fraction(from lower: Double, to upper: Double) -> Double {
        guard isComplete, let count = buckets.last?.count, count != 0, !lower.isNaN, !upper.isNaN else { return .nan }
        guard lower < upper else { return 0 }
        return (min(rank(of: upper), count) - min(rank(of: lower), count)) / count
    }

    /// How many observations lie below a value, interpolated in its bucket.
    private func rank(of value: Double) -> Double {
        var below = 0.0
        for (index, bucket) in buckets.enumerated() {
            // The lowest bucket reaches down to 0, or, if it ends below that, without end.
            let lowerBound = index > 0 ? buckets[index - 1].upperBound : bucket.upperBound > 0 ? 0 : -.infinity
            if lowerBound >= value { return below }
            if bucket.upperBound > value {
                if lowerBound == -.infinity { return bucket.count }
                return below + (bucket.count - below) * (value - lowerBound) / (bucket.upperBound - lowerBound)
            }
            below = bucket.count
        }
        return below
    }

    /// Rates and sums of floats make counts that fall by a hair; those are evened out silently, larger ones reported.
    private mutating func forceMonotonic() {
        var previous = buckets[0].count
        for index in buckets.indices.dropFirst() {
            let count = buckets[index].count
            if count == previous { continue }
            let isHair = (count - previous).magnitude <= 1e-12 * (count.magnitude + previous.magnitude)
            if isHair || count < previous {
                buckets[index].count = previous
                if !isHair { wasForcedMonotonic = true }
            } else {
                previous = count
            }
        }
    }
}
