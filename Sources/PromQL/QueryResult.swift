package import Telemetry

/// What a query answered, and what its author should know about it.
package struct QueryResult: Sendable, Equatable {
    /// The answer itself.
    package var value: QueryValue
    /// Probably wrong: `PromQL warning: …`.
    package var warnings: [String]
    /// Perhaps wrong: `PromQL info: …`.
    package var infos: [String]

    /// An answer with what is to be said about it.
    package init(value: QueryValue, warnings: [String] = [], infos: [String] = []) {
        self.value = value
        self.warnings = warnings
        self.infos = infos
    }
}

/// The value of a query. Beside numbers, ``VectorElement`` and ``SampleColumns`` may hold histograms.
package enum QueryValue: Sendable, Equatable {
    case scalar(Sample)
    case string(Milliseconds, String)
    /// In the order of a sort where the query sorted, else in no order that means anything.
    case vector([VectorElement])
    /// Sorted by labels.
    case matrix([MatrixSeries])
}

/// One series of an instant vector.
package struct VectorElement: Sendable, Equatable {
    /// What the series is identified by.
    package var labels: Labels
    /// The time of the evaluation.
    package var timestamp: Milliseconds
    /// Its value then; the stale marker where that is a histogram.
    package var value: Double
    /// Its histogram then, where it is one.
    package var histogram: NativeHistogram?

    /// One series and its value.
    package init(labels: Labels, timestamp: Milliseconds, value: Double, histogram: NativeHistogram? = nil) {
        self.labels = labels
        self.timestamp = timestamp
        self.value = value
        self.histogram = histogram
    }
}

/// One series over time.
package struct MatrixSeries: Sendable, Equatable {
    /// What the series is identified by.
    package var labels: Labels
    /// Its samples, ascending in time.
    package var columns: SampleColumns

    /// One series and its samples.
    package init(labels: Labels, columns: SampleColumns) {
        self.labels = labels
        self.columns = columns
    }
}
