import Telemetry

/// Rates and differences of histograms over a window.
enum HistogramRates {
    /// `rate`, `increase` and `delta`, extended to the bounds of the window as ``Rates`` extends floats.
    static func extrapolated(
        _ window: borrowing Window, counter: Bool, perSecond: Bool, notes: inout [HistogramNote]
    ) -> SampleValue? {
        guard let samples = window.histogramsOnly else {
            notes.append(.mixedWithFloats)
            return nil
        }
        let startsAtZero = counter && Rates.startsWithin(window)
        guard samples.count >= 2 || startsAtZero else { return nil }
        var first = samples[0]
        if counter {
            if samples.contains(where: { $0.resetHint == .gauge }) { notes.append(.notCounter) }
            // A reset right behind the first sample makes its buckets, and so their layout, of no account.
            let isForgotten = samples.count > 1 && samples[1].isReset(after: first)
            if startsAtZero || isForgotten { first = NativeHistogram.empty(like: samples[isForgotten ? 1 : 0]) }
        } else if first.resetHint != .gauge || samples[samples.count - 1].resetHint != .gauge {
            notes.append(.notGauge)
        }
        do {
            let later = startsAtZero ? samples[...] : samples.dropFirst()
            let difference = try sumOfRises(from: first, later, counter: counter, notes: &notes)
            let factor = Rates.extrapolation(
                window, counter: counter, first: samples[0].count, difference: difference.count, perSecond: perSecond)
            return .histogram(difference.scaled(by: factor))
        } catch {
            notes.append(.mixedSchemas)
            return nil
        }
    }

    /// Last minus first, with what a counter held before each reset added again.
    static func sumOfRises(
        from first: NativeHistogram, _ later: ArraySlice<NativeHistogram>, counter: Bool, notes: inout [HistogramNote]
    ) throws(IncompatibleHistograms) -> NativeHistogram {
        guard var result = later.last else { return .empty(like: first) }
        if counter {
            guard later.allSatisfy({ $0.isCustom == first.isCustom }) else { throw IncompatibleHistograms() }
            // The coarsest sample decides how fine the result is, even where it is neither the first nor the last.
            if let coarsest = later.map(\.schema).min() { result.reduceResolution(to: coarsest) }
        }
        let subtracted = try result.subtract(first)
        if subtracted.contains(.reconciledBounds) { notes.append(.reconciledBounds(.subtraction)) }
        if counter {
            var previous = first
            for sample in later {
                if sample.isReset(after: previous), try result.add(previous).contains(.reconciledBounds) {
                    notes.append(.reconciledBounds(.addition))
                }
                previous = sample
            }
        }
        result.resetHint = .gauge
        return result.compacted
    }

    /// `irate` and `idelta`: from the last two samples alone.
    static func ofLastTwo(_ window: borrowing Window, counter: Bool, notes: inout [HistogramNote]) -> SampleValue? {
        guard window.count >= 2 else { return nil }
        let end = window.range.upperBound - 1
        let seconds = Double(window.columns.timestamps[end] - window.columns.timestamps[end - 1]) / 1000
        guard seconds > 0 else { return nil }
        switch (window.columns.histograms[end - 1], window.columns.histograms[end]) {
        case (nil, nil): return .number(Rates.ofLastTwo(window, counter: counter))
        case (let previous?, var last?):
            if counter, previous.resetHint == .gauge || last.resetHint == .gauge { notes.append(.notCounter) }
            if !counter, previous.resetHint != .gauge || last.resetHint != .gauge { notes.append(.notGauge) }
            if !counter || !last.isReset(after: previous) {
                guard let merged = try? last.subtract(previous) else {
                    notes.append(.mixedSchemas)
                    return nil
                }
                if merged.contains(.reconciledBounds) { notes.append(.reconciledBounds(.subtraction)) }
            }
            last.resetHint = .gauge
            return .histogram((counter ? last.divided(by: seconds) : last).compacted)
        default:
            notes.append(.mixedWithFloats)
            return nil
        }
    }

    /// `sum_over_time` and `avg_over_time`.
    static func sum(_ window: borrowing Window, isMean: Bool, notes: inout [HistogramNote]) -> SampleValue? {
        guard let samples = window.histogramsOnly else {
            notes.append(.mixedWithFloats)
            return nil
        }
        var total = HistogramAccumulator(samples[0], isMean: isMean)
        do {
            for sample in samples.dropFirst() { try total.add(sample) }
        } catch {
            notes.append(.mixedSchemas)
            return nil
        }
        if total.hasConflictingResets { notes.append(.conflictingResets(.aggregation)) }
        if total.notes.contains(.reconciledBounds) { notes.append(.reconciledBounds(.aggregation)) }
        return .histogram(total.value)
    }
}

extension NativeHistogram {
    /// One without observations, in the same buckets.
    static func empty(like histogram: NativeHistogram) -> NativeHistogram {
        var empty = NativeHistogram(schema: histogram.schema, customBounds: histogram.customBounds)
        empty.zeroThreshold = histogram.isCustom ? 0 : histogram.zeroThreshold
        return empty
    }
}

extension Window {
    /// The histograms, or nil if there are floats among them.
    var histogramsOnly: [NativeHistogram]? {
        var samples: [NativeHistogram] = []
        samples.reserveCapacity(count)
        for index in range {
            guard let histogram = columns.histograms[index] else { return nil }
            samples.append(histogram)
        }
        return samples
    }
}
