package import Telemetry

/// A signal on a regular grid: the last known mean of each step, oldest first, gaps as NaN.
///
/// Models want equal steps; samples come when they come. A step without a sample takes the last value for up to
/// ``maximumBridgedSteps`` steps and is missing after that.
package struct SignalHistory: Sendable, Equatable {
    /// Gaps of at most so many steps are bridged by the last value.
    package static let maximumBridgedSteps = 3
    /// Most steps a history may have; older ones are left out.
    package static let maximumSteps = 100_000

    /// Seconds between two values.
    package let stepSeconds: Double
    /// Time of the last value.
    package let lastTimestamp: Milliseconds
    package let values: [Double]

    package init(stepSeconds: Double, lastTimestamp: Milliseconds, values: [Double]) {
        self.stepSeconds = stepSeconds
        self.lastTimestamp = lastTimestamp
        self.values = values
    }

    /// Puts samples on the grid that ends at `now`. Values that are no finite numbers count as missing.
    package init(_ columns: SampleColumns, now: Milliseconds, stepSeconds: Double) {
        let step = max(1, Milliseconds((stepSeconds * 1000).rounded()))
        var sums: [Double] = []
        var counts: [Int] = []
        if let first = columns.timestamps.first(where: { $0 <= now }) {
            let steps = Int(min(Milliseconds(SignalHistory.maximumSteps), (now - first) / step + 1))
            sums = [Double](repeating: 0, count: steps)
            counts = [Int](repeating: 0, count: steps)
            for (timestamp, value) in zip(columns.timestamps, columns.values) where timestamp <= now && value.isFinite {
                let index = steps - 1 - Int((now - timestamp) / step)
                guard index >= 0 else { continue }
                sums[index] += value
                counts[index] += 1
            }
        }
        var values = zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : Double.nan }
        var missing = 0
        for index in values.indices.dropFirst() {
            missing = counts[index] > 0 ? 0 : missing + 1
            if missing > 0, missing <= SignalHistory.maximumBridgedSteps { values[index] = values[index - 1] }
        }
        self.init(stepSeconds: stepSeconds, lastTimestamp: now, values: values)
    }

    package var count: Int { values.count }
}
