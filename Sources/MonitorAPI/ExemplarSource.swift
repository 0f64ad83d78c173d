package import Telemetry

/// One observation behind a series, with labels of its own such as `trace_id`.
package struct ExemplarReport: Sendable, Equatable {
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
    package var exemplars: [ExemplarReport]

    package init(series: Labels, exemplars: [ExemplarReport]) {
        self.series = series
        self.exemplars = exemplars
    }
}

/// Knows the exemplars of series: what `/api/v1/query_exemplars` asks.
package protocol ExemplarSource: Sendable {
    /// The exemplars of the series that pass any of the selectors, series in label order.
    func exemplars(
        matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) throws -> [SeriesExemplars]
}

/// A source for stores that keep no exemplars.
package struct NoExemplars: ExemplarSource {
    package init() {}

    package func exemplars(
        matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) throws -> [SeriesExemplars] { [] }
}
