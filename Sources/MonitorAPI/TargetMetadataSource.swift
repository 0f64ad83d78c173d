package import Telemetry

/// What a metric is, as one target tells it.
package struct MetadataReport: Sendable, Hashable {
    package var metric: String
    /// `counter`, `gauge`, `histogram`, `summary` or `unknown`.
    package var type: String
    package var help: String
    package var unit: String
    /// The labels of the target that told it.
    package var target: Labels

    package init(metric: String, type: String, help: String, unit: String = "", target: Labels = .empty) {
        self.metric = metric
        self.type = type
        self.help = help
        self.unit = unit
        self.target = target
    }
}

/// Knows types and help texts: what `/api/v1/metadata` and `/api/v1/targets/metadata` ask.
package protocol TargetMetadataSource: Sendable {
    /// The metadata of one metric, or of all, sorted by metric.
    func metadata(of metric: String?) throws -> [MetadataReport]
}

/// A source for where nobody keeps metadata.
package struct NoMetadata: TargetMetadataSource {
    package init() {}

    package func metadata(of metric: String?) throws -> [MetadataReport] { [] }
}
