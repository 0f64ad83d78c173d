package import Hummingbird
package import HummingbirdCore
package import Logging
import NIOCore
package import Telemetry

/// The API port: routes of the Prometheus, Loki and Alertmanager APIs and of Magewatch's own, on one Hummingbird server.
package struct APIServer: Sendable {
    private let services: APIServices
    private let now: @Sendable () -> Milliseconds
    private let logger: Logger

    /// - Parameter now: the clock, for queries that name no time.
    package init(services: APIServices, now: @escaping @Sendable () -> Milliseconds, logger: Logger) {
        self.services = services
        self.now = now
        self.logger = logger
    }

    /// Every route there is.
    package func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        let pool = QueryPool()
        router.add(middleware: RequestCounter(metrics: services.metrics))
        router.add(middleware: GzipAnswers(pool: pool))
        PrometheusRoutes(services: services, pool: pool, now: now).register(router)
        Federation(services: services, pool: pool, now: now).register(router)
        RemoteReadRoute(services: services, pool: pool).register(router)
        AdministrationRoutes(services: services, pool: pool, now: now).register(router)
        LokiRoutes(services: services, pool: pool, now: now).register(router)
        AlertmanagerRoutes(services: services, now: now).register(router)
        MagewatchRoutes(services: services, pool: pool).register(router)
        AttackRoutes(attacks: services.attacks, pool: pool).register(router)
        BouncerRoutes(services: services, now: now).register(router)
        OrderRoutes(services: services).register(router)
        ScalerRoutes(services: services).register(router)
        AllowanceRoutes(scaler: services.scaler).register(router)
        return router
    }

    /// Connections: HTTP, and WebSocket for those that follow logs.
    package var connections: HTTPServerBuilder {
        HTTPServerBuilder { [services, now] responder in
            TailServer(responder: responder, services: services, pool: QueryPool(), now: now)
        }
    }

    /// Serves until the task is cancelled or the service group stops gracefully.
    package func run(host: String, port: Int, onBound: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        let application = Application(
            router: router(), server: connections,
            configuration: .init(address: .hostname(host, port: port), serverName: "Magewatch"),
            onServerRunning: { channel in onBound(channel.localAddress?.port ?? port) }, logger: logger)
        try await application.run()
    }
}

/// Counts requests by path pattern and status.
struct RequestCounter: RouterMiddleware {
    let metrics: SelfMetrics

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let response: Response
        do {
            response = try await next(request, context)
        } catch let error as any HTTPResponseError {
            count(context, error.status)
            throw error
        }
        count(context, response.status)
        return response
    }

    private func count(_ context: BasicRequestContext, _ status: HTTPResponse.Status) {
        // The pattern, not the path: what a client invents must not become a label.
        metrics.add(
            "magewatch_api_requests_total", ["path": context.endpointPath ?? "unknown", "code": String(status.code)])
    }
}
