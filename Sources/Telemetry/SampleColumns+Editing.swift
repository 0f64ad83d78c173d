/// Changes to columns as a whole. A histogram's hint speaks of the sample before it, so it is forgotten where that one changes.
extension SampleColumns {
    /// Adds later samples behind all others.
    package mutating func append(contentsOf later: SampleColumns) {
        guard hasDetails || later.hasDetails else {
            timestamps += later.timestamps
            values += later.values
            return
        }
        fillDetails()
        let before = count
        timestamps += later.timestamps
        values += later.values
        if later.hasHistograms {
            if histograms.isEmpty { histograms = Array(repeating: nil, count: before) }
            histograms += later.histograms
        }
        if !later.startTimestamps.isEmpty {
            if startTimestamps.isEmpty { startTimestamps = Array(repeating: 0, count: before) }
            startTimestamps += later.startTimestamps
        }
        fillDetails()
    }

    /// True if some sample may be more than a number.
    package var hasDetails: Bool { !histograms.isEmpty || !startTimestamps.isEmpty }

    /// What a sample has beside its number; `nil` where it has nothing.
    package func detail(at index: Int) -> SampleDetail? {
        guard hasDetails else { return nil }
        let detail = SampleDetail(
            histogram: hasHistograms ? histograms[index] : nil,
            startTimestamp: startTimestamps.isEmpty ? 0 : startTimestamps[index])
        return detail.isEmpty ? nil : detail
    }

    /// Says what a sample has beside its number. A histogram takes the number's place.
    package mutating func set(_ detail: SampleDetail, at index: Int) {
        if let histogram = detail.histogram {
            if histograms.isEmpty { histograms = Array(repeating: nil, count: count) }
            histograms[index] = histogram
            values[index] = SampleBatch.staleMarker
        }
        if detail.startTimestamp != 0, startTimestamps.isEmpty { startTimestamps = Array(repeating: 0, count: count) }
        if !startTimestamps.isEmpty { startTimestamps[index] = detail.startTimestamp }
    }

    /// Puts a number in the place of a sample.
    package mutating func replace(at index: Int, _ value: Double) {
        values[index] = value
        if hasHistograms {
            histograms[index] = nil
            forgetReset(from: index + 1)
        }
        if !startTimestamps.isEmpty { startTimestamps[index] = 0 }
    }

    /// Puts a number between others.
    package mutating func insert(_ timestamp: Milliseconds, _ value: Double, at index: Int) {
        timestamps.insert(timestamp, at: index)
        values.insert(value, at: index)
        if hasHistograms {
            histograms.insert(nil, at: index)
            forgetReset(from: index + 1)
        }
        if !startTimestamps.isEmpty { startTimestamps.insert(0, at: index) }
    }

    /// Makes the columns of details as long as the others, after numbers were added to those alone.
    package mutating func fillDetails() {
        if !histograms.isEmpty, histograms.count < count {
            histograms += Array(repeating: nil, count: count - histograms.count)
        }
        if !startTimestamps.isEmpty, startTimestamps.count < count {
            startTimestamps += Array(repeating: 0, count: count - startTimestamps.count)
        }
    }

    /// The samples at these places.
    package func slice(_ places: Range<Int>) -> SampleColumns {
        var part = SampleColumns(timestamps: Array(timestamps[places]), values: Array(values[places]))
        guard hasDetails else { return part }
        if hasHistograms, histograms[places].contains(where: { $0 != nil }) {
            part.histograms = Array(histograms[places])
            if places.lowerBound > 0 { part.forgetReset(from: 0) }
        }
        if !startTimestamps.isEmpty, startTimestamps[places].contains(where: { $0 != 0 }) {
            part.startTimestamps = Array(startTimestamps[places])
        }
        return part
    }

    /// Leaves only the first samples, whatever stands behind them, complete or not.
    package mutating func truncate(to count: Int) {
        timestamps.removeSubrange(min(count, timestamps.count)...)
        values.removeSubrange(min(count, values.count)...)
        histograms.removeSubrange(min(count, histograms.count)...)
        startTimestamps.removeSubrange(min(count, startTimestamps.count)...)
    }

    /// Forgets what the first histogram from a place on says of the one before it.
    package mutating func forgetReset(from index: Int) {
        guard let place = histograms.indices.dropFirst(index).first(where: { histograms[$0] != nil }) else { return }
        histograms[place]?.forgetReset()
    }

    /// Finds out, from the samples themselves, which of those without a hint begin a counter again.
    package mutating func detectResets() {
        var previous: NativeHistogram?
        for index in histograms.indices {
            guard let histogram = histograms[index] else { continue }
            if histogram.resetHint == .unknown, let previous {
                histograms[index]?.resetHint = histogram.isReset(after: previous) ? .reset : .notReset
            }
            previous = histogram
        }
    }
}
