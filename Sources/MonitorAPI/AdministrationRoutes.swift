import Foundation
import Hummingbird
import PromQL
import Telemetry

/// `/api/v1/admin/tsdb/*`: orders to the metric store, for operators who allowed them in the configuration.
struct AdministrationRoutes: Sendable {
    let services: APIServices
    let pool: QueryPool
    let now: @Sendable () -> Milliseconds

    func register(_ router: Router<BasicRequestContext>) {
        let base = "/api/v1/admin/tsdb"
        for method in [HTTPRequest.Method.post, .put] {
            router.on(RouterPath(base + "/delete_series"), method: method) { request, _ in await order(request, deleteSeries) }
            router.on(RouterPath(base + "/snapshot"), method: method) { request, _ in await order(request, snapshot) }
            router.on(RouterPath(base + "/clean_tombstones"), method: method) { request, _ in await order(request, clean) }
        }
    }

    private typealias Order = (RequestParameters, any StoreAdministration) async throws -> Response

    private func order(_ request: Request, _ work: Order) async -> Response {
        await answer(request) { parameters in
            try refuseBrowsers(request)
            guard let administration = services.administration else {
                throw APIError(.unavailable, "orders to the store are not allowed: set api.admin to true in the configuration")
            }
            return try await work(parameters, administration)
        }
    }

    private func deleteSeries(_ parameters: RequestParameters, _ store: any StoreAdministration) async throws -> Response {
        let selectors = try parameters.all("match[]").map { try PromQLParser.parseSelector($0) }
        guard !selectors.isEmpty else { throw APIError(.badData, "at least one match[] is needed") }
        let from = try parameters.time("start") ?? -TimeParameter.maximumMilliseconds
        let through = try parameters.time("end") ?? TimeParameter.maximumMilliseconds
        guard from <= through else { throw APIError(.badData, "parameter \"end\" lies before \"start\"") }
        try await pool.run { for selector in selectors { try store.deleteSeries(matching: selector, in: from...through) } }
        services.metrics.add("magewatch_store_orders_total", ["order": "delete_series"])
        return Response(status: .noContent)
    }

    private func snapshot(_ parameters: RequestParameters, _ store: any StoreAdministration) async throws -> Response {
        let skipsHead = try parameters.boolean("skip_head")
        let name = AdministrationRoutes.snapshotName(at: now())
        try await pool.run { try store.snapshot(named: name, skipsHead: skipsHead) }
        services.metrics.add("magewatch_store_orders_total", ["order": "snapshot"])
        return APIResponse.success { $0.map([("name", name)]) }
    }

    private func clean(_ parameters: RequestParameters, _ store: any StoreAdministration) async throws -> Response {
        try await pool.run { try store.cleanTombstones() }
        services.metrics.add("magewatch_store_orders_total", ["order": "clean_tombstones"])
        return Response(status: .noContent)
    }

    /// `20171210T211224Z-2be650b6d019eb54`: the time, and chance so that two of one second differ.
    private static func snapshotName(at now: Milliseconds) -> String {
        let digits = Timestamps.rfc3339(now).prefix(19).filter { $0 != "-" && $0 != ":" }
        let chance = String(UInt64.random(in: 0...(.max)), radix: 16)
        return "\(digits)Z-" + String(repeating: "0", count: 16 - chance.count) + chance
    }
}
