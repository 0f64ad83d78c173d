/// Samples of one series, in columns, ascending in time.
///
/// Nearly all series are plain numbers, so the columns that few series need are empty where nothing stands in them: whoever reads a
/// series of numbers looks at that once, not once a sample.
package struct SampleColumns: Sendable, Equatable {
    /// When each sample was taken.
    package var timestamps: [Milliseconds]
    /// The numbers; where a sample is a histogram, the stale marker, so that code that knows only numbers sees nothing there.
    package var values: [Double]
    /// The histograms, `nil` where a sample is a number. Empty where the series has no histograms, else as long as ``values``.
    package var histograms: [NativeHistogram?] = []
    /// When each sample's counter began to count, 0 where that is not known. Empty where it is known of no sample.
    package var startTimestamps: [Milliseconds] = []

    /// A series of numbers.
    package init(timestamps: [Milliseconds] = [], values: [Double] = []) {
        self.timestamps = timestamps
        self.values = values
    }

    /// How many samples there are.
    @inlinable package var count: Int { timestamps.count }
    /// True if there are none.
    @inlinable package var isEmpty: Bool { timestamps.isEmpty }
    /// True if some sample may be a histogram.
    @inlinable package var hasHistograms: Bool { !histograms.isEmpty }

    /// Adds a number behind all others.
    @inlinable package mutating func append(_ timestamp: Milliseconds, _ value: Double) {
        timestamps.append(timestamp)
        values.append(value)
        if !histograms.isEmpty { histograms.append(nil) }
        if !startTimestamps.isEmpty { startTimestamps.append(0) }
    }

    /// Adds a histogram behind all others.
    package mutating func append(_ timestamp: Milliseconds, _ histogram: NativeHistogram) {
        if histograms.isEmpty { histograms = Array(repeating: nil, count: timestamps.count) }
        timestamps.append(timestamp)
        values.append(SampleBatch.staleMarker)
        histograms.append(histogram)
        if !startTimestamps.isEmpty { startTimestamps.append(0) }
    }

    /// Adds a sample of other columns behind all of these.
    package mutating func append(from other: SampleColumns, at index: Int) {
        if other.hasHistograms, let histogram = other.histograms[index] {
            append(other.timestamps[index], histogram)
        } else {
            append(other.timestamps[index], other.values[index])
        }
        guard !other.startTimestamps.isEmpty, !startTimestamps.isEmpty || other.startTimestamps[index] != 0 else { return }
        if startTimestamps.isEmpty { startTimestamps = Array(repeating: 0, count: count) }
        startTimestamps[count - 1] = other.startTimestamps[index]
    }

    /// Empties the columns, and keeps their room.
    package mutating func removeAll() {
        timestamps.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        histograms = []
        startTimestamps = []
    }
}
