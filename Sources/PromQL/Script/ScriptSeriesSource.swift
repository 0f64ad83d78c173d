import Synchronization
import Telemetry

/// Series in memory, as scripts load them.
struct ScriptSeriesSource: Sendable {
    /// A series with its samples in order of time.
    struct Reader: SeriesReader {
        var labels: Labels
        var columns = SampleColumns()
        /// Whether some samples were native histograms, which are not there to be read.
        var lacksHistograms = false

        func read(_ range: ClosedRange<Milliseconds>, into target: inout SampleColumns) {
            for index in columns.timestamps.indices where range.contains(columns.timestamps[index]) {
                target.append(columns.timestamps[index], columns.values[index])
            }
        }
    }

    private(set) var readers: [Labels: Reader] = [:]
    /// Set when a query selects a series whose native histograms are missing, so that its result can't be judged.
    let touched = TouchMark()

    mutating func load(_ loaded: [ScriptSeries]) {
        for series in loaded {
            var reader = readers[series.labels] ?? Reader(labels: series.labels)
            if series.hasHistograms { reader.lacksHistograms = true }
            var samples = Dictionary(
                zip(reader.columns.timestamps, reader.columns.values), uniquingKeysWith: { $1 })
            for (index, point) in series.points.enumerated() {
                let time = series.interval * Milliseconds(index)
                switch point {
                case .value(let value): samples[time] = value
                case .stale: samples[time] = SampleBatch.staleMarker
                case .missing, .histogram: break
                }
            }
            let sorted = samples.sorted { $0.key < $1.key }
            reader.columns = SampleColumns(timestamps: sorted.map(\.key), values: sorted.map(\.value))
            readers[series.labels] = reader
        }
    }
}

/// A flag that a query's reading sets.
final class TouchMark: Sendable {
    private let flag = Atomic(false)

    func set() { flag.store(true, ordering: .relaxed) }
    /// Whether it was set; clears it.
    func take() -> Bool { flag.exchange(false, ordering: .relaxed) }
}

extension ScriptSeriesSource: SeriesSource {
    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) -> [any SeriesReader] {
        let selected = readers.values.filter { matchers.allMatch($0.labels) }.sorted { $0.labels < $1.labels }
        if selected.contains(where: \.lacksHistograms) { touched.set() }
        return selected
    }

    func series(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [Labels] {
        readers.keys.filter { labels in selectors.isEmpty || selectors.contains { $0.allMatch(labels) } }.sorted()
    }

    func labelNames(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [String] {
        Set(series(matchingAny: selectors, in: range).flatMap { $0.map(\.name) }).sorted()
    }

    func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) -> [String] {
        Set(series(matchingAny: selectors, in: range).compactMap { $0[name] }).sorted()
    }
}
