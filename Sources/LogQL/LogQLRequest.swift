package import Telemetry

/// A query and what is wanted of it.
package struct LogQLRequest: Sendable {
    /// When it is evaluated.
    package enum Times: Sendable {
        /// A metric query at one time.
        case instant(Nanoseconds)
        /// A log query over `[from, to)`, or a metric query at each step from `from` to `to`.
        case range(from: Nanoseconds, to: Nanoseconds, step: Nanoseconds)
    }

    package var query: String
    package var times: Times
    /// Most entries, or shapes, of a log query.
    package var limit = 100
    package var direction = LogSelection.Direction.backward
    /// Whether streams of the result have the labels of the stored stream alone, and metadata and parsed fields stand with each entry.
    package var categorizesLabels = false

    package init(_ query: String, _ times: Times) {
        self.query = query
        self.times = times
    }
}

/// A result, and what it took.
package struct LogQLAnswer: Sendable {
    package var result: LogQLResult
    package var statistics: LogQLStatistics
}

/// What a query looked at.
package struct LogQLStatistics: Sendable, Equatable {
    /// Lines read as a whole.
    package var linesRead = 0
    /// Their bytes.
    package var bytesRead = 0
    /// Lines of which only the time, or some fields, were read.
    package var linesCounted = 0
    /// Lines that passed all stages.
    package var linesPassed = 0

    package init() {}
}
