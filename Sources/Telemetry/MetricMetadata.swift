/// What a metric says about itself: the `TYPE`, `HELP` and `UNIT` of an exposition.
package struct MetricMetadata: Sendable, Hashable {
    /// The type of a metric, as OpenMetrics names it. Prometheus' `untyped` is `unknown`.
    package enum Kind: String, Sendable, CaseIterable {
        case unknown, counter, gauge, histogram
        case gaugeHistogram = "gaugehistogram"
        case summary, info
        case stateSet = "stateset"
    }

    package var kind: Kind
    package var help: String
    package var unit: String

    package init(kind: Kind = .unknown, help: String = "", unit: String = "") {
        self.kind = kind
        self.help = help
        self.unit = unit
    }
}

/// Knows what metrics say about themselves. Implemented by the metric store, which takes it in with a ``SampleBatch``.
package protocol MetadataSource: Sendable {
    /// What is known, by metric name: what was told last wins.
    /// - Parameters:
    ///   - name: the one metric that is asked for; `nil` for all.
    ///   - limit: most metrics to tell, the first in the order of their names.
    func metadata(of name: String?, limit: Int) -> [String: MetricMetadata]
}
