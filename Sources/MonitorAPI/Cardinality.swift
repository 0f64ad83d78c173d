import Telemetry

/// How many series there are by metric, label and pair: where a store's size comes from.
///
/// Counted metric by metric, so that at no time more than one metric's label sets are held beside the counts.
struct Cardinality: Sendable {
    /// Most entries of each list a request may ask for.
    static let maximumLimit = 10_000
    /// Entries of each list where a request does not say.
    static let defaultLimit = 10
    /// Most pairs of label and value that are counted; later ones are left out of all lists but the first.
    static let maximumPairs = 2_000_000
    /// How far back a series' newest sample may lie for it to count, in milliseconds.
    static let reach: Milliseconds = 3_600_000

    private(set) var series = 0
    private var metrics: [(name: String, count: Int)] = []
    private var pairs: [Label: Int] = [:]

    /// Counts the series that had samples lately.
    init(of source: any SeriesSource, at now: Milliseconds) throws {
        let range = now - Cardinality.reach...now
        for name in try source.labelValues(of: Labels.metricNameLabel, matchingAny: [], in: range) {
            let found = try source.series(matchingAny: [[.equal(Labels.metricNameLabel, name)]], in: range)
            guard !found.isEmpty else { continue }
            series += found.count
            metrics.append((name, found.count))
            for labels in found {
                for label in labels where pairs.count < Cardinality.maximumPairs || pairs[label] != nil {
                    pairs[label, default: 0] += 1
                }
            }
        }
    }

    /// Different pairs of label and value.
    var pairCount: Int { pairs.count }

    /// Metrics by their series.
    func byMetric(_ limit: Int) -> [(String, Int)] { Cardinality.largest(metrics.map { ($0.name, $0.count) }, limit) }

    /// Pairs of label and value by their series.
    func byPair(_ limit: Int) -> [(String, Int)] {
        Cardinality.largest(pairs.map { ("\($0.key.name)=\($0.key.value)", $0.value) }, limit)
    }

    /// Labels by how many values they have.
    func valuesByLabel(_ limit: Int) -> [(String, Int)] { byLabel(limit) { _ in 1 } }

    /// Labels by the bytes of their values.
    func bytesByLabel(_ limit: Int) -> [(String, Int)] { byLabel(limit) { $0.utf8.count } }

    private func byLabel(_ limit: Int, _ weight: (String) -> Int) -> [(String, Int)] {
        var sums: [String: Int] = [:]
        for label in pairs.keys { sums[label.name, default: 0] += weight(label.value) }
        return Cardinality.largest(sums.map { ($0.key, $0.value) }, limit)
    }

    private static func largest(_ counts: [(String, Int)], _ limit: Int) -> [(String, Int)] {
        Array(counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(limit))
    }
}
