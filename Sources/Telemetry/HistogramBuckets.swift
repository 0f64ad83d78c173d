/// The buckets on one side of zero, by index: only those that hold something need to be there.
///
/// Both columns have equal length; indexes ascend. Counts may be fractions, and negative after a subtraction.
package struct HistogramBuckets: Sendable, Hashable {
    /// Which buckets, ascending.
    package private(set) var indexes: [Int32]
    /// How many observations each holds.
    package private(set) var counts: [Double]

    /// No buckets.
    package init() {
        indexes = []
        counts = []
    }

    /// Neighbouring buckets from `first` on. Indexes beyond what 32 bits hold are dropped.
    package init(startingAt first: Int32, _ counts: [Double]) {
        let room = Int(Int32.max) - Int(first) + 1
        self.counts = counts.count > room ? Array(counts[..<room]) : counts
        indexes = self.counts.indices.map { first + Int32($0) }
    }

    /// How many buckets there are, empty ones included.
    package var count: Int { indexes.count }
    /// True if there is no bucket at all.
    package var isEmpty: Bool { indexes.isEmpty }

    /// Adds a bucket behind all others; one of the same index as the last is added to it.
    package mutating func append(_ index: Int32, _ count: Double) {
        if let last = indexes.last, last >= index {
            precondition(last == index, "buckets must come in order")
            counts[counts.count - 1] += count
            return
        }
        indexes.append(index)
        counts.append(count)
    }

    /// Changes each count, given its place.
    package mutating func mapCounts(_ change: (Int, Double) -> Double) {
        for place in counts.indices { counts[place] = change(place, counts[place]) }
    }

    /// The same observations in other buckets. `index` must never fall as its argument rises; those that fall together are summed.
    package func reindexed(_ index: (Int32) -> Int32) -> HistogramBuckets {
        var result = HistogramBuckets()
        for (old, count) in zip(indexes, counts) { result.append(index(old), count) }
        return result
    }

    /// The buckets at some of the places.
    package func keeping(_ places: some Sequence<Int>) -> HistogramBuckets {
        var result = HistogramBuckets()
        for place in places { result.append(indexes[place], counts[place]) }
        return result
    }

    /// Every bucket that either side has, with its counts (0 where one lacks it) brought together.
    package func merged(with other: HistogramBuckets, _ combine: (Double, Double) -> Double) -> HistogramBuckets {
        var result = HistogramBuckets()
        HistogramBuckets.forEachPair(self, other) { index, left, right in result.append(index, combine(left, right)) }
        return result
    }

    /// Visits every bucket that either side has, with both counts.
    package static func forEachPair(
        _ left: HistogramBuckets, _ right: HistogramBuckets, _ visit: (Int32, Double, Double) -> Void
    ) {
        var (a, b) = (0, 0)
        while a < left.count || b < right.count {
            if b == right.count || (a < left.count && left.indexes[a] < right.indexes[b]) {
                visit(left.indexes[a], left.counts[a], 0)
                a += 1
            } else if a == left.count || right.indexes[b] < left.indexes[a] {
                visit(right.indexes[b], 0, right.counts[b])
                b += 1
            } else {
                visit(left.indexes[a], left.counts[a], right.counts[b])
                a += 1
                b += 1
            }
        }
    }

    /// Without buckets that hold nothing.
    package var compacted: HistogramBuckets {
        counts.contains(0) ? keeping(counts.indices.filter { counts[$0] != 0 }) : self
    }
}
