import AgentContract
import Foundation
import Telemetry
import Topology

/// Reads the monitor's API the way any client does.
struct MonitorView: Sendable {
    /// An alert, as the Prometheus API lists it.
    struct FiringAlert: Decodable, Sendable {
        var labels: [String: String]
        var state: String

        var name: String { labels["alertname"] ?? "" }
    }

    let vantage: Vantage

    func isUp() async -> Bool {
        var request = PlainHTTP.Request(address: AddressPlan.Machine.mon.address, port: AddressPlan.apiPort, path: "/health")
        request.timeout = .seconds(1)
        return (try? await vantage.http(request))?.status == 200
    }

    func alerts() async throws -> [FiringAlert] {
        struct Answer: Decodable {
            struct Content: Decodable { var alerts: [FiringAlert] }
            var data: Content
        }
        return try await get(Answer.self, "/api/v1/alerts").data.alerts
    }

    func plans() async throws -> [PlanReport] { try await get([PlanReport].self, "/api/magewatch/v1/plans") }
    func stack() async throws -> Stack { try await get(Stack.self, "/api/magewatch/v1/stack") }
    func bans() async throws -> [BanReport] { try await get([BanReport].self, "/api/magewatch/v1/bans") }
    func forecasts() async throws -> [Forecast] { try await get([Forecast].self, "/api/magewatch/v1/forecasts") }

    /// Whether there is a series of a name just now.
    func hasSeries(_ name: String) async -> Bool {
        struct Answer: Decodable {
            struct Content: Decodable { var result: [Series] }
            struct Series: Decodable { var metric: [String: String] }
            var data: Content
        }
        let answer = try? await get(Answer.self, "/api/v1/query?query=\(MonitorView.encoded(name))")
        return answer.map { !$0.data.result.isEmpty } ?? false
    }

    /// The lines of a LogQL query over the last minutes, at most `limit`.
    func lines(_ query: String, limit: Int) async throws -> [String] {
        struct Answer: Decodable {
            struct Content: Decodable { var result: [Stream] }
            struct Stream: Decodable { var values: [[String]] }
            var data: Content
        }
        let now = Int64(Timeline.now) * 1_000_000
        let path =
            "/loki/api/v1/query_range?limit=\(limit)&direction=forward&start=\(now - 1_800_000_000_000)"
            + "&end=\(now + 60_000_000_000)&query=\(MonitorView.encoded(query))"
        return try await get(Answer.self, path).data.result.flatMap { $0.values.compactMap { $0.count > 1 ? $0[1] : nil } }
    }

    /// Keeps an alert of a name from acting for a time.
    func silence(alert name: String, seconds: Double, because reason: String) async throws {
        let format = ISO8601DateFormatter()
        let body: [String: Any] = [
            "matchers": [["name": "alertname", "value": name, "isRegex": false, "isEqual": true] as [String: Any]],
            "startsAt": format.string(from: Date(timeIntervalSinceNow: -1)),
            "endsAt": format.string(from: Date(timeIntervalSinceNow: seconds)), "createdBy": "lab", "comment": reason,
        ]
        var request = PlainHTTP.Request(
            "POST", address: AddressPlan.Machine.mon.address, port: AddressPlan.apiPort, path: "/api/v2/silences")
        request.headers = [("Content-Type", "application/json")]
        request.body = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
        let response = try await vantage.http(request)
        guard response.status == 200 else {
            throw LabError(.answer, "the silence was refused with \(response.status): \(response.text.prefix(200))")
        }
    }

    /// Orders something, as an operator does.
    func order(_ words: [String: String]) async throws {
        var request = PlainHTTP.Request(
            "POST", address: AddressPlan.Machine.mon.address, port: AddressPlan.apiPort, path: "/api/magewatch/v1/orders")
        request.headers = [("Content-Type", "application/x-www-form-urlencoded")]
        request.body = words.sorted { $0.key < $1.key }.map { "\($0.key)=\(MonitorView.encoded($0.value))" }.joined(
            separator: "&")
        request.timeout = .seconds(10)
        let response = try await vantage.http(request)
        guard response.status == 200 else {
            throw LabError(.answer, "the order was refused with \(response.status): \(response.text.prefix(300))")
        }
    }

    private func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws -> Value {
        let response = try await vantage.http(
            PlainHTTP.Request(address: AddressPlan.Machine.mon.address, port: AddressPlan.apiPort, path: path))
        guard response.status == 200 else {
            throw LabError(
                .answer, "the monitor answered \(path.prefix(60)) with \(response.status): \(response.text.prefix(200))")
        }
        do { return try JSONDecoder().decode(type, from: Data(response.body)) } catch {
            throw LabError(.answer, "the monitor's answer to \(path.prefix(60)) was not understood: \(error)")
        }
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}
