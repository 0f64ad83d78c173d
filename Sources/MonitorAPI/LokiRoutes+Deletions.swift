import Hummingbird
import LogQL
import Telemetry

/// `/loki/api/v1/delete`: entries that are to be removed, for good.
extension LokiRoutes {
    func registerDeletions(_ router: Router<BasicRequestContext>) {
        let path = RouterPath("/loki/api/v1/delete")
        for method in [HTTPRequest.Method.post, .put] {
            router.on(path, method: method) { request, _ in await order(request, requestDeletion) }
        }
        router.delete(path) { request, _ in await order(request, cancelDeletion) }
        router.get(path) { request, _ in
            await respond(request) { _ in
                let requests = try await services.logDeletions?.all() ?? []
                var writer = JSONWriter()
                writer.array { writer in for request in requests { writer.deletion(request) } }
                return APIResponse.json(writer.bytes)
            }
        }
    }

    private func order(
        _ request: Request, _ work: (LokiParameters, any LogDeletions) async throws -> Void
    ) async -> Response {
        await respond(request) { parameters in
            try refuseBrowsers(request)
            guard let deletions = services.logDeletions else {
                throw APIError(.unavailable, "orders to the store are not allowed: set api.admin to true in the configuration")
            }
            try await work(parameters, deletions)
            return Response(status: .noContent)
        }
    }

    private func requestDeletion(_ parameters: LokiParameters, _ deletions: any LogDeletions) async throws {
        let query = try parameters.query()
        let matchers = try LogQLParser.parseSelector(query)
        guard let start = try parameters.time("start") else {
            throw APIError(.badData, "parameter \"start\" is missing: say from when on entries are to be removed")
        }
        let end = try parameters.time("end") ?? parameters.now
        guard start <= end else { throw APIError(.badData, "parameter \"end\" lies before \"start\"") }
        try await deletions.request(query, matching: matchers, in: start...end)
        services.metrics.add("magewatch_store_orders_total", ["order": "delete_logs"])
    }

    private func cancelDeletion(_ parameters: LokiParameters, _ deletions: any LogDeletions) async throws {
        try await deletions.cancel(try parameters.all.required("request_id"))
        services.metrics.add("magewatch_store_orders_total", ["order": "cancel_delete_logs"])
    }
}

extension JSONWriter {
    /// Times are seconds, as Loki's are, those of the range with their fraction.
    fileprivate mutating func deletion(_ deletion: LogDeletionReport) {
        object { writer in
            for (name, text) in [
                ("request_id", deletion.id), ("query", deletion.query), ("status", deletion.state.rawValue),
            ] {
                writer.key(name)
                writer.string(text)
            }
            for (name, time) in [
                ("start_time", deletion.range.lowerBound), ("end_time", deletion.range.upperBound),
                ("created_at", deletion.createdAt),
            ] {
                writer.key(name)
                writer.number(Double(time) / 1e9)
            }
        }
    }
}
