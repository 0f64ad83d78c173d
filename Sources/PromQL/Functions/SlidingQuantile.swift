import Telemetry

/// `quantile_over_time` of all windows of a series at once: the window's samples are kept in order, and few come and go with a step.
enum SlidingQuantile {
    /// One value a step, or nil where the series holds what has no place in an order: NaN, or zeros of both signs.
    static func values(_ columns: SampleColumns, _ timeline: inout WindowTimeline, _ scalars: [[Double]]) -> [Double]? {
        let samples = columns.values
        guard !samples.contains(where: { $0.isNaN || ($0 == 0 && $0.sign == .minus) }) else { return nil }
        timeline.move(to: columns.timestamps)
        var values = Array(repeating: Double.absent, count: timeline.windows.count)
        var sorted: [Double] = []
        var (low, high) = (0, 0)
        for step in values.indices {
            let (oldLow, oldHigh) = (low, high)
            (low, high) = (Int(timeline.windows[step].lowerBound), Int(timeline.windows[step].upperBound))
            guard low < high else {
                sorted.removeAll(keepingCapacity: true)
                continue
            }
            if low >= oldHigh || (high - oldHigh) + (low - oldLow) > (high - low) / 4 {
                sorted = samples[low..<high].sorted()
            } else {
                for index in oldLow..<low { sorted.remove(at: place(of: samples[index], in: sorted)) }
                for index in oldHigh..<high { sorted.insert(samples[index], at: place(of: samples[index], in: sorted)) }
            }
            values[step] = Quantile.ofSorted(sorted, scalars[step][0])
        }
        return values
    }

    /// The first place whose value is not smaller.
    private static func place(of value: Double, in sorted: [Double]) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
