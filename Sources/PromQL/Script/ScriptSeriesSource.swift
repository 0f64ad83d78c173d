package import Telemetry

/// Series in memory, as scripts and tests of rules load them.
///
/// ```swift
/// var source = ScriptSeriesSource()
/// try source.load("errors_total{job=\"a\"}", values: "0+10x10", from: 0, every: 60_000)
/// ```
package struct ScriptSeriesSource: Sendable {
    /// A series with its samples in order of time.
    struct Reader: SeriesReader {
        var labels: Labels
        var columns = SampleColumns()

        func read(_ range: ClosedRange<Milliseconds>, into target: inout SampleColumns) {
            for index in columns.timestamps.indices where range.contains(columns.timestamps[index]) {
                target.append(from: columns, at: index)
            }
        }
    }

    private(set) var readers: [Labels: Reader] = [:]

    /// No series yet.
    package init() {}

    /// Adds a series as a script writes it, its first sample at `start`.
    package mutating func load(
        _ series: String, values: String, from start: Milliseconds, every interval: Milliseconds
    ) throws(PromQLError) {
        do {
            var one = try ScriptSeriesParser.parse("\(series) \(values)")
            (one.start, one.interval) = (start, interval)
            load([one])
        } catch {
            throw PromQLError(.parse, error.message)
        }
    }

    /// Adds a sample behind all others of its series.
    package mutating func append(_ labels: Labels, _ value: Double, at time: Milliseconds) {
        readers[labels, default: Reader(labels: labels)].columns.append(time, value)
    }

    mutating func load(_ loaded: [ScriptSeries]) {
        for series in loaded {
            var reader = readers[series.labels] ?? Reader(labels: series.labels)
            reader.columns = ScriptSeriesSource.adding(series, to: reader.columns)
            readers[series.labels] = reader
        }
    }

    private static func adding(_ series: ScriptSeries, to columns: SampleColumns) -> SampleColumns {
        var added = SampleColumns()
        var hasHint: [Milliseconds: Bool] = [:]
        for (index, point) in series.points.enumerated() {
            let time = series.start + series.interval * Milliseconds(index)
            switch point {
            case .value(let value): added.append(time, value)
            case .stale: added.append(time, SampleBatch.staleMarker)
            case .histogram(let histogram, let hint):
                added.append(time, histogram)
                hasHint[time] = hint
            case .missing: continue
            }
            guard index < series.starts.count, let start = series.starts[index] else { continue }
            if added.startTimestamps.isEmpty { added.startTimestamps = Array(repeating: 0, count: added.count) }
            added.startTimestamps[added.count - 1] = time + start
        }
        added.hintAsStored(keeping: hasHint)
        return merge(columns, added)
    }

    /// Of two samples of one time the later loaded one counts.
    private static func merge(_ earlier: SampleColumns, _ later: SampleColumns) -> SampleColumns {
        if earlier.isEmpty { return later }
        var merged = SampleColumns()
        var (a, b) = (0, 0)
        while a < earlier.count || b < later.count {
            if b == later.count || (a < earlier.count && earlier.timestamps[a] < later.timestamps[b]) {
                merged.append(from: earlier, at: a)
                a += 1
            } else {
                if a < earlier.count, earlier.timestamps[a] == later.timestamps[b] { a += 1 }
                merged.append(from: later, at: b)
                b += 1
            }
        }
        return merged
    }
}

extension SampleColumns {
    /// Gives histograms the hints that they would be read with from a store: of a sample that goes on from the one before it that it does;
    /// of the first one and of one that begins again, nothing.
    fileprivate mutating func hintAsStored(keeping hasHint: [Milliseconds: Bool]) {
        for index in histograms.indices {
            guard let histogram = histograms[index], hasHint[timestamps[index]] != true, histogram.resetHint != .gauge else {
                continue
            }
            let previous = index > 0 ? histograms[index - 1] : nil
            let goesOn = previous.map { $0.resetHint != .gauge && !histogram.isReset(after: $0) } ?? false
            histograms[index]?.resetHint = goesOn ? .notReset : .unknown
        }
    }
}

extension ScriptSeriesSource: SeriesSource {
    /// The series that pass.
    package func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) -> [any SeriesReader] {
        readers.values.filter { matchers.allMatch($0.labels) }.sorted { $0.labels < $1.labels }
    }

    /// Labels of the series that pass.
    package func series(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [Labels] {
        readers.keys.filter { labels in selectors.isEmpty || selectors.contains { $0.allMatch(labels) } }.sorted()
    }

    /// Names of labels in use.
    package func labelNames(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [String] {
        Set(series(matchingAny: selectors, in: range).flatMap { $0.map(\.name) }).sorted()
    }

    /// Values of a label in use.
    package func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) -> [String] {
        Set(series(matchingAny: selectors, in: range).compactMap { $0[name] }).sorted()
    }
}
