package import Telemetry

/// Writes readings in the Prometheus text format.
package enum SelfMetricsText {
    /// One `# TYPE` line a metric, then its series, in the order given.
    package static func render(_ readings: [SelfMetrics.Reading]) -> String {
        var text = ""
        let byName = Dictionary(grouping: readings) { $0.labels.metricName ?? "" }
        for (name, series) in byName.sorted(by: { $0.key < $1.key }) {
            text += "# TYPE \(name) \(series[0].kind.rawValue)\n"
            for reading in series {
                let labels = reading.labels.filter { $0.name != Labels.metricNameLabel }
                    .map { "\($0.name)=\(Labels.quoted($0.value))" }.joined(separator: ",")
                text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(number(reading.value))\n"
            }
        }
        return text
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}
