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
    /// Most entries that `distinct` tells apart.
    let maximumDistinct: Int

    /// At most `limit` entries of the range, by time over all streams.
    func run(_ range: Range<Nanoseconds>, limit: Int, direction: LogSelection.Direction) throws(LogQLError) -> [LogStreamResult] {
        guard limit > 0 else { return [] }
        if let stage = DistinctStage(log.stages) { return try run(stage, range, limit: limit, direction: direction) }
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

    /// Finds the first entry of each key in all streams, then sends those through the stages behind.
    private func run(
        _ stage: DistinctStage, _ range: Range<Nanoseconds>, limit: Int, direction: LogSelection.Direction
    ) throws(LogQLError) -> [LogStreamResult] {
        let selection = LogSelection(
            matchers: log.matchers, range: range, direction: direction, requiredLiterals: stage.before.requiredLiterals)
        var distinct = DistinctEntries(maximum: maximumDistinct, direction)
        try source.read(selection, budget) { (stream, row) throws(LogQLError) in
            var entry = PipelineEntry(
                timestamp: row.timestamp, line: row.line, labels: EntryLabels(stream: stream, metadata: row.metadata))
            guard stage.before.process(&entry) else { return true }
            try distinct.take(DistinctEntries.Candidate(entry: entry, metadata: row.metadata), stage.key(of: entry.labels))
            return true
        }
        var (candidates, rest) = (distinct.inOrder, stage.after)
        while let next = DistinctStage(rest) {
            var seen = DistinctEntries(maximum: maximumDistinct, direction)
            for var candidate in candidates where next.before.process(&candidate.entry) {
                try seen.take(candidate, next.key(of: candidate.entry.labels))
            }
            (candidates, rest) = (seen.inOrder, next.after)
        }
        let stages = EntryStages(rest, categorizesLabels: categorizesLabels)
        let found = candidates.lazy.compactMap { stages.result($0.entry, metadata: $0.metadata) }.prefix(limit)
        let results = Array(found)
        budget.passed(results.count)
        return LogStreamResult.grouped(results)
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
        let entry = PipelineEntry(
            timestamp: row.timestamp, line: row.line, labels: EntryLabels(stream: stream, metadata: row.metadata))
        return result(entry, metadata: row.metadata)
    }

    /// The same for an entry that went through other stages before.
    func result(_ entry: PipelineEntry, metadata: Labels) -> (labels: Labels, entry: LogEntryResult)? {
        var entry = entry
        guard pipeline.process(&entry) else { return nil }
        guard categorizesLabels else {
            let result = LogEntryResult(timestamp: entry.timestamp, line: entry.line, metadata: metadata)
            return (entry.labels.labels(), result)
        }
        let labels = entry.labels.categorized()
        let result = LogEntryResult(
            timestamp: entry.timestamp, line: entry.line, metadata: labels.metadata, parsed: labels.parsed)
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
