package import Telemetry

/// A log query over entries as they arrive.
package struct LogTailQuery: Sendable {
    private let matchers: [LabelMatcher]
    private let stages: EntryStages

    /// Reads a query that gives entries; one that gives numbers, or counts shapes, can't be followed.
    package init(_ query: String, categorizesLabels: Bool = false) throws(LogQLError) {
        guard case .log(let log) = try LogQLParser.expression(query) else {
            throw LogQLError(.parse, "a metric query can't be followed: give a log query such as {app=\"web\"}")
        }
        guard log.shapeGrouping == nil else {
            throw LogQLError(.parse, "a query that ends in | shape can't be followed: leave that stage out")
        }
        try log.refuseDistinct("a query that is followed")
        matchers = log.matchers
        stages = EntryStages(log.stages, categorizesLabels: categorizesLabels)
    }

    /// The entries of a batch that pass, in the batch's order within each stream.
    package func entries(of batch: LogBatch) -> [LogStreamResult] {
        let wanted = batch.streams.map { matchers.allMatch($0) }
        guard wanted.contains(true) else { return [] }
        let found = batch.entries.lazy.filter { wanted[$0.stream] }.compactMap { entry in
            // What names an entry for retries is no part of it.
            let metadata = batch.metadata(of: entry).removing([LogBatch.retryIdentityLabel])
            let row = LogRow(timestamp: entry.timestamp, line: batch.line(of: entry), metadata: metadata)
            return stages.result(batch.streams[entry.stream], row)
        }
        return LogStreamResult.grouped(found)
    }
}
