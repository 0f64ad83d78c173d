import Foundation
import Hummingbird
import NIOCore
import PromQL
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
        router.get("/api/v2/alerts") { request, _ in await answer(request, failure: APIResponse.message, list) }
        router.post("/api/v2/alerts") { request, _ in await body(request, receive) }
        router.get("/api/v2/silences") { request, _ in await answer(request, failure: APIResponse.message, silences) }
        router.post("/api/v2/silences") { request, _ in await body(request, createSilence) }
        router.get("/api/v2/silence/:id") { request, context in
            let id = pathParameter("id", context)
            return await answer(request, failure: APIResponse.message) { _ in
                guard let silence = try await services.silences().first(where: { $0.id == id }) else {
                    throw APIError(.notFound, "there is no silence \"\(id)\"")
                }
                var writer = JSONWriter()
                writer.silence(silence, now())
                return APIResponse.json(writer.bytes)
            }
        }
        router.delete("/api/v2/silence/:id") { request, context in
            let id = pathParameter("id", context)
            return await answer(request, failure: APIResponse.message) { _ in
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

    /// Conditions as amtool sends them, one `filter` each: `site="shop"`, or with the value bare or the whole in braces.
    private func filters(_ parameters: RequestParameters) throws -> [LabelMatcher] {
        try parameters.all("filter").flatMap { filter -> [LabelMatcher] in
            if let bare = filter.wholeMatch(of: /\s*(\w+)\s*(=~|!~|!=|=)\s*([^"=~{}]*?)\s*/),
                let operation = LabelMatcher.Operation(rawValue: String(bare.output.2))
            {
                return [try LabelMatcher(String(bare.output.1), operation, String(bare.output.3))]
            }
            // A selector must have a condition that "no label" fails, a filter need not; a name that is dropped again is one.
            let inside = filter.trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "{}")))
            return try PromQLParser.parseSelector("any{\(inside)}").filter { $0.name != Labels.metricNameLabel }
        }
    }

    private func list(_ parameters: RequestParameters) async throws -> Response {
        let time = now()
        let filters = try self.filters(parameters)
        let silences = try await services.silences().filter { $0.startsAt <= time && time < $0.endsAt }
        let alerts = await services.alerts().filter { $0.state == .firing && filters.allMatch($0.labels) }
        var writer = JSONWriter()
        writer.array { writer in
            for alert in alerts {
                let silencedBy = silences.filter { $0.matchers.allMatch(alert.labels) }.map(\.id)
                if parameters[silencedBy.isEmpty ? "active" : "silenced"] != "false" { writer.alert(alert, silencedBy, time) }
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
        let filters = try self.filters(parameters)
        let silences = try await services.silences().filter { silence in
            // A filter asks for silences with a matcher of that name and value.
            filters.allSatisfy { filter in silence.matchers.contains { $0.name == filter.name && filter.matches($0.value) } }
        }
        var writer = JSONWriter()
        writer.array { writer in for silence in silences { writer.silence(silence, now()) } }
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
            try refuseBrowsers(request)
            let buffer = try await request.body.collect(upTo: AlertmanagerRoutes.maximumBodyBytes)
            return try await work(Data(buffer.readableBytesView))
        } catch is NIOTooManyBytesError {
            return APIResponse.message(
                APIError(.tooLarge, "the body is larger than \(AlertmanagerRoutes.maximumBodyBytes) bytes"))
        } catch {
            return APIResponse.message(apiError(error))
        }
    }
}
