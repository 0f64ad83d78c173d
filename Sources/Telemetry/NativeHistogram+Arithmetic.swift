/// What had to be done, beyond adding up, to bring two histograms together.
package struct HistogramMergeNotes: OptionSet, Sendable {
    /// One bit a note.
    package let rawValue: UInt8
    /// Custom bounds differed, and only those of both are left.
    package static let reconciledBounds = HistogramMergeNotes(rawValue: 1)
    /// One counter had been reset, the other had not.
    package static let conflictingResets = HistogramMergeNotes(rawValue: 2)

    /// From bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }
}

/// Two histograms that can't be brought together: one has custom bounds, the other has not.
package struct IncompatibleHistograms: Error, Sendable {
    /// Says so.
    package init() {}
}

extension NativeHistogram {
    /// Adds another histogram's observations; the result is as coarse as the coarser of both.
    @discardableResult
    package mutating func add(_ other: NativeHistogram) throws(IncompatibleHistograms) -> HistogramMergeNotes {
        var notes = try combine(other) { $0 + $1 }
        let (hint, conflicts) = NativeHistogram.mergedHint(resetHint, other.resetHint)
        resetHint = hint
        if conflicts { notes.insert(.conflictingResets) }
        return notes
    }

    /// Takes away another histogram's observations. What is left is a gauge, since it may hold less than nothing.
    @discardableResult
    package mutating func subtract(_ other: NativeHistogram) throws(IncompatibleHistograms) -> HistogramMergeNotes {
        var notes = try combine(other) { $0 - $1 }
        if NativeHistogram.mergedHint(resetHint, other.resetHint).conflicts { notes.insert(.conflictingResets) }
        resetHint = .gauge
        return notes
    }

    private mutating func combine(
        _ other: NativeHistogram, _ operation: (Double, Double) -> Double
    ) throws(IncompatibleHistograms) -> HistogramMergeNotes {
        guard let layout = NativeHistogram.commonLayout(self, other) else { throw IncompatibleHistograms() }
        let notes: HistogramMergeNotes = customBounds == other.customBounds ? [] : .reconciledBounds
        var sum = conforming(to: layout)
        let other = other.conforming(to: layout)
        sum.count = operation(sum.count, other.count)
        sum.sum = operation(sum.sum, other.sum)
        sum.zeroCount = operation(sum.zeroCount, other.zeroCount)
        sum.positive = sum.positive.merged(with: other.positive, operation).compacted
        sum.negative = sum.negative.merged(with: other.negative, operation).compacted
        self = sum
        return notes
    }

    /// What is known of the resets of a sum.
    package static func mergedHint(_ left: ResetHint, _ right: ResetHint) -> (hint: ResetHint, conflicts: Bool) {
        switch (left, right) {
        case _ where left == right: (left, false)
        case (.gauge, _), (_, .gauge): (.gauge, false)
        case (.unknown, _), (_, .unknown): (.unknown, false)
        default: (.unknown, true)
        }
    }

    /// Every number times a factor. With a negative one a counter becomes a gauge.
    package func scaled(by factor: Double) -> NativeHistogram {
        var result = changed { $0 * factor }
        if factor < 0 { result.resetHint = .gauge }
        return result
    }

    /// Every number divided. Division by zero leaves no buckets, as no bucket could hold infinitely many.
    package func divided(by divisor: Double) -> NativeHistogram {
        var result = changed { $0 / divisor }
        if divisor == 0 {
            result.positive = HistogramBuckets()
            result.negative = HistogramBuckets()
        }
        if divisor < 0 { result.resetHint = .gauge }
        return result
    }

    private func changed(_ change: (Double) -> Double) -> NativeHistogram {
        var result = self
        result.count = change(count)
        result.sum = change(sum)
        result.zeroCount = change(zeroCount)
        result.positive.mapCounts { change($1) }
        result.negative.mapCounts { change($1) }
        return result
    }
}
