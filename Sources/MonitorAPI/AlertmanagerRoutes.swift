import Foundation
import Hummingbird
import NIOCore
import Telemetry

/// Alertmanager's API, version 2, as far as amtool and alert senders use it: alerts, silences, status.
struct AlertmanagerRoutes: Sendable {
    /// Largest body of alerts or of a silence, in bytes.
    static let maximumBodyBytes = 4 << 20
    /// Most alerts in one request.
    static let maximumAlerts = 10_000

    let services: APIServices
    let now: @Sendable () -> Milliseconds

    func register(_ router: Router<BasicRequestContext>) {
        router.get("/api/v2/status") { _, _ in APIResponse.json(Array(AlertmanagerRoutes.status.utf8)) }
        router.get("/api/v2/receivers") { _, _ in APIResponse.json(Array(#"[{"name":"default"}]"#.utf8)) }
        router.get("/api/v2/alerts") { request, _ in await answer(request, list) }
        router.post("/api/v2/alerts") { request, _ in await body(request, receive) }
        router.get("/api/v2/silences") { request, _ in await answer(request, silences) }
        router.post("/api/v2/silences") { request, _ in await body(request, createSilence) }
        router.delete("/api/v2/silence/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return await answer(request) { _ in
                try await services.expireSilence(id)
                return APIResponse.json(Array("{}".utf8))
            }
        }
    }

    // amtool reads this before every command and ends abnormally where `config` or `cluster` is missing.
    private static let status = """
        {"cluster":{"name":"","status":"disabled","peers":[]},"config":{"original":""},\
        "uptime":"1970-01-01T00:00:00.000Z","versionInfo":{"branch":"","buildDate":"","buildUser":"","goVersion":"","revision":"",\
        "version":"0.27.0-magewatch"}}
        """

    private func list(_ parameters: RequestParameters) async throws -> Response {
        let alerts = await services.alerts().filter { $0.state == .firing }
        var writer = JSONWriter()
        writer.array { writer in
            for alert in alerts {
                writer.object { writer in
                    writer.key("labels")
                    writer.labels(alert.labels)
                    writer.key("annotations")
                    writer.map(alert.annotations.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
                    writer.key("fingerprint")
                    writer.string(alert.fingerprint)
                    for (key, time) in [
                        ("startsAt", alert.firedAt ?? alert.activeAt), ("updatedAt", now()), ("endsAt", now() + 300_000),
                    ] {
                        writer.key(key)
                        writer.string(Timestamps.rfc3339(time))
                    }
                    writer.key("receivers")
                    writer.array { writer in writer.map([("name", "default")]) }
                    writer.key("status")
                    writer.object { writer in
                        writer.key("state")
                        writer.string("active")
                        writer.key("silencedBy")
                        writer.array { _ in }
                        writer.key("inhibitedBy")
                        writer.array { _ in }
                    }
                }
            }
        }
        return APIResponse.json(writer.bytes)
    }

    private struct PostedAlert: Decodable {
        var labels: [String: String]
        var annotations: [String: String]?
        var startsAt: String?
        var endsAt: String?
    }

    private func receive(_ data: Data) async throws -> Response {
        let posted = try decode([PostedAlert].self, data)
        guard posted.count <= AlertmanagerRoutes.maximumAlerts else {
            throw APIError(.tooLarge, "\(posted.count) alerts at once; the most is \(AlertmanagerRoutes.maximumAlerts)")
        }
        let time = now()
        let alerts = try posted.map { alert -> Alert in
            let labels = Labels(alert.labels.map { Label($0.key, $0.value) })
            guard labels["alertname"] != nil else { throw APIError(.badData, "an alert needs the label \"alertname\"") }
            let starts = alert.startsAt.flatMap(TimeParameter.milliseconds) ?? time
            // A zero time, 0001-01-01, means "not set".
            let ends = alert.endsAt.flatMap(TimeParameter.milliseconds).flatMap { $0 > 0 ? $0 : nil }
            let isOver = ends.map { $0 <= time } ?? false
            return Alert(
                labels: labels, annotations: alert.annotations ?? [:], state: isOver ? .resolved : .firing, value: 1,
                activeAt: starts,
                firedAt: starts, resolvedAt: isOver ? ends : nil)
        }
        try await services.receiveAlerts(alerts)
        return Response(status: .ok)
    }

    private struct PostedSilence: Decodable {
        struct Matcher: Decodable {
            var name: String
            var value: String
            var isRegex: Bool
            var isEqual: Bool?
        }

        var id: String?
        var matchers: [Matcher]
        var startsAt: String
        var endsAt: String
        var createdBy: String?
        var comment: String?
    }

    private func createSilence(_ data: Data) async throws -> Response {
        let posted = try decode(PostedSilence.self, data)
        guard let starts = TimeParameter.milliseconds(posted.startsAt), let ends = TimeParameter.milliseconds(posted.endsAt),
            starts < ends
        else { throw APIError(.badData, "a silence needs startsAt before endsAt, both RFC 3339") }
        guard !posted.matchers.isEmpty else { throw APIError(.badData, "a silence needs at least one matcher") }
        let matchers = try posted.matchers.map { matcher in
            let equal = matcher.isEqual ?? true
            return try LabelMatcher(
                matcher.name, matcher.isRegex ? (equal ? .matches : .doesNotMatch) : (equal ? .equal : .notEqual), matcher.value)
        }
        let id = try await services.createSilence(
            SilenceReport(
                id: posted.id.flatMap { $0.isEmpty ? nil : $0 } ?? UUID().uuidString.lowercased(), matchers: matchers,
                startsAt: starts,
                endsAt: ends, createdBy: posted.createdBy ?? "", comment: posted.comment ?? ""))
        var writer = JSONWriter()
        writer.map([("silenceID", id)])
        return APIResponse.json(writer.bytes)
    }

    private func silences(_ parameters: RequestParameters) async throws -> Response {
        let silences = try await services.silences()
        let time = now()
        var writer = JSONWriter()
        writer.array { writer in
            for silence in silences {
                writer.object { writer in
                    for (key, text) in [
                        ("id", silence.id), ("createdBy", silence.createdBy), ("comment", silence.comment),
                        ("startsAt", Timestamps.rfc3339(silence.startsAt)), ("endsAt", Timestamps.rfc3339(silence.endsAt)),
                        ("updatedAt", Timestamps.rfc3339(silence.startsAt)),
                    ] {
                        writer.key(key)
                        writer.string(text)
                    }
                    writer.key("status")
                    writer.map([("state", silence.endsAt <= time ? "expired" : silence.startsAt > time ? "pending" : "active")])
                    writer.key("matchers")
                    writer.array { writer in for matcher in silence.matchers { writer.matcher(matcher) } }
                }
            }
        }
        return APIResponse.json(writer.bytes)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws(APIError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw APIError(.badData, "the body is not the JSON expected: \(error)")
        }
    }

    private func body(_ request: Request, _ work: (Data) async throws -> Response) async -> Response {
        do {
            let buffer = try await request.body.collect(upTo: AlertmanagerRoutes.maximumBodyBytes)
            return try await work(Data(buffer.readableBytesView))
        } catch is NIOTooManyBytesError {
            return APIResponse.failure(
                APIError(.tooLarge, "the body is larger than \(AlertmanagerRoutes.maximumBodyBytes) bytes"))
        } catch {
            return APIResponse.failure(apiError(error))
        }
    }
}

extension JSONWriter {
    fileprivate mutating func matcher(_ matcher: LabelMatcher) {
        object { writer in
            writer.key("name")
            writer.string(matcher.name)
            writer.key("value")
            writer.string(matcher.value)
            writer.key("isRegex")
            writer.boolean(matcher.operation == .matches || matcher.operation == .doesNotMatch)
            writer.key("isEqual")
            writer.boolean(matcher.operation == .matches || matcher.operation == .equal)
        }
    }
}
