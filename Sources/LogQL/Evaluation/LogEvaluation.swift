package import Telemetry

/// Runs a log query: the newest (or oldest) entries that pass, grouped by their labels.
struct LogEvaluation {
    private struct Found {
        var labels: Labels
        var entry: LogEntryResult
    }

    let source: any LogSource
    let budget: QueryBudget
    let log: LogExpression
    /// Whether metadata and parsed fields stand with each entry rather than among the labels of its stream.
    let categorizesLabels: Bool

    /// At most `limit` entries of the range, by time over all streams.
    func run(_ range: Range<Nanoseconds>, limit: Int, direction: LogSelection.Direction) throws(LogQLError) -> [LogStreamResult] {
        guard limit > 0 else { return [] }
        let stages = EntryStages(log.stages, categorizesLabels: categorizesLabels)
        let selection = LogSelection(
            matchers: log.matchers, range: range, direction: direction, requiredLiterals: stages.pipeline.requiredLiterals)
        let isForward = direction == .forward
        var found: [Found] = []
        // Entries beyond this time can't be among the first `limit` any more.
        var horizon: Nanoseconds?
        try source.read(selection, budget) { (stream, row) throws(LogQLError) in
            if let horizon, isForward ? row.timestamp > horizon : row.timestamp < horizon { return false }
            guard let (labels, entry) = stages.result(stream, row) else { return true }
            budget.passed()
            found.append(Found(labels: labels, entry: entry))
            if found.count >= 2 * limit { horizon = cut(&found, to: limit, isForward) }
            return true
        }
        _ = cut(&found, to: limit, isForward)
        return LogStreamResult.grouped(found.map { ($0.labels, $0.entry) })
    }

    /// Keeps the first `limit` by time and answers the time of the last of them.
    private func cut(_ found: inout [Found], to limit: Int, _ isForward: Bool) -> Nanoseconds? {
        // Stable, so that entries of one time stay in the order they were stored.
        found = found.enumerated().sorted { left, right in
            let (first, second) = (left.element.entry.timestamp, right.element.entry.timestamp)
            return first == second ? left.offset < right.offset : (first < second) == isForward
        }.map(\.element)
        if found.count > limit { found.removeLast(found.count - limit) }
        return found.count == limit ? found.last?.entry.timestamp : nil
    }
}

/// The stages of a log query, and how an entry that passes them is told.
struct EntryStages {
    let pipeline: Pipeline
    private let categorizesLabels: Bool

    init(_ stages: [Stage], categorizesLabels: Bool) {
        pipeline = Pipeline(stages)
        self.categorizesLabels = categorizesLabels
    }

    /// The labels of the result's stream and the entry; nil where a stage drops it.
    func result(_ stream: Labels, _ row: LogRow) -> (labels: Labels, entry: LogEntryResult)? {
        if pipeline.leavesLabels, row.metadata.isEmpty {
            guard pipeline.passes(row.line) else { return nil }
            return (stream, LogEntryResult(timestamp: row.timestamp, line: row.line))
        }
        var entry = PipelineEntry(
            timestamp: row.timestamp, line: row.line, labels: EntryLabels(stream: stream, metadata: row.metadata))
        guard pipeline.process(&entry) else { return nil }
        guard categorizesLabels else {
            let result = LogEntryResult(timestamp: row.timestamp, line: entry.line, metadata: row.metadata)
            return (entry.labels.labels(), result)
        }
        let labels = entry.labels.categorized()
        let result = LogEntryResult(
            timestamp: row.timestamp, line: entry.line, metadata: labels.metadata, parsed: labels.parsed)
        return (labels.stream, result)
    }
}

extension LogStreamResult {
    /// Entries put together by their labels, in label order; those of one stream stay in theirs.
    package static func grouped(_ found: some Sequence<(labels: Labels, entry: LogEntryResult)>) -> [LogStreamResult] {
        var streams: [LogStreamResult] = []
        var indexes: [Labels: Int] = [:]
        for (labels, entry) in found {
            if let index = indexes[labels] {
                streams[index].entries.append(entry)
            } else {
                indexes[labels] = streams.count
                streams.append(LogStreamResult(labels: labels, entries: [entry]))
            }
        }
        return streams.sorted { $0.labels < $1.labels }
    }
}
