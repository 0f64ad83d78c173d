package import StateStore
package import Telemetry

/// The life of one rule's alerts: pending, firing, kept, resolved. A pure state machine of results and times.
package struct RuleEvaluator: Sendable {
    /// How long a resolved alert is remembered and told.
    package static let resolvedRetention: Milliseconds = 15 * 60_000
    /// Most alerts one rule may have at once.
    package static let maximumAlerts = 10_000

    /// What an evaluation changed.
    package struct Changes: Sendable, Equatable {
        /// To be kept: new, or in another state than before.
        package var put: [AlertRecord] = []
        package var remove: [AlertRecord] = []
    }

    /// `GROUP/RULE`, or what makes it unique.
    package let key: String
    package let rule: Rule
    /// Every alert of the rule, by its labels.
    package private(set) var records: [Labels: AlertRecord] = [:]

    package init(key: String, rule: Rule, restored: [AlertRecord] = []) {
        self.key = key
        self.rule = rule
        for record in restored { records[record.alert.labels] = record }
    }

    /// Takes what the expression yields at a time.
    package mutating func evaluate(_ elements: [RuleElement], at now: Milliseconds) throws(AlertingError) -> Changes {
        guard elements.count <= RuleEvaluator.maximumAlerts else {
            throw AlertingError(
                .tooMany,
                "rule \(key) yields \(elements.count) alerts, more than \(RuleEvaluator.maximumAlerts); aggregate in its expression"
            )
        }
        let found = try label(elements)
        var changes = Changes()
        for (labels, element) in found { changes.put += advance(labels, element, now) }
        for (labels, record) in records where found[labels] == nil { retire(labels, record, now, &changes) }
        changes.put.sort { $0.alert.labels < $1.alert.labels }
        return changes
    }

    private func label(_ elements: [RuleElement]) throws(AlertingError) -> [Labels: RuleElement] {
        var found: [Labels: RuleElement] = [:]
        for element in elements {
            var labels = element.labels.setting(Labels.metricNameLabel, to: nil)
            for (name, template) in rule.labels {
                labels = labels.setting(name, to: template.expand(labels: element.labels, value: element.value))
            }
            labels = labels.setting("alertname", to: rule.name)
            guard found.updateValue(element, forKey: labels) == nil else {
                throw AlertingError(
                    .duplicateAlert, "rule \(key) yields two alerts with the labels \(labels); keep a label that tells them apart"
                )
            }
        }
        return found
    }

    /// The expression is true for these labels.
    private mutating func advance(_ labels: Labels, _ element: RuleElement, _ now: Milliseconds) -> [AlertRecord] {
        let annotations = rule.annotations.mapValues { $0.expand(labels: element.labels, value: element.value) }
        let known = records[labels].flatMap { $0.alert.state == .resolved ? nil : $0 }
        var record =
            known
            ?? AlertRecord(rule: key, alert: Alert(labels: labels, state: .pending, value: element.value, activeAt: now))
        record.alert.value = element.value
        record.alert.annotations = annotations
        record.keptSince = nil
        if record.alert.state == .pending, now - record.alert.activeAt >= rule.holdFor {
            record.alert.state = .firing
            record.alert.firedAt = now
        }
        records[labels] = record
        let isChanged = known?.alert.state != record.alert.state || known?.keptSince != nil
        return isChanged ? [record] : []
    }

    /// The expression is no longer true for these labels.
    private mutating func retire(_ labels: Labels, _ record: AlertRecord, _ now: Milliseconds, _ changes: inout Changes) {
        var record = record
        switch record.alert.state {
        case .pending:
            records[labels] = nil
            changes.remove.append(record)
        case .firing:
            let keptSince = record.keptSince ?? now
            if rule.keepFiringFor > 0, now - keptSince < rule.keepFiringFor {
                guard record.keptSince == nil else { return }
                record.keptSince = keptSince
            } else {
                record.alert.state = .resolved
                record.alert.resolvedAt = now
                record.keptSince = nil
            }
            records[labels] = record
            changes.put.append(record)
        case .resolved:
            guard now - (record.alert.resolvedAt ?? now) >= RuleEvaluator.resolvedRetention else { return }
            records[labels] = nil
            changes.remove.append(record)
        }
    }
}
