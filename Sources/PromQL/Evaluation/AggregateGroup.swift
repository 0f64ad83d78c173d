import Telemetry

/// One group of an aggregation: a state a step, and where histograms came in, their sums.
struct AggregateGroup {
    let labels: Labels
    var states: [AggregateState]
    private var histograms: [HistogramAccumulator?] = []
    /// Steps at which exponential histograms met custom ones.
    private var spoiled: Set<Int> = []

    init(labels: Labels, _ aggregator: Aggregation.Operator, steps: Int) {
        self.labels = labels
        states = Array(repeating: AggregateState(aggregator), count: steps)
    }

    /// Takes in the floats of a row.
    mutating func add(_ values: [Double], _ aggregator: Aggregation.Operator) {
        unsafe states.withUnsafeMutableBufferPointer { states in
            for step in values.indices where !values[step].isAbsent { unsafe states[step].add(values[step], aggregator) }
        }
    }

    /// Takes in a histogram; returns what there is to say about it.
    mutating func add(
        _ histogram: NativeHistogram, at step: Int, _ aggregator: Aggregation.Operator
    ) -> HistogramNote? {
        switch aggregator {
        case .count, .group:
            states[step].add(0, aggregator)
            return nil
        case .sum, .avg: break
        default: return .ignoredInAggregation(aggregator.rawValue)
        }
        if histograms.isEmpty { histograms = Array(repeating: nil, count: states.count) }
        guard !spoiled.contains(step) else { return nil }
        guard histograms[step] != nil else {
            histograms[step] = HistogramAccumulator(histogram, isMean: aggregator == .avg)
            return nil
        }
        do {
            try histograms[step]?.add(histogram)
            return nil
        } catch {
            spoiled.insert(step)
            return .mixedSchemas
        }
    }

    /// The results. Steps at which floats and histograms came together have none.
    func row(_ aggregator: Aggregation.Operator, _ note: (HistogramNote) -> Void) -> Row {
        var row = Row(labels: labels, values: states.map { $0.result(aggregator) })
        for step in histograms.indices {
            guard let sum = histograms[step] else { continue }
            if !row.values[step].isAbsent {
                note(.mixedWithFloatsInAggregation)
                row.values[step] = .absent
            } else if !spoiled.contains(step) {
                if sum.hasConflictingResets { note(.conflictingResets(.aggregation)) }
                if sum.notes.contains(.reconciledBounds) { note(.reconciledBounds(.aggregation)) }
                row.set(sum.value, at: step)
            }
        }
        return row
    }
}
