import Telemetry

/// Runs a log query: the newest (or oldest) entries that pass, grouped by their labels.
struct LogEvaluation {
    private struct Found {
        var labels: Labels
        var entry: LogEntryResult
    }

    let source: any LogSource
    let budget: QueryBudget
    let log: LogExpression

    /// At most `limit` entries of the range, by time over all streams.
    func run(_ range: Range<Nanoseconds>, limit: Int, direction: LogSelection.Direction) throws(LogQLError) -> [LogStreamResult] {
        guard limit > 0 else { return [] }
        let pipeline = Pipeline(log.stages)
        let selection = LogSelection(
            matchers: log.matchers, range: range, direction: direction, requiredLiterals: pipeline.requiredLiterals)
        let isForward = direction == .forward
        var found: [Found] = []
        // Entries beyond this time can't be among the first `limit` any more.
        var horizon: Nanoseconds?
        try source.read(selection, budget) { (stream, row) throws(LogQLError) in
            if let horizon, isForward ? row.timestamp > horizon : row.timestamp < horizon { return false }
            guard let labels = labels(stream, row, pipeline) else { return true }
            let entry = LogEntryResult(timestamp: row.timestamp, line: labels.line, metadata: row.metadata)
            found.append(Found(labels: labels.labels, entry: entry))
            if found.count >= 2 * limit { horizon = cut(&found, to: limit, isForward) }
            return true
        }
        _ = cut(&found, to: limit, isForward)
        return grouped(found)
    }

    private func labels(
        _ stream: Labels, _ row: LogRow, _ pipeline: Pipeline
    ) -> (labels: Labels, line: ArraySlice<UInt8>)? {
        if pipeline.leavesLabels, row.metadata.isEmpty {
            return pipeline.passes(row.line) ? (stream, row.line) : nil
        }
        var entry = PipelineEntry(
            timestamp: row.timestamp, line: row.line, labels: EntryLabels(stream: stream, metadata: row.metadata))
        return pipeline.process(&entry) ? (entry.labels.labels(), entry.line) : nil
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

    private func grouped(_ found: [Found]) -> [LogStreamResult] {
        var streams: [LogStreamResult] = []
        var indexes: [Labels: Int] = [:]
        for one in found {
            if let index = indexes[one.labels] {
                streams[index].entries.append(one.entry)
            } else {
                indexes[one.labels] = streams.count
                streams.append(LogStreamResult(labels: one.labels, entries: [one.entry]))
            }
        }
        return streams.sorted { $0.labels < $1.labels }
    }
}
