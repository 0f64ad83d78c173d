import Telemetry

/// The series that a rule writes, with markers for those that it no longer writes.
struct RuleSeries {
    private var previous: Set<Labels> = []

    /// Appends one sample a series at a time; what was written last time and is not now gets a stale marker.
    mutating func write(_ values: [Labels: Double], at now: Milliseconds, into batch: inout SampleBatch) {
        for (labels, value) in values.sorted(by: { $0.key < $1.key }) { batch.append(labels, value, at: now) }
        for labels in previous.subtracting(values.keys).sorted() { batch.append(labels, SampleBatch.staleMarker, at: now) }
        previous = Set(values.keys)
    }

    /// `ALERTS` and `ALERTS_FOR_STATE`, as Prometheus writes them.
    static func values(of records: some Sequence<Alert>) -> [Labels: Double] {
        var values: [Labels: Double] = [:]
        for alert in records where alert.state != .resolved {
            let base = alert.labels.setting("alertstate", to: alert.state.rawValue)
            values[base.setting(Labels.metricNameLabel, to: "ALERTS")] = 1
            values[alert.labels.setting(Labels.metricNameLabel, to: "ALERTS_FOR_STATE")] = Double(alert.activeAt) / 1000
        }
        return values
    }

    /// What a recording rule records.
    static func values(of rule: Rule, _ elements: [RuleElement]) throws(AlertingError) -> [Labels: Double] {
        var values: [Labels: Double] = [:]
        for element in elements {
            var labels = element.labels
            for (name, template) in rule.labels {
                labels = labels.setting(name, to: template.expand(labels: element.labels, value: element.value))
            }
            labels = labels.setting(Labels.metricNameLabel, to: rule.name)
            guard values.updateValue(element.value, forKey: labels) == nil else {
                throw AlertingError(.duplicateAlert, "rule \(rule.name) records the series \(labels) twice")
            }
        }
        return values
    }
}
