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
            router.on("/api/v1/query_exemplars", method: method) { request, _ in await answer(request, exemplars) }
            router.on("/api/v1/format_query", method: method) { request, _ in await answer(request, format) }
            router.on("/api/v1/parse_query", method: method) { request, _ in await answer(request, parse) }
            router.on("/api/v1/series", method: method) { request, _ in await answer(request, series) }
            router.on("/api/v1/labels", method: method) { request, _ in await answer(request, labelNames) }
        }
        router.get("/api/v1/label/:name/values") { request, context in
            let name = LabelNameEscape.decode(pathParameter("name", context))
            return await answer(request) { try await labelValues(name, $0) }
        }
        registerState(router)
        registerStatus(router)
    }

    private func instant(_ parameters: RequestParameters) async throws -> Response {
        let query = try parameters.required("query")
        let time = try parameters.time("time") ?? now()
        let settings = try QuerySettings(parameters, services.promQL)
        return envelope(try await settings.run(pool) { try $0.instant(query, at: time) }, settings)
    }

    private func range(_ parameters: RequestParameters) async throws -> Response {
        let query = try parameters.required("query")
        guard let from = try parameters.time("start"), let through = try parameters.time("end") else {
            throw APIError(.badData, "parameters \"start\" and \"end\" are needed")
        }
        _ = try parameters.required("step")
        let step = Milliseconds(((try parameters.seconds("step") ?? 0) * 1000).rounded())
        guard from <= through else { throw APIError(.badData, "parameter \"end\" lies before \"start\"") }
        let settings = try QuerySettings(parameters, services.promQL)
        return envelope(try await settings.run(pool) { try $0.range(query, from: from, through: through, step: step) }, settings)
    }

    private func envelope(_ outcome: QuerySettings.Outcome, _ settings: QuerySettings) -> Response {
        let result = settings.cut(outcome)
        return APIResponse.success(warnings: result.warnings, infos: result.infos) { writer in
            writer.object { writer in
                writer.value(result.value)
                guard settings.wantsStatistics else { return }
                writer.key("stats")
                writer.statistics(outcome.timing)
            }
        }
    }

    private func series(_ parameters: RequestParameters) async throws -> Response {
        let selectors = try self.selectors(parameters)
        guard !selectors.isEmpty else { throw APIError(.badData, "at least one match[] is needed") }
        let range = try parameters.timeRange()
        let source = services.series
        let found = try await pool.run { try source.series(matchingAny: selectors, in: range) }
        return list(found, limit: try parameters.limit()) { writer, labels in writer.labels(labels) }
    }

    private func labelNames(_ parameters: RequestParameters) async throws -> Response {
        let selectors = try self.selectors(parameters)
        let range = try parameters.timeRange()
        let source = services.series
        let names = try await pool.run { try source.labelNames(matchingAny: selectors, in: range) }
        return list(names, limit: try parameters.limit()) { writer, name in writer.string(name) }
    }

    private func labelValues(_ name: String, _ parameters: RequestParameters) async throws -> Response {
        let selectors = try self.selectors(parameters)
        let range = try parameters.timeRange()
        let source = services.series
        let values = try await pool.run { try source.labelValues(of: name, matchingAny: selectors, in: range) }
        return list(values, limit: try parameters.limit()) { writer, value in writer.string(value) }
    }

    /// A list, cut where the limit is neither absent nor 0 (which Prometheus takes for none), with a warning where it was.
    private func list<Element>(
        _ found: [Element], limit: Int?, _ write: (inout JSONWriter, Element) -> Void
    ) -> Response {
        let most = limit.flatMap { $0 == 0 ? nil : $0 } ?? found.count
        return APIResponse.success(warnings: found.count > most ? [QuerySettings.truncated] : []) { writer in
            writer.array { writer in for element in found.prefix(most) { write(&writer, element) } }
        }
    }

    /// The selectors given as `match[]`.
    func selectors(_ parameters: RequestParameters) throws -> [[LabelMatcher]] {
        try parameters.all("match[]").map { try PromQLParser.parseSelector($0) }
    }
}
