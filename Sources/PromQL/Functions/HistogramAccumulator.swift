import Telemetry

/// Sum and mean of histograms, with what rounding loses carried for every number of them.
///
/// A mean may be finite though the sum is not; then the numbers are scaled down by a power of two, which costs no digits, and on they go.
struct HistogramAccumulator {
    private(set) var notes: HistogramMergeNotes = []
    private(set) var terms = 0.0
    /// The sum so far, and beside each of its numbers what was lost of it. Both have the same buckets.
    private var sum: NativeHistogram
    private var lost: NativeHistogram
    private var scale = 1.0
    private var seen: Set<NativeHistogram.ResetHint> = []
    private let isMean: Bool

    /// Small enough that no number of terms a query can hold overflows again.
    private static let meanScale = 0x1p-64

    init(_ first: NativeHistogram, isMean: Bool) {
        sum = first
        lost = first.scaled(by: 0)
        terms = 1
        seen = [first.resetHint]
        self.isMean = isMean
        forgetNaN()
    }

    /// Nothing was lost of the first term, infinite as it may be.
    private mutating func forgetNaN() {
        (lost.count, lost.sum, lost.zeroCount) = (0, 0, 0)
        lost.positive.mapCounts { _, _ in 0 }
        lost.negative.mapCounts { _, _ in 0 }
    }

    /// - Throws: where exponential meets custom; the sum then makes no sense any more.
    mutating func add(_ term: NativeHistogram) throws(IncompatibleHistograms) {
        guard let layout = NativeHistogram.commonLayout(sum, term) else { throw IncompatibleHistograms() }
        if sum.customBounds != term.customBounds { notes.insert(.reconciledBounds) }
        terms += 1
        seen.insert(term.resetHint)
        if sum.layout != layout {
            sum = sum.conforming(to: layout)
            lost = lost.conforming(to: layout)
        }
        sum.resetHint = NativeHistogram.mergedHint(sum.resetHint, term.resetHint).hint
        let term = term.conforming(to: layout)
        if isMean, scale == 1 {
            let (before, lostBefore) = (sum, lost)
            fold(term)
            if !overflowed(before, term) { return }
            scale = HistogramAccumulator.meanScale
            sum = before.scaled(by: scale)
            lost = lostBefore.scaled(by: scale)
        }
        fold(scale == 1 ? term : term.scaled(by: scale))
    }

    /// What has been added up, or the mean of it.
    var value: NativeHistogram {
        var result = sum
        func finish(_ sum: Double, _ lost: Double) -> Double {
            let total = sum.isInfinite ? sum : sum + lost
            return isMean ? total / terms / scale : total
        }
        result.count = finish(sum.count, lost.count)
        result.sum = finish(sum.sum, lost.sum)
        result.zeroCount = finish(sum.zeroCount, lost.zeroCount)
        result.positive.mapCounts { finish($1, lost.positive.counts[$0]) }
        result.negative.mapCounts { finish($1, lost.negative.counts[$0]) }
        return result.compacted
    }

    /// Whether counters that had been reset came together with such that had not.
    var hasConflictingResets: Bool { seen.contains(.reset) && seen.contains(.notReset) }

    private mutating func fold(_ term: NativeHistogram) {
        HistogramAccumulator.add(term.count, to: &sum.count, &lost.count)
        HistogramAccumulator.add(term.sum, to: &sum.sum, &lost.sum)
        HistogramAccumulator.add(term.zeroCount, to: &sum.zeroCount, &lost.zeroCount)
        HistogramAccumulator.add(term.positive, to: &sum.positive, &lost.positive)
        HistogramAccumulator.add(term.negative, to: &sum.negative, &lost.negative)
    }

    private func overflowed(_ before: NativeHistogram, _ term: NativeHistogram) -> Bool {
        func overflowed(_ sum: Double, _ before: Double, _ term: Double) -> Bool {
            sum.isInfinite && before.isFinite && term.isFinite
        }
        if overflowed(sum.count, before.count, term.count) || overflowed(sum.sum, before.sum, term.sum)
            || overflowed(sum.zeroCount, before.zeroCount, term.zeroCount)
        {
            return true
        }
        // Buckets hold no more than the count unless the input was odd, but odd input is possible.
        return sum.positive.counts.contains(where: \.isInfinite) || sum.negative.counts.contains(where: \.isInfinite)
    }

    private static func add(_ term: Double, to sum: inout Double, _ lost: inout Double) {
        var kahan = KahanSum(sum, lost: lost)
        kahan.add(term)
        (sum, lost) = (kahan.sum, kahan.lost)
    }

    private static func add(_ term: HistogramBuckets, to sum: inout HistogramBuckets, _ lost: inout HistogramBuckets) {
        if term.isEmpty { return }
        var (newSum, newLost) = (HistogramBuckets(), HistogramBuckets())
        var place = 0
        HistogramBuckets.forEachPair(sum, term) { index, before, added in
            let hadLost = place < lost.count && lost.indexes[place] == index
            var kahan = KahanSum(before, lost: hadLost ? lost.counts[place] : 0)
            kahan.add(added)
            newSum.append(index, kahan.sum)
            newLost.append(index, kahan.lost)
            if hadLost { place += 1 }
        }
        (sum, lost) = (newSum, newLost)
    }
}
