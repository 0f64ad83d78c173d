import Telemetry

extension SampleColumns {
    /// Leaves out the samples that say that a series is gone.
    mutating func removeStaleMarkers() {
        guard values.contains(where: { $0.isAbsent }) else { return }
        var kept = SampleColumns()
        for index in values.indices where !values[index].isAbsent || (hasHistograms && histograms[index] != nil) {
            kept.append(from: self, at: index)
        }
        self = kept
    }

    /// How much the samples count towards a query's limit: a number once, a histogram once more for each of its buckets.
    var weight: Int {
        histograms.reduce(count) { $0 + ($1.map { $0.positive.count + $0.negative.count } ?? 0) }
    }

    /// A time of a sample, in seconds.
    func time(_ reading: Evaluation.Reading, _ index: Int) -> Double {
        switch reading {
        case .value, .presence, .timestamp: Double(timestamps[index]) / 1000
        case .startTimestamp: startTimestamps.isEmpty ? 0 : Double(startTimestamps[index]) / 1000
        }
    }
}

extension Row {
    /// Takes at each time the last sample that is younger than the lookback and no stale marker.
    /// - Returns: whether there was any.
    mutating func take(
        _ reading: Evaluation.Reading, of columns: SampleColumns, at times: Grid, _ offset: Milliseconds,
        _ lookback: Milliseconds
    ) -> Bool {
        let hasHistograms = columns.hasHistograms
        var hasValue = false
        var index = -1
        for step in 0..<times.count {
            let time = times.time(step).subtractingClamped(offset)
            while index + 1 < columns.count, columns.timestamps[index + 1] <= time { index += 1 }
            guard index >= 0, columns.timestamps[index] > time.subtractingClamped(lookback) else { continue }
            if hasHistograms, let histogram = columns.histograms[index] {
                if reading == .value { set(histogram, at: step) } else { values[step] = columns.time(reading, index) }
            } else {
                guard !columns.values[index].isAbsent else { continue }
                values[step] = reading == .value ? columns.values[index] : columns.time(reading, index)
            }
            hasValue = true
        }
        return hasValue
    }

    /// Repeats what stands at the first step at all others.
    mutating func repeatFirst(count: Int) {
        values = Array(repeating: values[0], count: count)
        if let histogram = histogram(0) { histograms = Array(repeating: histogram, count: count) }
    }
}
