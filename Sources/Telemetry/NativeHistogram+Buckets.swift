import Glibc

/// One bucket with its bounds.
package struct HistogramBucket: Sendable, Equatable {
    /// Where it begins.
    package var lower: Double
    /// Where it ends.
    package var upper: Double
    /// How many observations it holds.
    package var count: Double
    /// Whether the bounds themselves belong to it.
    package var includes: (lower: Bool, upper: Bool)

    /// A bucket; positive ones include their upper bound, negative ones their lower.
    package init(_ lower: Double, _ upper: Double, _ count: Double, includesLower: Bool = false, includesUpper: Bool = true) {
        self.lower = lower
        self.upper = upper
        self.count = count
        includes = (includesLower, includesUpper)
    }

    /// Whether bounds and counts are equal.
    package static func == (left: HistogramBucket, right: HistogramBucket) -> Bool {
        left.lower == right.lower && left.upper == right.upper && left.count == right.count && left.includes == right.includes
    }
}

extension NativeHistogram {
    /// The upper bound of an exponential bucket above zero.
    package static func exponentialBound(_ index: Int32, schema: Int8) -> Double {
        let exponent: Int
        var fraction = 1.0
        if schema <= 0 {
            exponent = Int(index) << Int(-schema)
        } else {
            exponent = Int(index) >> Int(schema)
            let steps = Int32(1) << Int32(schema)
            fraction = exp2(Double(index & (steps - 1)) / Double(steps))
        }
        // The bucket of the largest numbers ends with them, so that only what is truly infinite lies above.
        if exponent == 1024, fraction == 1 { return .greatestFiniteMagnitude }
        return scalbn(fraction, Int32(clamping: exponent))
    }

    /// Bounds of a positive bucket. The lowest custom one has no lower bound, the highest no upper.
    package func bounds(ofPositive index: Int32) -> (lower: Double, upper: Double) {
        guard isCustom else {
            return (
                index == .min ? 0 : NativeHistogram.exponentialBound(index - 1, schema: schema),
                NativeHistogram.exponentialBound(index, schema: schema)
            )
        }
        let place = Int(index)
        return (
            place > 0 && place <= customBounds.count ? customBounds[place - 1] : -.infinity,
            place >= 0 && place < customBounds.count ? customBounds[place] : .infinity
        )
    }

    /// All buckets that hold something, from the lowest up.
    package var buckets: [HistogramBucket] {
        var buckets: [HistogramBucket] = []
        buckets.reserveCapacity(positive.count + negative.count + 1)
        for (index, count) in zip(negative.indexes, negative.counts).reversed() where count != 0 {
            let (near, far) = bounds(ofPositive: index)
            buckets.append(HistogramBucket(-far, -near, count, includesLower: true, includesUpper: false))
        }
        if zeroCount != 0 {
            buckets.append(HistogramBucket(-zeroThreshold, zeroThreshold, zeroCount, includesLower: true))
        }
        for (index, count) in zip(positive.indexes, positive.counts) where count != 0 {
            let (lower, upper) = bounds(ofPositive: index)
            // Nothing lies below the lowest number but minus infinity, which then belongs to the bucket.
            buckets.append(HistogramBucket(lower, upper, count, includesLower: lower == -.infinity))
        }
        return buckets
    }

    /// The same buckets with bounds as observations are taken to lie in them: a zero bucket reaches only to that side of zero on which
    /// other observations lie, and the lowest custom bucket begins at zero if it ends above.
    package var assumedBuckets: [HistogramBucket] {
        var buckets = buckets
        for place in buckets.indices {
            let bucket = buckets[place]
            if isCustom {
                if bucket.lower == -.infinity, bucket.upper > 0 { buckets[place].lower = 0 }
            } else if bucket.lower <= 0, bucket.upper >= 0 {
                if negative.isEmpty, !positive.isEmpty { buckets[place].lower = 0 }
                if positive.isEmpty, !negative.isEmpty { buckets[place].upper = 0 }
            }
        }
        return buckets
    }
}

extension NativeHistogram: CustomStringConvertible {
    /// `{count:20, sum:10, [-2,-1):2, [-0.001,0.001]:2, (0.5,1]:1}`, as Prometheus writes it.
    package var description: String {
        func text(_ value: Double) -> String {
            if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
            if value.isNaN { return "NaN" }
            let text = value.description
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }
        let parts = buckets.map { bucket in
            (bucket.includes.lower ? "[" : "(") + "\(text(bucket.lower)),\(text(bucket.upper))"
                + (bucket.includes.upper ? "]" : ")") + ":\(text(bucket.count))"
        }
        return "{" + (["count:\(text(count))", "sum:\(text(sum))"] + parts).joined(separator: ", ") + "}"
    }
}
