import Telemetry

/// `rate`, `increase` and `delta` of all windows of a series at once: what a window shares with the one before is not looked at again.
///
/// Gives to the bit what ``Rates/extrapolated(_:counter:perSecond:)`` gives window by window.
struct SlidingRates {
    let counter: Bool
    let perSecond: Bool

    /// One value a step, or nil where the series has to be looked at window by window.
    func values(_ columns: SampleColumns, _ timeline: inout WindowTimeline, _ bounds: WindowBounds) -> [Double]? {
        guard columns.startTimestamps.isEmpty, columns.count > 0 else { return nil }
        timeline.move(to: columns.timestamps)
        let (samples, windows, edges) = (columns.values, timeline.windows, timeline.rateEdges(perSecond: perSecond))
        let resets = counter ? SlidingRates.resets(samples) : []
        let seconds = perSecond ? Double(bounds.length) / 1000 : 1
        var values = Array(repeating: Double.absent, count: windows.count)
        for step in values.indices where windows[step].count >= 2 {
            let (low, high) = (Int(windows[step].lowerBound), Int(windows[step].upperBound))
            let first = samples[low]
            var difference = samples[high - 1] - first
            // Only a window in which a counter began again is walked through.
            if !resets.isEmpty, resets[high - 1] != resets[low] {
                for index in low + 1..<high where samples[index] < samples[index - 1] { difference += samples[index - 1] }
            }
            let edge = edges[step]
            var factor = edge.factor
            if counter, difference > 0, first >= 0, edge.sampled * (first / difference) < edge.toStart {
                factor = (edge.sampled + edge.sampled * (first / difference) + edge.toEnd) / edge.sampled
                if perSecond { factor /= seconds }
            }
            values[step] = difference * factor
        }
        return values
    }

    /// How often the counter began again up to each sample; empty where it never did.
    private static func resets(_ samples: [Double]) -> [Int32] {
        let first = unsafe samples.withUnsafeBufferPointer { samples in
            var index = 1
            while index < samples.count, unsafe !(samples[index] < samples[index - 1]) { index += 1 }
            return index
        }
        guard first < samples.count else { return [] }
        var counts = [Int32](repeating: 0, count: samples.count)
        for index in first..<samples.count { counts[index] = counts[index - 1] + (samples[index] < samples[index - 1] ? 1 : 0) }
        return counts
    }
}
