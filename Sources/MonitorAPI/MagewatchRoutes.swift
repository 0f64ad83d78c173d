import AgentContract
import Hummingbird
import Telemetry

/// Magewatch's own API, under `/api/magewatch/v1/`, described by the OpenAPI document that it serves.
struct MagewatchRoutes: Sendable {
    let services: APIServices
    let pool: QueryPool

    func register(_ router: Router<BasicRequestContext>) {
        let base = "/api/magewatch/v1"
        router.get("/health") { _, _ in APIResponse.text("ok\n") }
        router.get("/metrics") { _, _ in
            APIResponse.text(
                services.metrics.prometheusText(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
        router.get(RouterPath(base + "/openapi.json")) { _, _ in APIResponse.json(OpenAPIDocument.json) }
        // Where Prometheus serves its own. JSON is YAML, too.
        router.get("/api/v1/openapi.yaml") { _, _ in APIResponse.json(OpenAPIDocument.json) }
        router.get(RouterPath(base + "/stack")) { request, _ in await encoded(request) { _ in try await services.stack() } }
        router.get(RouterPath(base + "/bans")) { request, _ in await encoded(request) { _ in try await services.bans() } }
        router.get(RouterPath(base + "/forecasts")) { request, _ in
            await encoded(request) { parameters in
                let role = parameters["role"]
                if let horizon = try parameters.seconds("horizon") {
                    guard let role, horizon > 0 else {
                        throw APIError(.badData, "horizon is a duration above 0, and needs the role whose paths it is to reach")
                    }
                    return await services.forecastPaths(role, horizon)
                }
                return await services.forecasts().filter { role == nil || $0.role == role }
            }
        }
        router.get(RouterPath(base + "/capacity")) { request, _ in
            await encoded(request) { parameters in await services.capacities(parameters["role"]) }
        }
        router.get(RouterPath(base + "/metrics/stats")) { request, _ in
            await encoded(request) { parameters in
                let limit = try parameters.cardinalityLimit()
                let source = services.cardinality
                return try await pool.run { source.cardinality(top: limit) }
            }
        }
        router.get(RouterPath(base + "/plans")) { request, _ in
            await encoded(request) { parameters in
                let limit = try parameters.limit() ?? 100
                return Array(try await services.plans().prefix(limit))
            }
        }
        router.get(RouterPath(base + "/plans/:id")) { request, context in
            let id = pathParameter("id", context)
            return await encoded(request) { _ in try await plan(id) }
        }
        router.post(RouterPath(base + "/plans/:id/approve")) { request, context in
            let id = pathParameter("id", context)
            return await encoded(request) { parameters in try await approve(id, by: parameters.orderedBy, request) }
        }
    }

    private func approve(_ id: String, by actor: String, _ request: Request) async throws -> PlanReport {
        try refuseBrowsers(request)
        try await services.approvePlan(id, actor)
        return try await plan(id)
    }

    private func plan(_ id: String) async throws -> PlanReport {
        guard let plan = try await services.plans().first(where: { $0.plan.id == id }) else {
            throw APIError(.notFound, "there is no plan \"\(id)\"; magewatch plan list shows those there are")
        }
        return plan
    }
}
