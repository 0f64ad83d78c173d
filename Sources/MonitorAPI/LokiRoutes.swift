import HTTPTypes
import Hummingbird
import LogQL
import Telemetry

/// Loki's HTTP API: what Grafana's data source and logcli ask.
struct LokiRoutes: Sendable {
    /// Seconds that a query may take.
    static let timeoutSeconds = 120

    let services: APIServices
    let pool: QueryPool
    let now: @Sendable () -> Milliseconds

    /// Work on a request's parameters.
    typealias Work = (LokiParameters) async throws -> Response

    func register(_ router: Router<BasicRequestContext>) {
        router.get("/ready") { _, _ in APIResponse.text("ready\n") }
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/loki/api/v1/query", method: method) { request, _ in
                await respond(request) { try await instant($0, LokiEncoding(request)) }
            }
            router.on("/loki/api/v1/query_range", method: method) { request, _ in
                await respond(request) { try await range($0, LokiEncoding(request)) }
            }
            router.on("/loki/api/v1/series", method: method) { request, _ in await respond(request, series) }
            router.on("/loki/api/v1/format_query", method: method) { request, _ in await respond(request, formatted) }
        }
        for path in ["/loki/api/v1/labels", "/loki/api/v1/label"] {
            router.get(RouterPath(path)) { request, _ in await respond(request, labelNames) }
        }
        router.get("/loki/api/v1/label/:name/values") { request, context in
            let name = pathParameter("name", context)
            return await respond(request) { try await labelValues(name, $0) }
        }
        router.get("/loki/api/v1/status/buildinfo") { _, _ in
            var writer = JSONWriter()
            writer.map([("version", "3.0.0-magewatch"), ("revision", ""), ("branch", "")])
            return APIResponse.json(writer.bytes)
        }
        registerVolumes(router)
        registerFields(router)
        registerDeletions(router)
        registerTail(router)
    }

    /// Answers a request, or tells why not.
    func respond(_ request: Request, _ work: Work) async -> Response {
        await answer(request) { try await work(LokiParameters(all: $0, now: now() * 1_000_000)) }
    }

    /// The engine, with the time that a query may take from now on.
    var engine: LogQLEngine { services.logQL.withDeadline(.now + .seconds(LokiRoutes.timeoutSeconds)) }

    private func instant(_ parameters: LokiParameters, _ encoding: LokiEncoding) async throws -> Response {
        var request = LogQLRequest(try parameters.query(), .instant(try parameters.time("time") ?? parameters.now))
        request.limit = try parameters.limit()
        request.direction = try parameters.direction()
        return try await run(request, encoding)
    }

    private func range(_ parameters: LokiParameters, _ encoding: LokiEncoding) async throws -> Response {
        let range = try parameters.timeRange()
        let step = try parameters.step(range)
        var request = LogQLRequest(
            try parameters.query(), .range(from: range.lowerBound, to: range.upperBound, step: step))
        request.limit = try parameters.limit()
        request.direction = try parameters.direction()
        return try await run(request, encoding)
    }

    private func run(_ request: LogQLRequest, _ encoding: LokiEncoding) async throws -> Response {
        var request = request
        request.categorizesLabels = encoding.categorizesLabels
        let asked = ContinuousClock.now
        let (answer, begun) = try await pool.run { [request, engine] in
            let begun = ContinuousClock.now
            return (try engine.answer(request), begun)
        }
        return encoding.response(answer, queued: begun - asked, took: .now - begun)
    }

    private func formatted(_ parameters: LokiParameters) throws -> Response {
        let text = try LogQLFormatter.format(try parameters.query())
        return APIResponse.success { $0.string(text) }
    }

    private func series(_ parameters: LokiParameters) async throws -> Response {
        let selectors = try (parameters.all.all("match[]") + parameters.all.all("match")).map {
            try LogQLParser.parseSelector($0)
        }
        let range = try parameters.timeRange()
        let source = services.logs
        let found = try await pool.run { try source.streams(matchingAny: selectors, in: range) }
        return APIResponse.success { writer in writer.array { writer in for labels in found { writer.labels(labels) } } }
    }

    private func labelNames(_ parameters: LokiParameters) async throws -> Response {
        let range = try parameters.timeRange()
        let source = services.logs
        let matchers = try parameters.selector()
        let names = try await pool.run { try source.labelNames(matchingAny: [matchers], in: range) }
        return APIResponse.success { $0.strings(names) }
    }

    private func labelValues(_ name: String, _ parameters: LokiParameters) async throws -> Response {
        let range = try parameters.timeRange()
        let source = services.logs
        let matchers = try parameters.selector()
        let values = try await pool.run { try source.labelValues(of: name, matchingAny: [matchers], in: range) }
        return APIResponse.success { $0.strings(values) }
    }
}
