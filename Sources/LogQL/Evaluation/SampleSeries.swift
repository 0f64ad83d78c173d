import Telemetry

/// The samples of one series, and the window over them that slides as steps go on.
struct SampleSeries {
    let labels: Labels
    private var timestamps: [Nanoseconds] = []
    private var values: [Double] = []
    /// The samples inside the window.
    private var window = 0..<0

    init(labels: Labels) { self.labels = labels }

    mutating func append(_ timestamp: Nanoseconds, _ value: Double) {
        timestamps.append(timestamp)
        values.append(value)
    }

    mutating func append(_ timestamps: [Nanoseconds], _ values: [Double]) {
        self.timestamps += timestamps
        self.values += values
    }

    /// Puts the samples in order of time, those of one time in the order they came in: they may come from several streams.
    mutating func finish() {
        var runs: [Int] = [0]
        for index in timestamps.indices.dropFirst() where timestamps[index] < timestamps[index - 1] { runs.append(index) }
        guard runs.count > 1 else { return }
        runs.append(timestamps.count)
        var merge = RunMerge(timestamps, values)
        while runs.count > 2 { runs = merge.pass(runs) }
        (timestamps, values) = (merge.timestamps, merge.values)
    }

    /// The samples of the window `(start, end]`, which only moves on; nil where there are none.
    mutating func samples(after start: Nanoseconds, upTo end: Nanoseconds) -> WindowSamples? {
        var (lower, upper) = (window.lowerBound, window.upperBound)
        while upper < timestamps.count, timestamps[upper] <= end { upper += 1 }
        while lower < upper, timestamps[lower] <= start { lower += 1 }
        window = lower..<upper
        guard lower < upper else { return nil }
        return WindowSamples(timestamps: timestamps[window], values: values[window], start: start, end: end)
    }
}

/// The sample of a series that others are added to: apart from the series, so that many of them stay in the processor's cache.
struct GrowingSample {
    private var timestamp: Nanoseconds = 0
    private var value = Double.nan

    /// Adds to the sample if it is one of that time; else it goes to its series, and a new one begins. True where that is.
    mutating func add(_ timestamp: Nanoseconds, _ value: Double, to series: inout SampleSeries) -> Bool {
        if self.timestamp == timestamp, !self.value.isNaN {
            self.value += value
            return false
        }
        finish(&series)
        (self.timestamp, self.value) = (timestamp, value)
        return true
    }

    mutating func finish(_ series: inout SampleSeries) {
        if !value.isNaN { series.append(timestamp, value) }
        value = .nan
    }
}

/// Merges runs that are in order, two by two.
private struct RunMerge {
    private(set) var timestamps: [Nanoseconds]
    private(set) var values: [Double]
    private var otherTimestamps: [Nanoseconds]
    private var otherValues: [Double]

    init(_ timestamps: [Nanoseconds], _ values: [Double]) {
        (self.timestamps, self.values) = (timestamps, values)
        (otherTimestamps, otherValues) = (timestamps, values)
    }

    /// - Parameter runs: where each begins, and the end of the last.
    /// - Returns: the same of the runs that they became.
    mutating func pass(_ runs: [Int]) -> [Int] {
        var merged: [Int] = []
        var index = 0
        while index + 1 < runs.count {
            merged.append(runs[index])
            let middle = runs[index + 1]
            merge(runs[index], middle, index + 2 < runs.count ? runs[index + 2] : middle)
            index += 2
        }
        merged.append(runs[runs.count - 1])
        swap(&timestamps, &otherTimestamps)
        swap(&values, &otherValues)
        return merged
    }

    private mutating func merge(_ start: Int, _ middle: Int, _ end: Int) {
        var (left, right) = (start, middle)
        for place in start..<end {
            let takesRight = left == middle || right < end && timestamps[right] < timestamps[left]
            let source = takesRight ? right : left
            otherTimestamps[place] = timestamps[source]
            otherValues[place] = values[source]
            if takesRight { right += 1 } else { left += 1 }
        }
    }
}
