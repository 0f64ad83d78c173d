extension SampleBatch {
    /// An exemplar and the place of its series in ``SampleBatch/series``.
    package struct SeriesExemplar: Sendable {
        package var series: Int
        package var exemplar: Exemplar
    }

    /// Adds a histogram to the series begun last, without buckets that hold nothing. Whoever adds one has seen that it is valid.
    package mutating func append(
        _ histogram: NativeHistogram, at timestamp: Milliseconds, startTimestamp: Milliseconds = 0
    ) {
        append(SampleBatch.staleMarker, at: timestamp)
        guard takesSamples else { return }
        var compact = histogram.compacted
        // That nothing was reset is for the store to see: between what it holds and this, samples may be missing.
        if compact.resetHint == .notReset { compact.resetHint = .unknown }
        bucketCount += compact.bucketCount
        details[sampleCount - 1] = SampleDetail(histogram: compact, startTimestamp: startTimestamp)
    }

    /// Adds a number, with the time at which its counter began, to the series begun last.
    package mutating func append(_ value: Double, at timestamp: Milliseconds, startTimestamp: Milliseconds) {
        append(value, at: timestamp)
        guard takesSamples, startTimestamp != 0 else { return }
        details[sampleCount - 1] = SampleDetail(startTimestamp: startTimestamp)
    }

    /// What it costs to hold and to write: a sample once, and once more for each bucket of a histogram and each exemplar.
    package var weight: Int { sampleCount + bucketCount + exemplars.count }

    /// Adds an exemplar to the series begun last. That of a series which was refused goes with it.
    package mutating func appendExemplar(_ exemplar: Exemplar) {
        guard takesSamples, !series.isEmpty else { return }
        exemplars.append(SeriesExemplar(series: series.count - 1, exemplar: exemplar))
    }

    /// Says what a metric is.
    package mutating func setMetadata(_ metadata: MetricMetadata, of name: String) {
        guard !name.isEmpty else { return }
        self.metadata[name] = metadata
    }

    /// Whether it carries exemplars or metadata.
    package var hasExtras: Bool { !exemplars.isEmpty || !metadata.isEmpty }
}
