import Telemetry

extension ScriptSeries {
    private struct Classic {
        var buckets: [Double: [Point]] = [:]
        var counts: [Point] = []
        var sums: [Point] = []
        var interval: Milliseconds = 0
    }

    /// The histograms with custom buckets that classic series stand for: `x_bucket`, `x_count` and `x_sum` become `x`.
    static func customBucketHistograms(of series: [ScriptSeries]) -> [ScriptSeries] {
        var classics: [Labels: Classic] = [:]
        for one in series {
            guard let name = one.labels.metricName else { continue }
            func labels(without suffix: String) -> Labels {
                one.labels.setting("le", to: nil).setting(Labels.metricNameLabel, to: String(name.dropLast(suffix.count)))
            }
            if name.hasSuffix("_bucket"), let bound = one.labels["le"].flatMap({ NumberReader.signedNumber($0) }) {
                let key = labels(without: "_bucket")
                classics[key, default: Classic()].interval = one.interval
                // Of two ways to write one bound the first counts.
                if classics[key]?.buckets[bound] == nil { classics[key]?.buckets[bound] = one.points }
            } else if name.hasSuffix("_count") {
                classics[labels(without: "_count"), default: Classic()].counts = one.points
            } else if name.hasSuffix("_sum") {
                classics[labels(without: "_sum"), default: Classic()].sums = one.points
            }
        }
        return classics.filter { !$0.value.buckets.isEmpty }.map { labels, classic in
            ScriptSeries(labels: labels, points: points(of: classic), interval: classic.interval)
        }
    }

    private static func points(of classic: Classic) -> [Point] {
        let length = classic.buckets.values.map(\.count).max() ?? 0
        let sorted = classic.buckets.sorted { $0.key < $1.key }
        let bounds = sorted.map(\.key).filter { $0 < .infinity }
        return (0..<length).map { index in
            func value(_ points: [Point]) -> Double? {
                if index < points.count, case .value(let value) = points[index] { value } else { nil }
            }
            let cumulative = sorted.compactMap { value($0.value) }
            guard cumulative.count == sorted.count, let last = cumulative.last else { return .missing }
            let counts = zip(cumulative, [0] + cumulative).map { $0 - $1 }
            let count = value(classic.counts) ?? last
            var histogram = NativeHistogram(
                schema: NativeHistogram.customSchema, count: count, sum: value(classic.sums) ?? 0,
                positive: HistogramBuckets(startingAt: 0, counts), customBounds: bounds)
            if bounds.count == sorted.count { histogram.positive.append(Int32(bounds.count), count - last) }
            return .histogram(histogram.compacted, hasHint: false)
        }
    }
}
