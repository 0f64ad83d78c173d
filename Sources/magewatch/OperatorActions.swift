import Dashboard
import Foundation

/// Carries out what the person at the dashboard asks for, over the API.
struct OperatorActions: Sendable {
    /// How long an order to ban stands as an alert: long enough to be taken at the next turn of the rules.
    private static let orderSeconds = 120.0

    let client: MonitorClient

    /// Does it; what became of it, in words, where there is something to tell.
    func perform(_ action: PageState.Action) async -> String? {
        do {
            switch action {
            case .quit, .refresh, .show: return nil
            case .ban(let address):
                try await order("ban", address)
                return "\(address) is to be banned; what the past says against it waits in the review"
            case .unban(let address):
                try await order("unban", address)
                return "\(address) is to be let in again"
            case .allow(let address):
                let order = [
                    ("address", address), ("for", "\(PageState.allowedDays)d"), ("why", "allowed at the dashboard"),
                    ("by", NSUserName()),
                ]
                _ = try await client.post("/api/magewatch/v1/waf/allowed", order)
                return "\(address) is not banned for \(PageState.allowedDays) days; magewatch waf disallow ends it"
            case .approve(let plan):
                _ = try await client.post("/api/magewatch/v1/plans/\(plan)/approve", [("by", NSUserName())])
                return "\(plan) is approved"
            case .reject(let plan):
                let why = [("by", NSUserName()), ("why", "dismissed at the dashboard")]
                _ = try await client.post("/api/magewatch/v1/plans/\(plan)/reject", why)
                return "\(plan) is dismissed"
            }
        } catch {
            return "\(error)"
        }
    }

    /// An alert that carries the action, as those of rules do: it is planned, replayed and journaled the same way.
    private func order(_ action: String, _ address: String) async throws {
        struct Alert: Encodable {
            var labels: [String: String]
            var annotations: [String: String]
            var startsAt: String
            var endsAt: String
        }
        let alert = Alert(
            labels: ["alertname": "OperatorOrder", "action": action, "address": address, "by": NSUserName()],
            annotations: ["summary": "\(NSUserName()) orders to \(action) \(address)"], startsAt: Date.now.formatted(.iso8601),
            endsAt: Date.now.addingTimeInterval(OperatorActions.orderSeconds).formatted(.iso8601))
        try await client.post("/api/v2/alerts", json: try JSONEncoder().encode([alert]))
    }
}
