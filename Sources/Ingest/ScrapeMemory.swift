package import Parsing
package import Telemetry

/// What the last scrape of a target held, so that what vanished can be marked stale. A pure value: text in, samples out.
package struct ScrapeMemory: Sendable {
    private let target: ScrapeTarget
    /// Canonical label bytes of the series that carried no time of their own.
    private var known: Set<[UInt8]> = []

    package init(target: ScrapeTarget) {
        self.target = target
    }

    /// The samples of a scrape that was answered, or why the answer could not be read.
    package mutating func scraped(
        _ body: [UInt8], at time: Milliseconds, seconds: Double
    ) throws(ExpositionError) -> SampleBatch {
        var batch = SampleBatch()
        try ExpositionParser.parse(body, defaultTimestamp: time, extraLabels: target.identity, into: &batch)
        let count = batch.sampleCount
        var seen: Set<[UInt8]> = []
        for series in batch.series where batch.timestamps[series.samples].contains(time) {
            seen.insert(Array(batch.labelBytes[series.labels]))
        }
        markStale(known.subtracting(seen), in: &batch, at: time)
        known = seen
        report(in: &batch, isUp: true, seconds: seconds, count: count, at: time)
        return batch
    }

    /// The samples of a scrape that failed: everything known is stale, and the target is down.
    package mutating func failed(at time: Milliseconds, seconds: Double) -> SampleBatch {
        var batch = SampleBatch()
        markStale(known, in: &batch, at: time)
        known = []
        report(in: &batch, isUp: false, seconds: seconds, count: 0, at: time)
        return batch
    }

    /// The samples when the target is scraped no more: everything about it ends.
    package mutating func ended(at time: Milliseconds) -> SampleBatch {
        var batch = SampleBatch()
        markStale(known, in: &batch, at: time)
        known = []
        for name in ["up", "scrape_duration_seconds", "scrape_samples_scraped"] {
            batch.append(target.identity.setting(Labels.metricNameLabel, to: name), SampleBatch.staleMarker, at: time)
        }
        return batch
    }

    private func markStale(_ vanished: Set<[UInt8]>, in batch: inout SampleBatch, at time: Milliseconds) {
        for bytes in vanished { batch.append(Labels(canonical: bytes), SampleBatch.staleMarker, at: time) }
    }

    private func report(in batch: inout SampleBatch, isUp: Bool, seconds: Double, count: Int, at time: Milliseconds) {
        let values = [("up", isUp ? 1 : 0), ("scrape_duration_seconds", seconds), ("scrape_samples_scraped", Double(count))]
        for (name, value) in values {
            batch.append(target.identity.setting(Labels.metricNameLabel, to: name), value, at: time)
        }
    }
}
