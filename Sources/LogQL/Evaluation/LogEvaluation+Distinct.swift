import Telemetry

/// `| distinct a, b`: of entries with equal values of these labels only the first stays, in the direction of the query and over all its
/// streams. Entries without any of the labels all stay.
struct DistinctStage {
    let names: [String]
    /// The stages before it, and those behind.
    let before: Pipeline
    let after: [Stage]

    /// Nil where there is no such stage.
    init?(_ stages: [Stage]) {
        for (index, stage) in stages.enumerated() {
            guard case .distinct(let names) = stage else { continue }
            self.names = names
            before = Pipeline(Array(stages[..<index]))
            after = Array(stages[(index + 1)...])
            return
        }
        return nil
    }

    /// What entries must differ in; nil where an entry has none of it.
    func key(of labels: EntryLabels) -> [String?]? {
        let values = names.map { labels[$0] }
        return values.contains { $0 != nil } ? values : nil
    }
}

/// The first entry of each key, in the direction of reading.
struct DistinctEntries {
    /// An entry half way through its stages.
    struct Candidate {
        var entry: PipelineEntry
        var metadata: Labels

        /// With a line of its own: a slice would keep all lines beside it in memory.
        var detached: Candidate {
            var copy = self
            copy.entry.line = Array(entry.line)[...]
            return copy
        }
    }

    private let maximum: Int
    private let isForward: Bool
    private var places: [[String?]: Int] = [:]
    private var candidates: [Candidate] = []

    init(maximum: Int, _ direction: LogSelection.Direction) {
        self.maximum = maximum
        isForward = direction == .forward
    }

    /// Takes an entry if it is the first of its key so far, or has none.
    mutating func take(_ candidate: Candidate, _ key: [String?]?) throws(LogQLError) {
        if let key, let place = places[key] {
            if precedes(candidate, candidates[place]) { candidates[place] = candidate.detached }
            return
        }
        guard candidates.count < maximum else {
            throw LogQLError(.limit, "more than \(maximum) distinct entries: narrow the selector or the range")
        }
        if let key { places[key] = candidates.count }
        candidates.append(candidate.detached)
    }

    private func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
        let (first, second) = (left.entry.timestamp, right.entry.timestamp)
        return isForward ? first < second : first > second
    }

    /// All that were taken, those of one time in the order they came.
    var inOrder: [Candidate] {
        candidates.enumerated().sorted { left, right in
            precedes(left.element, right.element)
                || !precedes(right.element, left.element) && left.offset < right.offset
        }.map(\.element)
    }
}

extension LogExpression {
    /// Refuses `distinct` where entries are not told one by one.
    func refuseDistinct(_ place: String) throws(LogQLError) {
        guard DistinctStage(stages) != nil else { return }
        throw LogQLError(.unsupported, "the stage \"distinct\" is not available in \(place): count by its labels instead")
    }
}
