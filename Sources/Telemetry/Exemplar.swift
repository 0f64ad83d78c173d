/// One observation picked out of many that a sample counts, with labels that lead to it: a trace's id above all.
package struct Exemplar: Sendable, Hashable {
    /// Most bytes of its labels' names and values together. OpenMetrics allows 128 characters.
    package static let maximumLabelBytes = 512

    package var labels: Labels
    package var value: Double
    package var timestamp: Milliseconds

    package init(labels: Labels, value: Double, timestamp: Milliseconds) {
        self.labels = labels
        self.value = value
        self.timestamp = timestamp
    }
}

/// The exemplars of one series, in order of time.
package struct SeriesExemplars: Sendable, Equatable {
    package var series: Labels
    package var exemplars: [Exemplar]

    package init(series: Labels, exemplars: [Exemplar]) {
        self.series = series
        self.exemplars = exemplars
    }
}

/// Answers selectors with exemplars. Implemented by the metric store for what is recent, which takes them in with a ``SampleBatch``.
package protocol ExemplarSource: Sendable {
    /// The exemplars of a range, both ends included, of the series that pass any of the selectors (all series if there is none), sorted by
    /// series. Series without any are left out.
    func exemplars(
        matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) throws -> [SeriesExemplars]
}
