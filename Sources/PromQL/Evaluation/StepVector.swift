import Telemetry

/// The times at which a node is computed.
struct Grid: Sendable, Equatable {
    var start: Milliseconds
    var step: Milliseconds
    var count: Int

    func time(_ index: Int) -> Milliseconds { start &+ step &* Milliseconds(index) }
    var end: Milliseconds { time(count - 1) }
}

/// One series over all steps of a grid; ``Swift/Double/absent`` where it has no value.
///
/// The absent value is a bit pattern, not an optional, so that values stay a plain column. Native histograms will stand in a column
/// beside it, at the steps where this one is absent.
struct Row {
    var labels: Labels
    var values: [Double]
}

/// An instant vector at each step. No two rows have equal labels.
struct StepVector {
    var rows: [Row] = []
}

/// What a node yields over a grid.
enum StepValue {
    case scalar([Double])
    case vector(StepVector)
    case string(String)
}

/// Collects rows, and joins those of equal labels as long as they never have a value at the same step.
struct RowMerger {
    private(set) var rows: [Row] = []
    private var indexes: [Labels: Int] = [:]

    mutating func add(_ row: Row) throws(PromQLError) {
        guard let index = indexes[row.labels] else {
            indexes[row.labels] = rows.count
            rows.append(row)
            return
        }
        for step in row.values.indices where !row.values[step].isAbsent {
            guard rows[index].values[step].isAbsent else {
                throw PromQLError(.execution, "vector cannot contain metrics with the same labelset")
            }
            rows[index].values[step] = row.values[step]
        }
    }
}

/// Warnings and infos of a query, each once.
struct Notes {
    private(set) var warnings: [String] = []
    private(set) var infos: [String] = []
    /// Most notes of each kind that are kept.
    static let maximum = 10

    mutating func warn(_ text: String, at position: SourcePosition) {
        let note = "PromQL warning: \(text) (\(position))"
        if warnings.count < Notes.maximum, !warnings.contains(note) { warnings.append(note) }
    }

    mutating func inform(_ text: String, at position: SourcePosition) {
        let note = "PromQL info: \(text) (\(position))"
        if infos.count < Notes.maximum, !infos.contains(note) { infos.append(note) }
    }
}
