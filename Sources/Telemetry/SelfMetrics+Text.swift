extension SelfMetrics {
    /// All series in Prometheus' text format: a `# TYPE` line for each metric, then its series.
    package func prometheusText() -> String {
        var text = ""
        var last = ""
        for reading in readings() {
            let name = reading.labels.metricName ?? ""
            if name != last {
                text += "# TYPE \(name) \(reading.kind.rawValue)\n"
                last = name
            }
            let inside = reading.labels.filter { $0.name != Labels.metricNameLabel }
                .map { "\($0.name)=\(Labels.quoted($0.value))" }.joined(separator: ",")
            text += "\(name)\(inside.isEmpty ? "" : "{\(inside)}") \(SelfMetrics.text(of: reading.value))\n"
        }
        return text
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
