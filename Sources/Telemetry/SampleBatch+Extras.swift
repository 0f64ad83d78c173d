extension SampleBatch {
    /// An exemplar and the place of its series in ``SampleBatch/series``.
    package struct SeriesExemplar: Sendable {
        package var series: Int
        package var exemplar: Exemplar
    }

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
