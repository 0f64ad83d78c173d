import Hummingbird
import LogQL
import Telemetry

/// Loki's HTTP API: what Grafana's data source and logcli ask.
struct LokiRoutes: Sendable {
    /// Entries a query returns where it names no limit.
    static let defaultLimit = 100
    /// Most entries a query may ask for.
    static let maximumLimit = 50_000

    let services: APIServices
    let pool: QueryPool
    let now: @Sendable () -> Milliseconds

    func register(_ router: Router<BasicRequestContext>) {
        router.get("/ready") { _, _ in APIResponse.text("ready\n") }
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/loki/api/v1/query", method: method) { request, _ in await answer(request, instant) }
            router.on("/loki/api/v1/query_range", method: method) { request, _ in await answer(request, range) }
            router.on("/loki/api/v1/series", method: method) { request, _ in await answer(request, series) }
        }
        for path in ["/loki/api/v1/labels", "/loki/api/v1/label"] {
            router.get(RouterPath(path)) { request, _ in await answer(request, labelNames) }
        }
        router.get("/loki/api/v1/label/:name/values") { request, context in
            let name = pathParameter("name", context)
            return await answer(request) { try await labelValues(name, $0) }
        }
        router.get("/loki/api/v1/status/buildinfo") { _, _ in
            var writer = JSONWriter()
            writer.map([("version", "3.0.0-magewatch"), ("revision", ""), ("branch", "")])
            return APIResponse.json(writer.bytes)
        }
    }

    private func instant(_ parameters: RequestParameters) async throws -> Response {
        let query = try parameters.required("query")
        let time = try time(parameters, "time") ?? now() * 1_000_000
        let limit = try self.limit(parameters)
        let direction = try self.direction(parameters)
        let engine = services.logQL
        return result(try await pool.run { try engine.instant(query, at: time, limit: limit, direction: direction) })
    }

    private func range(_ parameters: RequestParameters) async throws -> Response {
        let query = try parameters.required("query")
        let range = try timeRange(parameters)
        let limit = try self.limit(parameters)
        let direction = try self.direction(parameters)
        var step = max(1_000_000_000, (range.upperBound - range.lowerBound) / 250)
        if let text = parameters["step"] {
            guard let seconds = TimeParameter.seconds(text), seconds >= 0.001, seconds < 1e9 else {
                throw APIError(.badData, "parameter \"step\": \"\(text)\" is not a positive number of seconds or a duration")
            }
            step = Int64(seconds * 1e9)
        }
        let engine = services.logQL
        let found = try await pool.run { [step] in
            try engine.range(query, from: range.lowerBound, to: range.upperBound, step: step, limit: limit, direction: direction)
        }
        return result(found)
    }

    private func series(_ parameters: RequestParameters) async throws -> Response {
        let selectors = try (parameters.all("match[]") + parameters.all("match")).map { try LogQLParser.parseSelector($0) }
        let range = try timeRange(parameters)
        let source = services.logs
        let found = try await pool.run { try source.streams(matchingAny: selectors, in: range) }
        return APIResponse.success { writer in writer.array { writer in for labels in found { writer.labels(labels) } } }
    }

    private func labelNames(_ parameters: RequestParameters) async throws -> Response {
        let range = try timeRange(parameters)
        let source = services.logs
        let selectors = try parameters["query"].map { [try LogQLParser.parseSelector($0)] } ?? []
        let names = try await pool.run { try source.labelNames(matchingAny: selectors, in: range) }
        return APIResponse.success { $0.strings(names) }
    }

    private func labelValues(_ name: String, _ parameters: RequestParameters) async throws -> Response {
        let range = try timeRange(parameters)
        let source = services.logs
        let selectors = try parameters["query"].map { [try LogQLParser.parseSelector($0)] } ?? []
        let values = try await pool.run { try source.labelValues(of: name, matchingAny: selectors, in: range) }
        return APIResponse.success { $0.strings(values) }
    }

    private func limit(_ parameters: RequestParameters) throws(APIError) -> Int {
        guard let text = parameters["limit"] else { return LokiRoutes.defaultLimit }
        guard let limit = Int(text), limit > 0 else {
            throw APIError(.badData, "parameter \"limit\": \"\(text)\" is not a positive number")
        }
        guard limit <= LokiRoutes.maximumLimit else {
            throw APIError(.badData, "parameter \"limit\": \(limit) is more than the most, \(LokiRoutes.maximumLimit)")
        }
        return limit
    }

    private func direction(_ parameters: RequestParameters) throws(APIError) -> LogSelection.Direction {
        guard let text = parameters["direction"] else { return .backward }
        guard let direction = LogSelection.Direction(rawValue: text.lowercased()) else {
            throw APIError(.badData, "parameter \"direction\": \"\(text)\" is neither forward nor backward")
        }
        return direction
    }

    /// The last hour where nothing is said, as Loki does; `since` counts back from the end.
    private func timeRange(_ parameters: RequestParameters) throws(APIError) -> Range<Nanoseconds> {
        let end = try time(parameters, "end") ?? now() * 1_000_000
        var since = 3600.0
        if let text = parameters["since"] {
            guard let seconds = TimeParameter.seconds(text), seconds >= 0, seconds < 4e9 else {
                throw APIError(.badData, "parameter \"since\": \"\(text)\" is not a duration such as 5m or 1h")
            }
            since = seconds
        }
        let start = try time(parameters, "start") ?? end - Int64(since * 1e9)
        guard start <= end else { throw APIError(.badData, "parameter \"end\" lies before \"start\"") }
        return start..<end
    }

    private func time(_ parameters: RequestParameters, _ name: String) throws(APIError) -> Nanoseconds? {
        guard let text = parameters[name], !text.isEmpty else { return nil }
        guard let time = TimeParameter.nanoseconds(text) else {
            throw APIError(.badData, "parameter \"\(name)\": \"\(text)\" is neither nanoseconds, seconds nor an RFC 3339 time")
        }
        return time
    }
}
