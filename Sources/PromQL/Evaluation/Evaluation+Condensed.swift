import Telemetry

extension Evaluation {
    /// Finds out how many samples each of some columns stands for, where the function that asked for their sums wants to know.
    func readCounts(
        _ reader: any SeriesReader, _ range: ClosedRange<Milliseconds>, of columns: SampleColumns,
        in aspect: SampleReading.Aspect
    ) throws(PromQLError) {
        condensedCounts = []
        guard aspect == .sum, reader.isCondensed, !columns.hasHistograms else { return }
        var counts = SampleColumns()
        try read(reader.reading(.count), range, into: &counts)
        // Both were read of one state of the store, so only what a damaged block took away in between can be missing.
        guard counts.timestamps == columns.timestamps else {
            throw PromQLError(.storage, "reading \(reader.labels) failed: a damaged block was set aside; ask again")
        }
        condensedCounts = zip(columns.values, counts.values).filter { !$0.0.isAbsent }.map(\.1)
    }
}

extension WindowBounds {
    /// What is asked of a source that keeps old samples condensed.
    func reading(_ aspect: SampleReading.Aspect, reaching reach: VectorSelector.Reach?) -> SampleReading {
        // Beyond their bounds, anchored and smoothed windows want the very next sample.
        guard reach == nil else { return SampleReading(aspect) }
        return SampleReading(aspect, windowsOf: length, endingAt: end(0), every: pin == nil ? grid.step : 0)
    }
}

/// Windows over samples that stand for several each.
enum CondensedWindows {
    /// What a function needs to know of condensed samples.
    static func aspect(of function: String) -> SampleReading.Aspect {
        switch function {
        case "rate", "increase", "irate", "resets": .counter
        case "min_over_time", "ts_of_min_over_time": .least
        case "max_over_time", "ts_of_max_over_time": .greatest
        case "sum_over_time", "avg_over_time", "count_over_time": .sum
        case "present_over_time": .presence
        default: .course
        }
    }

    /// `sum_over_time`, `avg_over_time` or `count_over_time` from sums and from what they are sums of.
    static func values(
        of function: String, _ sums: SampleColumns, counts: [Double], _ bounds: WindowBounds
    ) -> [Double] {
        var values = Array(repeating: Double.absent, count: bounds.grid.count)
        var window = Window(columns: sums, range: 0..<0, start: 0, end: 0, evaluationTime: 0)
        for step in values.indices {
            window.move(to: step, of: bounds)
            guard !window.range.isEmpty else { continue }
            var (sum, count) = (KahanSum(), KahanSum())
            for index in window.range {
                sum.add(sums.values[index])
                count.add(counts[index])
            }
            values[step] =
                switch function {
                case "count_over_time": count.value
                case "avg_over_time": sum.value / count.value
                default: sum.value
                }
        }
        return values
    }
}
