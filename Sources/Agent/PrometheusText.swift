package import Telemetry

/// Renders samples as Prometheus' text format.
package enum PrometheusText {
    /// One line a sample, grouped by metric, each group under its type: names that end in `_total`, `_sum` or `_count` are
    /// counters, others gauges. Times are left to the scraper.
    package static func render(_ batch: SampleBatch) -> [UInt8] {
        var lines: [(name: String, line: String)] = []
        for series in batch.series {
            let labels = batch.labels(of: series)
            guard let name = labels.metricName else { continue }
            var text = name
            let others = labels.filter { $0.name != Labels.metricNameLabel }
            if !others.isEmpty {
                text += "{" + others.map { "\($0.name)=\(Labels.quoted($0.value))" }.joined(separator: ",") + "}"
            }
            for index in series.samples { lines.append((name, text + " " + number(batch.values[index]))) }
        }
        lines.sort { ($0.name, $0.line) < ($1.name, $1.line) }
        var output: [UInt8] = []
        var last = ""
        for (name, line) in lines {
            if name != last {
                output.append(contentsOf: "# TYPE \(name) \(isCounter(name) ? "counter" : "gauge")\n".utf8)
                last = name
            }
            output.append(contentsOf: line.utf8)
            output.append(10)
        }
        return output
    }

    static func isCounter(_ name: String) -> Bool {
        name.hasSuffix("_total") || name.hasSuffix("_sum") || name.hasSuffix("_count")
    }

    /// Whole numbers without a fraction, the special ones as Prometheus spells them.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 9e15 { return String(Int64(value)) }
        return "\(value)"
    }
}
