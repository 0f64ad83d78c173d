extension SelfMetrics {
    /// All series in Prometheus' text format: a help and a type line for each metric, then its series.
    ///
    /// A `_sum` and a `_count` of one name are a summary without quantiles.
    package func prometheusText() -> String {
        let readings = readings()
        let names = Set(readings.map { $0.labels.metricName ?? "" })
        var text = ""
        var last = ""
        for reading in readings {
            let name = reading.labels.metricName ?? ""
            let summary = SelfMetrics.summary(of: name, among: names)
            let family = summary ?? name
            if family != last {
                text += "# HELP \(family) \(SelfMetrics.help(of: family))\n"
                text += "# TYPE \(family) \(summary == nil ? reading.kind.rawValue : "summary")\n"
                last = family
            }
            let inside = reading.labels.filter { $0.name != Labels.metricNameLabel }
                .map { "\($0.name)=\(Labels.quoted($0.value))" }.joined(separator: ",")
            text += "\(name)\(inside.isEmpty ? "" : "{\(inside)}") \(SelfMetrics.text(of: reading.value))\n"
        }
        return text
    }

    private static func summary(of name: String, among names: Set<String>) -> String? {
        for (suffix, sibling) in [("_sum", "_count"), ("_count", "_sum")] where name.hasSuffix(suffix) {
            let base = String(name.dropLast(suffix.count))
            if names.contains(base + sibling) { return base }
        }
        return nil
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
