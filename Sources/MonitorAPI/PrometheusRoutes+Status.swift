import Hummingbird
import Telemetry

extension PrometheusRoutes {
    func targets(_ parameters: RequestParameters) async throws -> Response {
        let targets = await services.targets()
        return APIResponse.success { writer in
            writer.object { writer in
                writer.key("activeTargets")
                writer.array { writer in for target in targets { writer.target(target) } }
                writer.key("droppedTargets")
                writer.array { _ in }
            }
        }
    }

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
        let groups = await services.rules()
        let alerts = await services.alerts().filter { $0.state != .resolved }
        return APIResponse.success { writer in
            writer.object { writer in
                writer.key("groups")
                writer.array { writer in for group in groups { writer.group(group, alerts) } }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func target(_ target: TargetReport) {
        object { writer in
            writer.key("labels")
            writer.labels(target.labels)
            writer.key("discoveredLabels")
            writer.object { _ in }
            writer.key("scrapePool")
            writer.string(target.job)
            writer.key("scrapeUrl")
            writer.string(target.url)
            writer.key("health")
            writer.string(target.lastScrape == 0 ? "unknown" : target.isUp ? "up" : "down")
            writer.key("lastError")
            writer.string(target.lastError)
            writer.key("lastScrape")
            writer.string(Timestamps.rfc3339(target.lastScrape))
        }
    }

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

    fileprivate mutating func group(_ group: RuleGroupReport, _ alerts: [Alert]) {
        object { writer in
            writer.key("name")
            writer.string(group.name)
            writer.key("file")
            writer.string(group.file)
            writer.key("interval")
            writer.raw(JSONWriter.text(of: group.intervalSeconds).utf8)
            writer.key("rules")
            writer.array { writer in
                for rule in group.rules { writer.rule(rule, alerts.filter { $0.name == rule.name }) }
            }
        }
    }

    private mutating func rule(_ rule: RuleGroupReport.Rule, _ alerts: [Alert]) {
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
            writer.raw(JSONWriter.text(of: rule.holdSeconds).utf8)
            writer.key("state")
            writer.string(alerts.contains { $0.state == .firing } ? "firing" : alerts.isEmpty ? "inactive" : "pending")
            writer.key("annotations")
            writer.map(rule.annotations.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            writer.key("alerts")
            writer.array { writer in for alert in alerts { writer.alert(alert) } }
        }
    }
}
