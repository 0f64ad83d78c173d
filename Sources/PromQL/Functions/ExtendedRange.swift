import Telemetry

/// A window that looks beyond its bounds: `anchored` counts from the last sample at or before its start, `smoothed` interpolates at both
/// bounds. Neither guesses how a series goes on.
struct ExtendedRange {
    /// What is computed.
    enum Kind: String {
        case rate, increase, delta, changes, resets

        var isCounter: Bool { self == .rate || self == .increase }
    }

    let kind: Kind
    let reach: VectorSelector.Reach

    /// Nil where the operand's windows are plain.
    init?(function name: String, over operand: Expression) throws(PromQLError) {
        guard case .range(let selector, _) = operand.unwrapped.kind, let reach = selector.reach else { return nil }
        guard let kind = Kind(rawValue: name), reach == .anchored || (kind != .changes && kind != .resets) else {
            let names = reach == .anchored ? "changes, delta, increase, rate and resets" : "delta, increase and rate"
            throw PromQLError(
                .execution, "\(reach.rawValue) can only be used with \(names), not with \(name)", at: operand.position)
        }
        self.kind = kind
        self.reach = reach
    }

    /// The samples that count for one window, and how the first and last of them came about.
    private struct Samples {
        var times: [Milliseconds] = []
        var samples: [SampleValue] = []
        /// The first is interpolated: what follows it then never begins a counter again, as it was made from both.
        var startsInterpolated = false
        /// The last is interpolated across a reset of the counter.
        var endsAcrossReset = false
    }

    /// The value of one window.
    func value(
        _ window: borrowing Window, lookback: Milliseconds, notes: inout [HistogramNote]
    ) throws(IncompatibleHistograms) -> SampleValue? {
        guard let samples = try samples(window, lookback: lookback, &notes) else { return nil }
        let seconds = window.seconds
        switch kind {
        case .changes, .resets:
            return .number(count(samples))
        case .rate, .increase, .delta:
            let histograms = samples.samples.compactMap(\.histogram)
            if histograms.isEmpty {
                let rise = rise(samples.samples.compactMap(\.number), samples)
                return .number(kind == .rate ? rise / seconds : rise)
            }
            guard histograms.count == samples.samples.count else {
                notes.append(.mixedWithFloats)
                return nil
            }
            let rise = try rise(histograms, samples, notes: &notes)
            return .histogram(kind == .rate ? rise.divided(by: seconds) : rise)
        }
    }

    private func samples(
        _ window: borrowing Window, lookback: Milliseconds, _ notes: inout [HistogramNote]
    ) throws(IncompatibleHistograms) -> Samples? {
        let columns = window.columns
        let (low, high) = (window.range.lowerBound, window.range.upperBound)
        let before = low > 0 && columns.timestamps[low - 1] > window.start.subtractingClamped(lookback) ? low - 1 : nil
        let limit = window.end.subtractingClamped(-lookback)
        let after = reach == .smoothed && high < columns.count && columns.timestamps[high] <= limit ? high : nil
        guard low < high || (before != nil && after != nil) else { return nil }
        var result = Samples()
        if let before {
            if reach == .smoothed, columns.timestamps[before] < window.start, low < columns.count, low < high || after != nil {
                let left = try Interpolation(columns, before, low, at: window.start, counter: kind.isCounter)
                result.samples.append(left.value)
                result.startsInterpolated = true
            } else {
                result.samples.append(columns.sample(before))
            }
        }
        for index in low..<high { result.samples.append(columns.sample(index)) }
        if reach == .smoothed, let after, columns.timestamps[max(after - 1, 0)] < window.end, after > 0 {
            let right = try Interpolation(columns, after - 1, after, at: window.end, counter: kind.isCounter)
            result.samples.append(right.value)
            // A pair that both bounds lie between is crossed by the first one already.
            result.endsAcrossReset = right.crossesReset && low < high
        } else if let last = result.samples.last {
            result.samples.append(last)
        }
        return result
    }

    /// How often neighbours differ, or a counter begins again.
    private func count(_ samples: Samples) -> Double {
        var count = 0.0
        for (before, now) in zip(samples.samples, samples.samples.dropFirst()) {
            switch (before, now) {
            case (.number(let before), .number(let now)):
                if kind == .resets ? now < before : (now != before && !(now.isNaN && before.isNaN)) { count += 1 }
            case (.histogram(let before), .histogram(let now)):
                if now.hasSameContent(as: before) { continue }
                if kind == .changes || now.isReset(after: before) { count += 1 }
            default: count += 1
            }
        }
        return count
    }

    private func rise(_ values: [Double], _ samples: Samples) -> Double {
        var rise = values[values.count - 1] - values[0]
        guard kind.isCounter else { return rise }
        let inner = values.count - 1
        for index in 1..<max(inner, 1) where values[index] < values[index - 1] && !(index == 1 && samples.startsInterpolated) {
            rise += values[index - 1]
        }
        if samples.endsAcrossReset { rise += values[inner - 1] }
        return rise
    }

    private func rise(
        _ values: [NativeHistogram], _ samples: Samples, notes: inout [HistogramNote]
    ) throws(IncompatibleHistograms) -> NativeHistogram {
        if kind.isCounter {
            if values.contains(where: { $0.resetHint == .gauge }) { notes.append(.notCounter) }
        } else if values[0].resetHint != .gauge || values[values.count - 1].resetHint != .gauge {
            notes.append(.notGauge)
        }
        guard values.allSatisfy({ $0.isCustom == values[0].isCustom }) else { throw IncompatibleHistograms() }
        let inner = values.count - 1
        var rise = values[inner]
        try rise.subtract(values[0])
        if kind.isCounter {
            for index in 1..<max(inner, 1)
            where values[index].isReset(after: values[index - 1]) && !(index == 1 && samples.startsInterpolated) {
                try rise.add(values[index - 1])
            }
            if samples.endsAcrossReset { try rise.add(values[inner - 1]) }
        }
        rise.resetHint = .gauge
        return rise.compacted
    }
}

/// The value of a series between two of its samples.
struct Interpolation {
    let value: SampleValue
    /// Whether a counter began again between the two; it is then taken to rise from zero all the way.
    let crossesReset: Bool

    /// - Throws: where the samples can't be brought together.
    init(
        _ columns: SampleColumns, _ earlier: Int, _ later: Int, at time: Milliseconds, counter: Bool
    ) throws(IncompatibleHistograms) {
        let (from, to) = (columns.timestamps[earlier], columns.timestamps[later])
        let part = Double(time - from) / Double(to - from)
        switch (columns.sample(earlier), columns.sample(later)) {
        case (.number(let first), .number(let second)):
            crossesReset = counter && second < first
            value = .number(crossesReset ? second * part : first + (second - first) * part)
        case (.histogram(let first), .histogram(let second)):
            guard first.isCustom == second.isCustom else { throw IncompatibleHistograms() }
            crossesReset = counter && second.isReset(after: first)
            if crossesReset {
                value = .histogram(second.scaled(by: part))
            } else {
                var difference = second
                try difference.subtract(first)
                var result = first
                try result.add(difference.scaled(by: part))
                result.resetHint = first.resetHint
                value = .histogram(result.compacted)
            }
        default:
            // Float and histogram: what stands first goes on, and the caller sees the mixture.
            crossesReset = false
            value = columns.sample(earlier)
        }
    }
}

extension SampleColumns {
    /// One sample, whatever it is.
    func sample(_ index: Int) -> SampleValue {
        if hasHistograms, let histogram = histograms[index] { return .histogram(histogram) }
        return .number(values[index])
    }
}
