package import Telemetry

/// Log streams held in memory: what scripts and tests query.
package struct MemoryLogSource: LogSource {
    private struct Stream: LogStreamReader {
        let labels: Labels
        var rows: [LogRow]

        func forEach(_ visit: (LogRow) throws -> Bool) throws {
            for row in rows where try !visit(row) { return }
        }
    }

    private var streams: [Labels: [LogRow]] = [:]

    package init() {}

    /// Takes an entry in; those of one time stay in the order they came.
    package mutating func append(_ stream: Labels, _ row: LogRow) {
        streams[stream, default: []].append(row)
    }

    package func select(_ selection: LogSelection) throws -> [any LogStreamReader] {
        streams.filter { selection.matchers.allMatch($0.key) }.sorted { $0.key < $1.key }.map { labels, rows in
            let inRange = rows.enumerated().filter { selection.range.contains($0.element.timestamp) }
                .sorted { ($0.element.timestamp, $0.offset) < ($1.element.timestamp, $1.offset) }.map(\.element)
            return Stream(labels: labels, rows: selection.direction == .forward ? inRange : inRange.reversed())
        }
    }

    package func streams(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws -> [Labels] {
        streams.keys.filter { labels in selectors.isEmpty || selectors.contains { $0.allMatch(labels) } }.sorted()
    }

    package func labelNames(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws -> [String] {
        Set(try streams(matchingAny: selectors, in: range).flatMap { $0.map(\.name) }).sorted()
    }

    package func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>
    ) throws -> [String] {
        Set(try streams(matchingAny: selectors, in: range).compactMap { $0[name] }).sorted()
    }
}
