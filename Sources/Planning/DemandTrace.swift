/// A recorded load, made ready for the simulation: even steps, gaps filled, in units of one server's capacity.
package struct DemandTrace: Sendable {
    /// Seconds between two values.
    package let stepSeconds: Double
    /// Values as recorded, oldest first.
    package let values: [Double]

    /// - Parameters:
    ///   - seconds: ascending times; a sample out of order or repeated is left out.
    ///   - values: what was asked for then; a number that is not finite is a gap, a negative one is none.
    package init?(seconds: [Double], values: [Double]) {
        var kept: [(seconds: Double, value: Double)] = []
        for (time, value) in zip(seconds, values) where time.isFinite && value.isFinite {
            if let last = kept.last, time <= last.seconds { continue }
            kept.append((time, max(0, value)))
        }
        guard kept.count >= 2 else { return nil }
        let steps = zip(kept.dropFirst(), kept).map { $0.seconds - $1.seconds }.sorted()
        stepSeconds = steps[steps.count / 2]
        var grid: [Double] = []
        var previous = kept[0]
        grid.append(previous.value)
        for sample in kept.dropFirst() {
            let gap = Int(
                min(Double(DemandTrace.maximumBridgedSteps), ((sample.seconds - previous.seconds) / stepSeconds).rounded()))
            for place in 1..<max(1, gap) {
                grid.append(previous.value + (sample.value - previous.value) * Double(place) / Double(gap))
            }
            grid.append(sample.value)
            previous = sample
        }
        self.values = grid
    }

    /// A longer gap is cut out of the trace.
    package static let maximumBridgedSteps = 10_080

    /// Demand by tick, linear between values and in units of `capacity`; the values are first averaged over `smoothing` steps around each.
    package func demand(capacity: Double, tickSeconds: Double, smoothing: Int = 1) -> [Double] {
        let smooth = DemandTrace.smoothed(values, smoothing)
        guard capacity > 0, capacity.isFinite else { return [] }
        let count = Int((Double(smooth.count - 1) * stepSeconds / tickSeconds).rounded(.down)) + 1
        return (0..<count).map { tick in
            let place = Double(tick) * tickSeconds / stepSeconds
            let low = min(Int(place), smooth.count - 1)
            let high = min(low + 1, smooth.count - 1)
            return (smooth[low] + (smooth[high] - smooth[low]) * (place - Double(low))) / capacity
        }
    }

    /// What one of `servers` servers serves if the median load fills them all; nil where the median is nothing.
    package func medianCapacity(servers: Int) -> Double? {
        let sorted = values.sorted()
        let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        return median > 0 ? median / Double(max(1, servers)) : nil
    }

    private static func smoothed(_ values: [Double], _ steps: Int) -> [Double] {
        guard steps > 1 else { return values }
        var sums: [Double] = [0]
        for value in values { sums.append(sums[sums.count - 1] + value) }
        let half = steps / 2
        return values.indices.map { index in
            let low = max(0, index - half)
            let high = min(values.count, low + steps, index - half + steps)
            return (sums[high] - sums[low]) / Double(high - low)
        }
    }
}
