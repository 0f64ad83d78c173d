import Telemetry

/// `quantile_over_time` of all windows of a series at once: the window's samples are kept in order, and few come and go with a step.
enum SlidingQuantile {
    /// One value a step, or nil where the series holds what has no place in an order: NaN, or zeros of both signs.
    static func values(_ columns: SampleColumns, _ bounds: WindowBounds, _ scalars: [[Double]]) -> [Double]? {
        let (times, samples) = (columns.timestamps, columns.values)
        guard !samples.contains(where: { $0.isNaN || ($0 == 0 && $0.sign == .minus) }) else { return nil }
        var values = Array(repeating: Double.absent, count: bounds.grid.count)
        var sorted: [Double] = []
        var (low, high) = (0, 0)
        for step in values.indices {
            let end = bounds.end(step)
            let start = end - bounds.length
            let (oldLow, oldHigh) = (low, high)
            while high < times.count, times[high] <= end { high += 1 }
            while low < high, times[low] <= start { low += 1 }
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
