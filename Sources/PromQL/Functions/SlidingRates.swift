import Telemetry

/// `rate`, `increase` and `delta` of all windows of a series at once: what a window shares with the one before is not looked at again.
///
/// Gives to the bit what ``Rates/extrapolated(_:counter:perSecond:)`` gives window by window.
struct SlidingRates {
    let counter: Bool
    let perSecond: Bool

    /// One value a step, or nil where the series has to be looked at window by window.
    func values(_ columns: SampleColumns, _ bounds: WindowBounds) -> [Double]? {
        guard columns.startTimestamps.isEmpty, columns.count > 0 else { return nil }
        let (times, samples) = (columns.timestamps, columns.values)
        let resets = counter ? SlidingRates.resets(samples) : []
        var values = Array(repeating: Double.absent, count: bounds.grid.count)
        var (low, high) = (0, 0)
        for step in values.indices {
            let end = bounds.end(step)
            let start = end - bounds.length
            while high < times.count, times[high] <= end { high += 1 }
            while low < high, times[low] <= start { low += 1 }
            guard high - low >= 2 else { continue }
            let first = samples[low]
            var difference = samples[high - 1] - first
            // Only a window in which a counter began again is walked through.
            if !resets.isEmpty, resets[high - 1] != resets[low] {
                for index in low + 1..<high where samples[index] < samples[index - 1] { difference += samples[index - 1] }
            }
            let edges = Rates.Edges(
                firstTime: times[low], lastTime: times[high - 1], count: high - low, start: start, end: end,
                beganBefore: nil)
            values[step] = difference * edges.factor(counter: counter, first: first, difference: difference, perSecond: perSecond)
        }
        return values
    }

    /// How often the counter began again up to each sample; empty where it never did.
    private static func resets(_ samples: [Double]) -> [Int32] {
        guard let first = samples.indices.dropFirst().first(where: { samples[$0] < samples[$0 - 1] }) else { return [] }
        var counts = [Int32](repeating: 0, count: samples.count)
        for index in first..<samples.count { counts[index] = counts[index - 1] + (samples[index] < samples[index - 1] ? 1 : 0) }
        return counts
    }
}
