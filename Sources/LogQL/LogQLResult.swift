package import Telemetry

/// What a query gives.
package enum LogQLResult: Sendable {
    /// A log query: entries by their labels.
    case streams([LogStreamResult])
    /// A metric query at one time.
    case vector([LogVectorElement])
    /// A metric query over a range.
    case matrix([LogMatrixSeries])
    /// A number, where the query is one.
    case scalar(Nanoseconds, Double)
}

/// Entries that share all their labels: the stream's, their metadata and what was parsed from the line; by origin, the stream's alone.
package struct LogStreamResult: Sendable, Equatable {
    package var labels: Labels
    /// In the direction asked for.
    package var entries: [LogEntryResult]

    package init(labels: Labels, entries: [LogEntryResult]) {
        self.labels = labels
        self.entries = entries
    }
}

/// One entry as it leaves the pipeline.
package struct LogEntryResult: Sendable, Equatable {
    package var timestamp: Nanoseconds
    package var line: ArraySlice<UInt8>
    /// Structured metadata, where it was stored with some.
    package var metadata: Labels
    /// What stages made of the line, where labels were asked for by origin.
    package var parsed: Labels

    package init(timestamp: Nanoseconds, line: ArraySlice<UInt8>, metadata: Labels = .empty, parsed: Labels = .empty) {
        self.timestamp = timestamp
        self.line = line
        self.metadata = metadata
        self.parsed = parsed
    }
}

/// One element of a vector.
package struct LogVectorElement: Sendable, Equatable {
    package var labels: Labels
    package var timestamp: Nanoseconds
    package var value: Double

    package init(labels: Labels, timestamp: Nanoseconds, value: Double) {
        self.labels = labels
        self.timestamp = timestamp
        self.value = value
    }
}

/// One series of a matrix.
package struct LogMatrixSeries: Sendable, Equatable {
    package var labels: Labels
    package var points: [LogPoint]

    package init(labels: Labels, points: [LogPoint]) {
        self.labels = labels
        self.points = points
    }
}

/// One point of a series.
package struct LogPoint: Sendable, Equatable {
    package var timestamp: Nanoseconds
    package var value: Double

    package init(timestamp: Nanoseconds, value: Double) {
        self.timestamp = timestamp
        self.value = value
    }
}

/// A message shape, and how often it was seen in each step that has some.
package struct LogPattern: Sendable, Equatable {
    package var pattern: String
    package var count: Int
    package var points: [LogPoint]
}
