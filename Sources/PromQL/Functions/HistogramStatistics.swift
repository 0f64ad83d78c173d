import Glibc
import Telemetry

/// What a histogram says of the observations it counts.
extension NativeHistogram {
    /// The value below which the part `quantile` of all observations lies, interpolated in its bucket: on a logarithmic scale in
    /// exponential buckets, on a straight one in custom buckets and around zero.
    func quantile(_ quantile: Double) -> (value: Double, note: HistogramNote?) {
        if quantile < 0 { return (-.infinity, nil) }
        if quantile > 1 { return (.infinity, nil) }
        guard count != 0, !quantile.isNaN else { return (.nan, nil) }
        // Observations of NaN are counted but in no bucket, as if they lay above all others; so those must be counted from below.
        let hasNaN = sum.isNaN
        let fromBelow = hasNaN || quantile < 0.5
        var rank = (fromBelow ? quantile : 1 - quantile) * count
        let buckets = assumedBuckets
        var seen = 0.0
        var found: HistogramBucket?
        for bucket in fromBelow ? buckets : buckets.reversed() {
            seen += bucket.count
            found = bucket
            if seen >= rank { break }
        }
        guard let bucket = found else { return (.nan, nil) }
        if isCustom {
            if bucket.lower == -.infinity { return (bucket.upper, nil) }
            if bucket.upper == .infinity { return (bucket.lower, nil) }
        }
        seen = min(seen, count)
        if seen < rank { return hasNaN ? (.nan, .quantileIsNaN) : (bucket.upper, nil) }
        rank = fromBelow ? rank - (seen - bucket.count) : seen - rank
        return (interpolate(bucket, rank / bucket.count), hasNaN ? .quantileIsSkewed : nil)
    }

    /// Whether observations are taken to be spread evenly in a bucket, not evenly by magnitude.
    private func isLinear(_ bucket: HistogramBucket) -> Bool { isCustom || (bucket.lower <= 0 && bucket.upper >= 0) }

    /// The value at a part of a bucket's observations.
    private func interpolate(_ bucket: HistogramBucket, _ part: Double) -> Double {
        if isLinear(bucket) { return bucket.lower + (bucket.upper - bucket.lower) * part }
        let (low, high) = (log2(bucket.lower.magnitude), log2(bucket.upper.magnitude))
        return bucket.lower > 0 ? exp2(low + (high - low) * part) : -exp2(high + (low - high) * (1 - part))
    }

    /// The part of a bucket's observations that lies below a value within it.
    private func part(of bucket: HistogramBucket, below value: Double) -> Double {
        if isLinear(bucket) { return (value - bucket.lower) / (bucket.upper - bucket.lower) }
        let (low, high, at) = (log2(bucket.lower.magnitude), log2(bucket.upper.magnitude), log2(value.magnitude))
        return value > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high)
    }

    /// Which part of all observations lies between two values.
    func fraction(from lower: Double, to upper: Double) -> Double {
        guard count != 0, !lower.isNaN, !upper.isNaN else { return .nan }
        guard lower < upper else { return 0 }
        let buckets = assumedBuckets
        return (rank(of: upper, in: buckets) - rank(of: lower, in: buckets)) / count
    }

    /// How many observations lie below a value.
    private func rank(of value: Double, in buckets: [HistogramBucket]) -> Double {
        var below = 0.0
        for bucket in buckets {
            if bucket.lower >= value { return min(below, count) }
            if bucket.upper > value {
                // Of a bucket without end nothing can be said but that it is there.
                if bucket.lower == -.infinity { return min(bucket.count, count) }
                if bucket.upper == .infinity { return min(below, count) }
                return min(below + bucket.count * part(of: bucket, below: value), count)
            }
            below += bucket.count
        }
        return count
    }

    /// Population variance, each observation taken to stand in the middle of its bucket.
    var variance: Double {
        let mean = sum / count
        var squares = KahanSum()
        for bucket in buckets {
            let middle: Double
            if isCustom {
                middle = (bucket.lower + bucket.upper) / 2
            } else if bucket.lower <= 0, bucket.upper >= 0 {
                middle = 0
            } else {
                let distance = (bucket.lower * bucket.upper).squareRoot()
                middle = bucket.upper < 0 ? -distance : distance
            }
            let delta = middle - mean
            squares.add(bucket.count * delta * delta)
        }
        return squares.value / count
    }
}

/// Cutting off observations on one side of a value.
extension NativeHistogram {
    /// Only the observations below a value (`above` false) or above it. Count and sum are reckoned anew from what is left, unless that is
    /// everything; a bucket that the value cuts is divided as ``quantile(_:)`` would.
    func trimmed(at cut: Double, keepingAbove above: Bool) -> NativeHistogram {
        var result = self
        var (left, sum) = (0.0, KahanSum())
        var changed = false
        func keep(_ bucket: HistogramBucket) -> Double {
            let (kept, middle) = trim(bucket, at: cut, keepingAbove: above)
            if kept != bucket.count { changed = true }
            if kept != 0 {
                left += kept
                sum.add(kept * middle)
            }
            return kept
        }
        result.negative.mapCounts { place, count in
            let (near, far) = bounds(ofPositive: negative.indexes[place])
            return count == 0 ? 0 : keep(HistogramBucket(-far, -near, count))
        }
        if zeroCount != 0 {
            let bounds = (
                negative.isEmpty && !positive.isEmpty ? 0 : -zeroThreshold,
                positive.isEmpty && !negative.isEmpty ? 0 : zeroThreshold
            )
            result.zeroCount = keep(HistogramBucket(bounds.0, bounds.1, zeroCount))
        }
        result.positive.mapCounts { place, count in
            let (lower, upper) = bounds(ofPositive: positive.indexes[place])
            return count == 0 ? 0 : keep(HistogramBucket(lower, upper, count))
        }
        guard changed else { return self }
        result.count = left
        result.sum = sum.value
        return result.compacted
    }

    /// How much of a bucket is left, and where its observations stand on average.
    private func trim(_ bucket: HistogramBucket, at cut: Double, keepingAbove above: Bool) -> (kept: Double, middle: Double) {
        if bucket.lower == -.infinity || bucket.upper == .infinity {
            return trimEndless(bucket, at: cut, keepingAbove: above)
        }
        func middle(_ low: Double, _ high: Double) -> Double {
            if isLinear(bucket) { return (low + high) / 2 }
            return (low * high).squareRoot() * (low < 0 ? -1 : 1)
        }
        let (isBelow, isAbove) = (bucket.upper <= cut, bucket.lower >= cut)
        if isBelow || isAbove {
            return (isAbove == above ? bucket.count : 0, middle(bucket.lower, bucket.upper))
        }
        let below = bucket.count * part(of: bucket, below: cut)
        return above ? (bucket.count - below, middle(cut, bucket.upper)) : (below, middle(bucket.lower, cut))
    }

    /// The lowest and the highest custom bucket. Where the lowest ends above zero its observations are taken to be positive; of others
    /// nothing is known but one bound, so they can't be divided.
    private func trimEndless(
        _ bucket: HistogramBucket, at cut: Double, keepingAbove above: Bool
    ) -> (kept: Double, middle: Double) {
        if bucket.lower == -.infinity {
            let upper = bucket.upper
            let isPositive = upper > 0 && upper < .infinity
            let middle = isPositive ? upper / 2 : upper
            if above ? cut == -.infinity : cut >= upper { return (bucket.count, middle) }
            if isPositive, cut >= 0, cut < upper {
                let below = bucket.count * cut / upper
                return above ? (bucket.count - below, (cut + upper) / 2) : (below, cut / 2)
            }
            return !above && upper <= 0 ? (cut == -.infinity ? 0 : bucket.count, cut) : (0, 0)
        }
        if above { return cut == .infinity ? (0, 0) : (bucket.count, max(cut, bucket.lower)) }
        return cut == .infinity ? (bucket.count, bucket.lower) : (0, 0)
    }
}
