import Parsing
import Telemetry

/// Runs a log query that ends in `| shape`: what kinds of messages there are, how many of each, and when they were seen.
///
/// A shape is told as an entry: its line is the shape, its time the last sighting; the labels `count`, `first_seen` and `last_seen` stand
/// beside those that `by (…)` names. The most frequent shapes come first.
struct ShapeEvaluation {
    /// Labels of a result beside those of its group.
    enum LabelName {
        static let count = "count"
        static let first = "first_seen"
        static let last = "last_seen"
    }

    struct Key: Hashable {
        var group: Labels
        var shape: String
    }

    struct Sightings {
        var count = 0
        var first = Nanoseconds.max
        var last = Nanoseconds.min
        /// Counts by the index of their step, where steps are asked for.
        var steps: [Int: Int] = [:]

        mutating func add(_ time: Nanoseconds) {
            count += 1
            first = min(first, time)
            last = max(last, time)
        }
    }

    let source: any LogSource
    let budget: QueryBudget
    let log: LogExpression
    let groupedBy: [String]
    let maximumShapes: Int

    /// At most `limit` shapes.
    func run(_ range: Range<Nanoseconds>, limit: Int) throws(LogQLError) -> [LogStreamResult] {
        try frequent(range).prefix(limit).map { result($0.key, $0.sightings) }
    }

    /// All shapes, the most frequent first; with a step, counted apart by steps from the start of the range.
    func frequent(
        _ range: Range<Nanoseconds>, step: Nanoseconds? = nil
    ) throws(LogQLError) -> [(key: Key, sightings: Sightings)] {
        try log.refuseDistinct("counts of shapes")
        let pipeline = Pipeline(log.stages)
        let selection = LogSelection(matchers: log.matchers, range: range, requiredLiterals: pipeline.requiredLiterals)
        var found: [Key: Sightings] = [:]
        try source.read(selection, budget) { (stream, row) throws(LogQLError) in
            var entry = PipelineEntry(
                timestamp: row.timestamp, line: row.line, labels: EntryLabels(stream: stream, metadata: row.metadata))
            guard pipeline.process(&entry) else { return true }
            budget.passed()
            let shape = entry.labels[ShapeStage.labelName] ?? ""
            let key = Key(group: groupedBy.isEmpty ? .empty : entry.labels.labels().keeping(groupedBy), shape: shape)
            guard found.count < maximumShapes || found[key] != nil else {
                throw LogQLError(.limit, "the lines have more than \(maximumShapes) shapes: narrow the selector or the range")
            }
            found[key, default: Sightings()].add(row.timestamp)
            if let step {
                let index = Int((row.timestamp - range.lowerBound) / step)
                found[key]?.steps[index, default: 0] += 1
            }
            return true
        }
        return found.map { (key: $0.key, sightings: $0.value) }.sorted { left, right in
            (right.sightings.count, left.key.shape, left.key.group) < (left.sightings.count, right.key.shape, right.key.group)
        }
    }

    private func result(_ key: Key, _ sightings: Sightings) -> LogStreamResult {
        let labels = key.group.merging([
            LabelName.count: String(sightings.count), LabelName.first: CivilTime.rfc3339(nanoseconds: sightings.first),
            LabelName.last: CivilTime.rfc3339(nanoseconds: sightings.last),
        ])
        let line = Array(key.shape.utf8)[...]
        return LogStreamResult(labels: labels, entries: [LogEntryResult(timestamp: sightings.last, line: line)])
    }
}

/// The stage `| shape`: the entry's message shape becomes a label.
enum ShapeStage {
    static let labelName = "shape"
}

extension LogExpression {
    /// The labels that shapes are told apart by, where the query ends in `| shape by (…)`; nil for any other query.
    var shapeGrouping: [String]? {
        if case .shape(let names)? = stages.last { names } else { nil }
    }
}
