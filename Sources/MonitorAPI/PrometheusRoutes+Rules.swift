import Hummingbird
import PromQL
import Telemetry

extension PrometheusRoutes {
    func alerts(_ parameters: RequestParameters) async throws -> Response {
        let alerts = await services.alerts().filter { $0.state != .resolved }
        return APIResponse.success { writer in
            writer.object { writer in
                writer.key("alerts")
                writer.array { writer in for alert in alerts { writer.alert(alert) } }
            }
        }
    }

    func rules(_ parameters: RequestParameters) async throws -> Response {
        let filter = try RuleFilter(parameters)
        let page = try RulePage(parameters, of: await services.rules().compactMap(filter.applied))
        let listsAlerts = try !parameters.boolean("exclude_alerts")
        let alerts = await services.alerts().filter { $0.state != .resolved }
        return APIResponse.success { writer in
            writer.object { writer in
                writer.key("groups")
                writer.array { writer in
                    for group in page.groups { writer.group(group, alerts, listsAlerts: listsAlerts) }
                }
                if let next = page.next {
                    writer.key("groupNextToken")
                    writer.string(next)
                }
            }
        }
    }
}

/// Which rules a request wants to see.
private struct RuleFilter {
    private let type: String?
    private let names: Set<String>
    private let groups: Set<String>
    private let files: Set<String>
    private let selectors: [[LabelMatcher]]

    init(_ parameters: RequestParameters) throws {
        type = parameters["type"].flatMap { $0.isEmpty ? nil : $0.lowercased() }
        guard type == nil || type == "alert" || type == "record" else {
            throw APIError(.badData, "parameter \"type\": \"\(parameters["type"] ?? "")\" is neither alert nor record")
        }
        names = Set(parameters.all("rule_name[]"))
        groups = Set(parameters.all("rule_group[]"))
        files = Set(parameters.all("file[]"))
        selectors = try parameters.all("match[]").map { try PromQLParser.parseSelector($0) }
    }

    /// The group with the rules wanted; nil where none are.
    func applied(to group: RuleGroupReport) -> RuleGroupReport? {
        guard groups.isEmpty || groups.contains(group.name), files.isEmpty || files.contains(group.file) else { return nil }
        var kept = group
        kept.rules = group.rules.filter { rule in
            let labels = Labels(rule.labels.map { Label($0.key, $0.value) })
            return (type == nil || (type == "alert") == rule.isAlert) && (names.isEmpty || names.contains(rule.name))
                && (selectors.isEmpty || selectors.contains { $0.allMatch(labels) })
        }
        return kept.rules.isEmpty && !group.rules.isEmpty ? nil : kept
    }
}

/// The part of the groups that a request wants, and how to ask for the rest.
private struct RulePage {
    private(set) var groups: ArraySlice<RuleGroupReport>
    private(set) var next: String?

    init(_ parameters: RequestParameters, of all: [RuleGroupReport]) throws(APIError) {
        groups = all[...]
        let token = parameters["group_next_token"].flatMap { $0.isEmpty ? nil : $0 }
        guard let limit = try parameters.limit("group_limit"), limit > 0 else {
            if token != nil { throw APIError(.badData, "group_next_token needs group_limit beside it") }
            return
        }
        if let token {
            guard let start = all.firstIndex(where: { RulePage.token($0) == token }) else {
                throw APIError(.badData, "the group that group_next_token names is gone: begin again without a token")
            }
            groups = all[start...]
        }
        if groups.count > limit { next = RulePage.token(groups[groups.startIndex + limit]) }
        groups = groups.prefix(limit)
    }

    /// Names a group in a way that says nothing about it.
    private static func token(_ group: RuleGroupReport) -> String {
        String((["file": group.file, "name": group.name] as Labels).fingerprint, radix: 16)
    }
}

extension JSONWriter {
    fileprivate mutating func alert(_ alert: Alert) {
        object { writer in
            writer.key("labels")
            writer.labels(alert.labels)
            writer.key("annotations")
            writer.map(alert.annotations.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            writer.key("state")
            writer.string(alert.state.rawValue)
            writer.key("activeAt")
            writer.string(Timestamps.rfc3339(alert.activeAt))
            if let firedAt = alert.firedAt {
                writer.key("firedAt")
                writer.string(Timestamps.rfc3339(firedAt))
            }
            writer.key("value")
            writer.string(JSONWriter.text(of: alert.value))
        }
    }

    fileprivate mutating func group(_ group: RuleGroupReport, _ alerts: [Alert], listsAlerts: Bool) {
        object { writer in
            writer.key("name")
            writer.string(group.name)
            writer.key("file")
            writer.string(group.file)
            writer.key("interval")
            writer.number(group.intervalSeconds)
            writer.key("limit")
            writer.integer(0)
            writer.key("rules")
            writer.array { writer in
                for rule in group.rules {
                    writer.rule(rule, alerts.filter { $0.name == rule.name }, listsAlerts: listsAlerts)
                }
            }
        }
    }

    private mutating func rule(_ rule: RuleGroupReport.Rule, _ alerts: [Alert], listsAlerts: Bool) {
        object { writer in
            writer.key("name")
            writer.string(rule.name)
            writer.key("query")
            writer.string(rule.expression)
            writer.key("health")
            writer.string("ok")
            writer.key("type")
            writer.string(rule.isAlert ? "alerting" : "recording")
            writer.key("labels")
            writer.map(rule.labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            guard rule.isAlert else { return }
            writer.key("duration")
            writer.number(rule.holdSeconds)
            writer.key("state")
            writer.string(alerts.contains { $0.state == .firing } ? "firing" : alerts.isEmpty ? "inactive" : "pending")
            writer.key("annotations")
            writer.map(rule.annotations.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            guard listsAlerts else { return }
            writer.key("alerts")
            writer.array { writer in for alert in alerts { writer.alert(alert) } }
        }
    }
}
