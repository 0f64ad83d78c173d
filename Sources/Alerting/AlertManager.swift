import Foundation
import Logging
package import StateStore
package import Telemetry

/// Evaluates rule groups when they are due, keeps every alert's state over restarts, knows the silences and tells the receivers.
package actor AlertManager {
    /// An alert from outside that is not sent again is resolved after so long.
    package static let externalLifetime: Milliseconds = 5 * 60_000
    /// Most alerts taken from outside.
    package static let maximumExternal = 10_000
    /// Most silences.
    package static let maximumSilences = 10_000
    private static let externalKey = "external"

    /// The groups it evaluates, for lists.
    package private(set) var groups: [RuleGroup]
    private let defaultInterval: Milliseconds
    private let query: RuleQuery
    private let state: StateStore
    private let sink: any SampleSink
    private let notifier: Notifier
    private let metrics: SelfMetrics
    private let externalURL: String
    private let logger = Logger(label: "magewatch.alerting")

    private var lastEvaluated: [Int: Milliseconds] = [:]
    private var evaluators: [String: RuleEvaluator] = [:]
    private var series: [String: RuleSeries] = [:]
    private var external: [Labels: AlertRecord] = [:]
    private var silences: [SilenceRecord]
    private var log = NotificationLog()

    package init(
        groups: [RuleGroup], defaultInterval: Milliseconds = 15_000, query: @escaping RuleQuery, state: StateStore,
        sink: any SampleSink, notifier: Notifier, metrics: SelfMetrics, externalURL: String = ""
    ) throws(StateStoreError) {
        self.groups = groups
        self.defaultInterval = defaultInterval
        self.query = query
        self.state = state
        self.sink = sink
        self.notifier = notifier
        self.metrics = metrics
        self.externalURL = externalURL
        silences = try state.silences()
        let kept = Dictionary(grouping: try state.alerts(), by: \.rule)
        for group in groups {
            for (index, rule) in group.rules.enumerated() where rule.kind == .alert {
                let key = AlertManager.key(group, rule, index)
                evaluators[key] = RuleEvaluator(key: key, rule: rule, restored: kept[key] ?? [])
            }
        }
        for record in kept[AlertManager.externalKey] ?? [] { external[record.alert.labels] = record }
        // What a rule that is gone has left is not anybody's any more.
        let known = Set(evaluators.keys).union([AlertManager.externalKey])
        let orphans = kept.filter { !known.contains($0.key) }.flatMap(\.value)
        try state.updateAlerts(put: [], remove: orphans)
        if let told = try state.setting("notifications") {
            // A log that does not read costs a repeated message, no more.
            log = (try? JSONDecoder().decode(NotificationLog.self, from: Data(told.utf8))) ?? NotificationLog()
        }
    }

    /// Takes other rules in place of the present ones. Alerts of rules that stay keep their state; those of rules that are gone end.
    package func replaceGroups(_ groups: [RuleGroup]) throws {
        var kept: [String: RuleEvaluator] = [:]
        for group in groups {
            for (index, rule) in group.rules.enumerated() where rule.kind == .alert {
                let key = AlertManager.key(group, rule, index)
                kept[key] = RuleEvaluator(key: key, rule: rule, restored: evaluators[key].map { Array($0.records.values) } ?? [])
            }
        }
        let gone = evaluators.filter { kept[$0.key] == nil }.flatMap { $0.value.records.values }
        try state.updateAlerts(put: [], remove: gone)
        evaluators = kept
        lastEvaluated = [:]
        self.groups = groups
    }

    /// Evaluates the groups that are due and tells the receivers. Returns what is active after it.
    ///
    /// A rule that fails is counted and logged; the others go on.
    @discardableResult
    package func evaluate(at now: Milliseconds) async throws -> [Alert] {
        for (index, group) in groups.enumerated() {
            let interval = group.interval ?? defaultInterval
            // A clock that was set back must not stop the rules until it has caught up.
            if let last = lastEvaluated[index], last <= now, now - last < interval { continue }
            lastEvaluated[index] = now
            try await evaluate(group, at: now)
        }
        try expireExternal(at: now)
        try await notify(at: now)
        return active()
    }

    /// Alerts that are pending or firing, silenced ones too.
    package func active() -> [Alert] { all().filter { $0.state != .resolved } }

    /// Firing alerts with an `action` that no silence mutes: the planner's orders.
    package func orders(at now: Milliseconds) -> [Alert] {
        all().filter { $0.state == .firing && $0.action != nil && !isSilenced($0.labels, at: now) }
    }

    /// Takes alerts from outside: one with a `resolvedAt` in the past is resolved, others fire until then or until they cease to be sent.
    package func receive(_ alerts: [Alert], at now: Milliseconds) throws {
        var changed: [AlertRecord] = []
        for alert in alerts {
            guard !alert.name.isEmpty else {
                throw AlertingError(.invalidRequest, "an alert without the label alertname; give it a name")
            }
            guard external[alert.labels] != nil || external.count + changed.count < AlertManager.maximumExternal else {
                throw AlertingError(.tooMany, "\(AlertManager.maximumExternal) alerts from outside are active already")
            }
            var record = AlertRecord(rule: AlertManager.externalKey, alert: alert, keptSince: now)
            let isOver = alert.resolvedAt.map { $0 <= now } ?? (alert.state == .resolved)
            record.alert.state = isOver ? .resolved : .firing
            if isOver { record.alert.resolvedAt = alert.resolvedAt ?? now }
            if let known = external[alert.labels], known.alert.state == .firing { record.alert.firedAt = known.alert.firedAt }
            record.alert.firedAt = record.alert.firedAt ?? now
            changed.append(record)
        }
        try state.updateAlerts(put: changed, remove: [])
        for record in changed { external[record.alert.labels] = record }
    }

    /// Every silence, expired ones too.
    package func allSilences() -> [SilenceRecord] { silences }

    /// Adds a silence, or changes the one of its id; returns its id.
    package func putSilence(_ silence: SilenceRecord) throws -> String {
        guard !silence.matchers.isEmpty, silence.endsAt > silence.startsAt else {
            throw AlertingError(.invalidRequest, "a silence needs at least one matcher, and an end after its start")
        }
        guard silences.count < AlertManager.maximumSilences else {
            throw AlertingError(.tooMany, "\(AlertManager.maximumSilences) silences are kept already; let some expire")
        }
        var silence = silence
        if silence.id.isEmpty { silence.id = UUID().uuidString.lowercased() }
        try state.putSilence(silence)
        silences.removeAll { $0.id == silence.id }
        silences.append(silence)
        return silence.id
    }

    /// Ends a silence now.
    package func expireSilence(_ id: String, at now: Milliseconds) throws {
        guard var silence = silences.first(where: { $0.id == id }) else {
            throw AlertingError(.invalidRequest, "there is no silence \(id)")
        }
        silence.endsAt = min(silence.endsAt, now)
        try state.putSilence(silence)
        silences.removeAll { $0.id == id }
        silences.append(silence)
    }

    /// Whether a silence mutes alerts of these labels at a time.
    package func isSilenced(_ labels: Labels, at now: Milliseconds) -> Bool {
        silences.contains { $0.mutes(labels, at: now) }
    }

    private static func key(_ group: RuleGroup, _ rule: Rule, _ index: Int) -> String {
        let isUnique = group.rules.count { $0.name == rule.name } == 1
        return "\(group.file)/\(group.name)/\(rule.name)" + (isUnique ? "" : "#\(index)")
    }

    private func all() -> [Alert] {
        (evaluators.values.flatMap { $0.records.values } + external.values).map(\.alert).sorted { $0.labels < $1.labels }
    }

    private func evaluate(_ group: RuleGroup, at now: Milliseconds) async throws {
        var batch = SampleBatch()
        var recorded: Set<String> = []
        for (index, rule) in group.rules.enumerated() {
            // A rule sees what the rules above it have recorded at this very time.
            if recorded.contains(where: { rule.expression.contains($0) }) {
                try await write(&batch)
                recorded = []
            }
            let key = AlertManager.key(group, rule, index)
            do {
                let elements = try await query(rule.expression, now)
                let values = try rule.kind == .record ? RuleSeries.values(of: rule, elements) : advance(key, elements, now)
                series[key, default: RuleSeries()].write(values, at: now, into: &batch)
                if rule.kind == .record { recorded.insert(rule.name) }
            } catch {
                metrics.add("magewatch_rule_failures_total", ["group": group.name, "rule": rule.name])
                logger.error("rule \(key) (\(group.file):\(rule.line)) failed: \(error)")
            }
            metrics.add("magewatch_rule_evaluations_total", ["group": group.name])
        }
        try await write(&batch)
    }

    private func advance(_ key: String, _ elements: [RuleElement], _ now: Milliseconds) throws -> [Labels: Double] {
        guard var evaluator = evaluators[key] else { return [:] }
        let changes = try evaluator.evaluate(elements, at: now)
        // Kept before it is acted on: after a crash an alert does not start its wait anew.
        try state.updateAlerts(put: changes.put, remove: changes.remove)
        evaluators[key] = evaluator
        return RuleSeries.values(of: evaluator.records.values.map(\.alert))
    }

    private func write(_ batch: inout SampleBatch) async throws {
        guard !batch.isEmpty else { return }
        let full = batch
        batch = SampleBatch()
        do {
            _ = try await sink.append(full)
        } catch {
            // A store that can't write must not keep alerts from firing: one of them may be about it.
            metrics.add("magewatch_rule_write_failures_total")
            logger.error("what the rules yield can't be written: \(error)")
        }
    }

    private func expireExternal(at now: Milliseconds) throws {
        var put: [AlertRecord] = []
        var remove: [AlertRecord] = []
        for (labels, var record) in external {
            if record.alert.state == .firing {
                let end = record.alert.resolvedAt ?? (record.keptSince ?? now) + AlertManager.externalLifetime
                guard end <= now else { continue }
                record.alert.state = .resolved
                record.alert.resolvedAt = now
                external[labels] = record
                put.append(record)
            } else if now - (record.alert.resolvedAt ?? now) >= RuleEvaluator.resolvedRetention {
                external[labels] = nil
                remove.append(record)
            }
        }
        try state.updateAlerts(put: put, remove: remove)
    }

    private func notify(at now: Milliseconds) async throws {
        let alerts = all().filter { $0.state != .pending && !isSilenced($0.labels, at: now) }
        let before = log
        var messages: [WebhookMessage] = []
        for receiver in notifier.receivers {
            messages += log.due(alerts, for: receiver, externalURL: externalURL, at: now)
        }
        for message in messages { try await notifier.enqueue(message) }
        guard log != before else { return }
        try state.set("notifications", to: String(decoding: try JSONEncoder().encode(log), as: UTF8.self))
    }
}
