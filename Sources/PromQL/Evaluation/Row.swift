import Telemetry

/// One series over all steps of a grid; ``Swift/Double/absent`` where it has no value.
///
/// The absent value is a bit pattern, not an optional, so that values stay a plain column. Histograms stand in a column beside it, which
/// is empty for the many series that have none; where a step has one, the number is absent.
struct Row {
    var labels: Labels
    var values: [Double]
    var histograms: [NativeHistogram?] = []

    var hasHistograms: Bool { !histograms.isEmpty }

    /// True if no step has anything.
    var isEmpty: Bool { values.allSatisfy(\.isAbsent) && histograms.allSatisfy { $0 == nil } }

    /// Whether a step has a number or a histogram.
    func isPresent(_ step: Int) -> Bool {
        !values[step].isAbsent || (!histograms.isEmpty && histograms[step] != nil)
    }

    func histogram(_ step: Int) -> NativeHistogram? { histograms.isEmpty ? nil : histograms[step] }

    /// Puts a histogram where a number could be.
    mutating func set(_ histogram: NativeHistogram, at step: Int) {
        if histograms.isEmpty { histograms = Array(repeating: nil, count: values.count) }
        histograms[step] = histogram
        values[step] = .absent
    }

    /// Takes over what another row has at a step.
    mutating func take(_ step: Int, from other: Row) {
        values[step] = other.values[step]
        if let histogram = other.histogram(step) {
            set(histogram, at: step)
        } else if !histograms.isEmpty {
            histograms[step] = nil
        }
    }

    /// Empties a step.
    mutating func clear(_ step: Int) {
        values[step] = .absent
        if !histograms.isEmpty { histograms[step] = nil }
    }

    /// A row of the same length without anything in it.
    func emptied(labels: Labels) -> Row {
        Row(labels: labels, values: Array(repeating: .absent, count: values.count))
    }
}

/// Collects rows, and joins those of equal labels as long as they never have a value at the same step.
struct RowMerger {
    private(set) var rows: [Row] = []
    private var indexes: [Labels: Int] = [:]

    mutating func add(_ row: Row, _ budget: inout QueryBudget) throws(PromQLError) {
        guard let index = indexes[row.labels] else {
            try budget.hold(row)
            indexes[row.labels] = rows.count
            rows.append(row)
            return
        }
        for step in row.values.indices where row.isPresent(step) {
            guard !rows[index].isPresent(step) else {
                throw PromQLError(.execution, "vector cannot contain metrics with the same labelset")
            }
            rows[index].take(step, from: row)
        }
    }
}
