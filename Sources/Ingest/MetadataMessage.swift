import Telemetry

/// What remote-write says about a metric.
enum MetadataMessage {
    /// By their numbers, which both versions share.
    private static let kinds: [MetricMetadata.Kind] = [
        .unknown, .counter, .gauge, .histogram, .gaugeHistogram, .summary, .info, .stateSet,
    ]

    static func kind(_ number: UInt64) -> MetricMetadata.Kind {
        number < UInt64(kinds.count) ? kinds[Int(number)] : .unknown
    }

    /// The metric that a series is part of: the series of a classic histogram or summary are named after it.
    static func family(of series: Substring, _ kind: MetricMetadata.Kind) -> Substring {
        let suffixes: [String] =
            switch kind {
            case .histogram, .gaugeHistogram: ["_bucket", "_count", "_sum"]
            case .summary: ["_count", "_sum"]
            default: []
            }
        guard let suffix = suffixes.first(where: { series.hasSuffix($0) }) else { return series }
        return series.dropLast(suffix.count)
    }
}
