import Hummingbird
import Logging
import PromQL
import Telemetry

/// Prometheus' HTTP API: what Grafana's data source and promtool ask.
struct PrometheusRoutes: Sendable {
    let services: APIServices
    let pool: QueryPool
    let now: @Sendable () -> Milliseconds

    func register(_ router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/api/v1/query", method: method) { request, _ in await answer(request, instant) }
            router.on("/api/v1/query_range", method: method) { request, _ in await answer(request, range) }
            router.on("/api/v1/series", method: method) { request, _ in await answer(request, series) }
            router.on("/api/v1/labels", method: method) { request, _ in await answer(request, labelNames) }
            router.on("/api/v1/format_query", method: method) { request, _ in await answer(request, format) }
            router.on("/api/v1/query_exemplars", method: method) { _, _ in APIResponse.success { $0.array { _ in } } }
        }
        router.get("/api/v1/label/:name/values") { request, context in
            let name = pathParameter("name", context)
            return await answer(request) { try await labelValues(name, $0) }
        }
        router.get("/api/v1/metadata") { _, _ in APIResponse.success { $0.object { _ in } } }
        router.get("/api/v1/targets") { request, _ in await answer(request, targets) }
        router.get("/api/v1/alerts") { request, _ in await answer(request, alerts) }
        router.get("/api/v1/rules") { request, _ in await answer(request, rules) }
        router.get("/api/v1/status/buildinfo") { _, _ in
            APIResponse.success { $0.map([("version", "3.0.0-magewatch"), ("application", "Magewatch")]) }
        }
        router.get("/api/v1/status/runtimeinfo") { _, _ in APIResponse.success { $0.object { _ in } } }
        router.get("/api/v1/status/flags") { _, _ in APIResponse.success { $0.object { _ in } } }
        router.get("/api/v1/status/config") { _, _ in APIResponse.success { $0.map([("yaml", "")]) } }
    }

    private func instant(_ parameters: RequestParameters) async throws -> Response {
        let query = try parameters.required("query")
        let time = try self.time(parameters, "time") ?? now()
        let engine = services.promQL
        let result = try await pool.run { try engine.instant(query, at: time) }
        return APIResponse.success(warnings: result.warnings, infos: result.infos) { $0.value(result.value) }
    }

    private func range(_ parameters: RequestParameters) async throws -> Response {
        let query = try parameters.required("query")
        guard let from = try time(parameters, "start"), let through = try time(parameters, "end") else {
            throw APIError(.badData, "parameters \"start\" and \"end\" are needed")
        }
        let stepText = try parameters.required("step")
        guard let step = TimeParameter.seconds(stepText), step >= 0.001, step < 1e10 else {
            throw APIError(.badData, "parameter \"step\": \"\(stepText)\" is not a positive number of seconds or a duration")
        }
        guard from <= through else { throw APIError(.badData, "parameter \"end\" lies before \"start\"") }
        let engine = services.promQL
        let result = try await pool.run {
            try engine.range(query, from: from, through: through, step: Milliseconds((step * 1000).rounded()))
        }
        return APIResponse.success(warnings: result.warnings, infos: result.infos) { $0.value(result.value) }
    }

    private func series(_ parameters: RequestParameters) async throws -> Response {
        let selectors = try self.selectors(parameters)
        guard !selectors.isEmpty else { throw APIError(.badData, "at least one match[] is needed") }
        let range = try timeRange(parameters)
        let source = services.series
        let found = cut(try await pool.run { try source.series(matchingAny: selectors, in: range) }, try parameters.limit())
        return APIResponse.success { writer in writer.array { writer in for labels in found { writer.labels(labels) } } }
    }

    private func labelNames(_ parameters: RequestParameters) async throws -> Response {
        let selectors = try self.selectors(parameters)
        let range = try timeRange(parameters)
        let source = services.series
        let names = cut(try await pool.run { try source.labelNames(matchingAny: selectors, in: range) }, try parameters.limit())
        return APIResponse.success { $0.strings(names) }
    }

    private func labelValues(_ name: String, _ parameters: RequestParameters) async throws -> Response {
        let selectors = try self.selectors(parameters)
        let range = try timeRange(parameters)
        let source = services.series
        let found = try await pool.run { try source.labelValues(of: name, matchingAny: selectors, in: range) }
        let values = cut(found, try parameters.limit())
        return APIResponse.success { $0.strings(values) }
    }

    /// The first of a list, all where the limit is 0 or absent, as Prometheus has it.
    private func cut<Element>(_ found: [Element], _ limit: Int?) -> ArraySlice<Element> {
        found.prefix(limit.flatMap { $0 == 0 ? nil : $0 } ?? found.count)
    }

    private func format(_ parameters: RequestParameters) async throws -> Response {
        let expression = try PromQLParser.parse(try parameters.required("query"))
        return APIResponse.success { $0.string(expression.description) }
    }

    private func selectors(_ parameters: RequestParameters) throws -> [[LabelMatcher]] {
        try parameters.all("match[]").map { try PromQLParser.parseSelector($0) }
    }

    private func timeRange(_ parameters: RequestParameters) throws(APIError) -> ClosedRange<Milliseconds> {
        let from = try time(parameters, "start") ?? 0
        let through = try time(parameters, "end") ?? Milliseconds.max / 2
        guard from <= through else { throw APIError(.badData, "parameter \"end\" lies before \"start\"") }
        return from...through
    }

    private func time(_ parameters: RequestParameters, _ name: String) throws(APIError) -> Milliseconds? {
        guard let text = parameters[name], !text.isEmpty else { return nil }
        guard let time = TimeParameter.milliseconds(text) else {
            throw APIError(.badData, "parameter \"\(name)\": \"\(text)\" is neither seconds since 1970 nor an RFC 3339 time")
        }
        return time
    }
}
