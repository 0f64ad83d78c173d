/// Which buckets a histogram may have: what two histograms must have in common before their buckets can be added.
package struct HistogramLayout: Sendable, Hashable {
    /// How fine the buckets are.
    package var schema: Int8
    /// How far the zero bucket reaches.
    package var zeroThreshold: Double
    /// Bounds where they are custom.
    package var customBounds: [Double]
}

extension NativeHistogram {
    /// Which buckets this one may have.
    package var layout: HistogramLayout {
        HistogramLayout(schema: schema, zeroThreshold: zeroThreshold, customBounds: customBounds)
    }

    /// The finest layout into which both fit; `nil` where one is custom and the other is not.
    package static func commonLayout(_ left: NativeHistogram, _ right: NativeHistogram) -> HistogramLayout? {
        guard left.isCustom == right.isCustom else { return nil }
        if left.isCustom {
            let bounds =
                left.customBounds == right.customBounds ? left.customBounds : shared(left.customBounds, right.customBounds)
            return HistogramLayout(schema: customSchema, zeroThreshold: 0, customBounds: bounds)
        }
        var threshold = max(left.zeroThreshold, right.zeroThreshold)
        if left.zeroThreshold != right.zeroThreshold {
            // A threshold within a bucket is moved to its end, which may lie within a bucket of the other.
            while true {
                let wider = right.thresholdOutsideBuckets(left.thresholdOutsideBuckets(threshold))
                if !(wider > threshold) { break }
                threshold = wider
            }
        }
        return HistogramLayout(schema: min(left.schema, right.schema), zeroThreshold: threshold, customBounds: [])
    }

    private static func shared(_ left: [Double], _ right: [Double]) -> [Double] {
        var bounds: [Double] = []
        var place = 0
        for bound in left {
            while place < right.count, right[place] < bound { place += 1 }
            if place < right.count, right[place] == bound { bounds.append(bound) }
        }
        return bounds
    }

    /// A threshold, or the end of the bucket with observations in which it lies.
    func thresholdOutsideBuckets(_ threshold: Double) -> Double {
        guard threshold > zeroThreshold else { return threshold }
        var result = threshold
        for side in [positive, negative] {
            for (index, count) in zip(side.indexes, side.counts) where count != 0 {
                let (lower, upper) = bounds(ofPositive: index)
                if lower >= threshold { break }
                if upper > threshold { result = max(result, upper) }
            }
        }
        return result
    }

    /// The same observations in a layout that is coarser in every respect.
    package func conforming(to layout: HistogramLayout) -> NativeHistogram {
        var result = self
        if isCustom {
            if customBounds != layout.customBounds { result.coarsen(to: layout.customBounds) }
            return result
        }
        if layout.zeroThreshold != zeroThreshold { result.widenZero(to: layout.zeroThreshold) }
        if layout.schema < schema { result.reduceResolution(to: layout.schema) }
        return result
    }

    /// Makes the buckets wider: each step down in the schema joins two neighbours.
    package mutating func reduceResolution(to coarser: Int8) {
        guard !isCustom, coarser < schema else { return }
        let shift = Int64(schema - coarser)
        let index: (Int32) -> Int32 = { Int32(((Int64($0) - 1) >> shift) + 1) }
        positive = positive.reindexed(index)
        negative = negative.reindexed(index)
        schema = coarser
    }

    /// Moves observations whose buckets begin below a threshold into the zero bucket.
    mutating func widenZero(to threshold: Double) {
        func cut(_ side: HistogramBuckets) -> (inside: Double, outside: HistogramBuckets) {
            let place = side.indexes.firstIndex { bounds(ofPositive: $0).lower >= threshold } ?? side.count
            guard place > 0 else { return (0, side) }
            return (side.counts[..<place].reduce(0, +), side.keeping(place..<side.count))
        }
        let (above, below) = (cut(positive), cut(negative))
        zeroCount += above.inside + below.inside
        (positive, negative) = (above.outside, below.outside)
        zeroThreshold = threshold
    }

    /// Leaves only some of the custom bounds; buckets that lose theirs join the next one above.
    private mutating func coarsen(to bounds: [Double]) {
        var place = 0
        let targets = customBounds.map { bound in
            while place < bounds.count, bounds[place] < bound { place += 1 }
            return Int32(place)
        }
        positive = positive.reindexed { index in
            let place = max(Int(index), 0)
            return place < targets.count ? targets[place] : Int32(bounds.count)
        }
        customBounds = bounds
    }
}
