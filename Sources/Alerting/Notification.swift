import StateStore
import Telemetry

/// Where notifications go.
package struct Receiver: Sendable, Equatable {
    package var name: String
    package var url: String
    package var sendsResolved: Bool
    /// A firing alert is told again after so long.
    package var repeatSeconds: Double

    package init(name: String, url: String, sendsResolved: Bool = true, repeatSeconds: Double = 4 * 3600) {
        self.name = name
        self.url = url
        self.sendsResolved = sendsResolved
        self.repeatSeconds = repeatSeconds
    }
}

/// Alertmanager's webhook message, version 4.
struct WebhookMessage: Sendable, Codable, Equatable {
    struct Entry: Sendable, Codable, Equatable {
        var status: String
        var labels: [String: String]
        var annotations: [String: String]
        var startsAt: String
        var endsAt: String
        var generatorURL: String
        var fingerprint: String
    }

    var version = "4"
    var groupKey: String
    var truncatedAlerts = 0
    var status: String
    var receiver: String
    var groupLabels: [String: String]
    var commonLabels: [String: String]
    var commonAnnotations: [String: String]
    var externalURL: String
    var alerts: [Entry]

    /// - Parameter alerts: of one name, none empty.
    init(receiver: String, name: String, alerts: [Alert], externalURL: String) {
        groupKey = "{}:{alertname=\(Labels.quoted(name))}"
        status = alerts.contains { $0.state == .firing } ? "firing" : "resolved"
        self.receiver = receiver
        groupLabels = ["alertname": name]
        self.externalURL = externalURL
        let shown = alerts.prefix(1000)
        truncatedAlerts = alerts.count - shown.count
        self.alerts = shown.map { alert in
            Entry(
                status: alert.state == .resolved ? "resolved" : "firing", labels: WebhookMessage.dictionary(alert.labels),
                annotations: alert.annotations, startsAt: Timestamp.text(alert.firedAt ?? alert.activeAt),
                endsAt: alert.resolvedAt.map { Timestamp.text($0) } ?? "0001-01-01T00:00:00Z", generatorURL: externalURL,
                fingerprint: alert.fingerprint)
        }
        commonLabels = WebhookMessage.common(self.alerts.map(\.labels))
        commonAnnotations = WebhookMessage.common(self.alerts.map(\.annotations))
    }

    private static func dictionary(_ labels: Labels) -> [String: String] {
        Dictionary(labels.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    private static func common(_ all: [[String: String]]) -> [String: String] {
        (all.first ?? [:]).filter { pair in all.allSatisfy { $0[pair.key] == pair.value } }
    }
}

/// RFC 3339 in UTC, without a formatter.
enum Timestamp {
    static func text(_ time: Milliseconds) -> String {
        let days = Int((Double(time) / 86_400_000).rounded(.down))
        let rest = Int(time) - days * 86_400_000
        // Days to civil date: Howard Hinnant, "chrono-compatible low-level date algorithms".
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        func pad(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let clock = "\(pad(rest / 3_600_000, 2)):\(pad(rest / 60_000 % 60, 2)):\(pad(rest / 1000 % 60, 2))"
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(clock).\(pad(rest % 1000, 3))Z"
    }
}

/// What each receiver has been told, so that it is told each thing once and reminded at its interval. A pure value.
struct NotificationLog: Sendable, Codable, Equatable {
    private var firing: [String: [String: Milliseconds]] = [:]

    /// The messages that are due for a receiver; taken as told.
    mutating func due(
        _ alerts: [Alert], for receiver: Receiver, externalURL: String, at now: Milliseconds
    ) -> [WebhookMessage] {
        var told = firing[receiver.name] ?? [:]
        let interval = Milliseconds(max(1, min(receiver.repeatSeconds, 1e9)) * 1000)
        var messages: [WebhookMessage] = []
        for (name, group) in Dictionary(grouping: alerts, by: \.name).sorted(by: { $0.key < $1.key }) {
            let isDue = group.contains { alert in
                switch alert.state {
                case .firing: told[alert.fingerprint].map { now - $0 >= interval } ?? true
                case .resolved: told[alert.fingerprint] != nil && receiver.sendsResolved
                case .pending: false
                }
            }
            let sent = group.filter {
                $0.state == .firing || ($0.state == .resolved && told[$0.fingerprint] != nil && receiver.sendsResolved)
            }
            for alert in group where alert.state == .resolved { told[alert.fingerprint] = nil }
            guard isDue, !sent.isEmpty else { continue }
            for alert in sent where alert.state == .firing { told[alert.fingerprint] = now }
            messages.append(
                WebhookMessage(
                    receiver: receiver.name, name: name, alerts: sent.sorted { $0.labels < $1.labels },
                    externalURL: externalURL))
        }
        let known = Set(alerts.map(\.fingerprint))
        firing[receiver.name] = told.filter { known.contains($0.key) }
        return messages
    }
}
