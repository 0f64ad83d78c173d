import AgentContract
import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Orders, what becomes of their plans, and the audit log, under `/api/magewatch/v1/`.
struct OrderRoutes: Sendable {
    /// Most lines of the audit log in one answer.
    static let maximumAuditLines = 10_000

    let services: APIServices

    func register(_ router: Router<BasicRequestContext>) {
        let base = "/api/magewatch/v1"
        router.get(RouterPath(base + "/orders")) { request, _ in
            await encoded(request) { _ in try await services.orders.held() }
        }
        router.post(RouterPath(base + "/orders")) { request, _ in
            await encoded(request) { parameters in
                try refuseBrowsers(request)
                return try await services.orders.carryOut(try parameters.order(), isDryRun: try parameters.boolean("dry_run"))
            }
        }
        router.post(RouterPath(base + "/plans/:id/cancel")) { request, context in
            let id = pathParameter("id", context)
            return await encoded(request) { parameters in
                try refuseBrowsers(request)
                try await services.orders.cancelPlan(id, by: parameters.orderedBy)
                return ["cancelled": id]
            }
        }
        router.get(RouterPath(base + "/plans/:id/follow")) { request, context in
            let id = pathParameter("id", context)
            return await answer(request) { _ in OrderRoutes.lines(of: try await services.orders.follow(id)) }
        }
        router.get(RouterPath(base + "/audit")) { request, _ in
            await encoded(request) { parameters in
                let limit = min(try parameters.limit() ?? 100, OrderRoutes.maximumAuditLines)
                return try await services.orders.audit(limit: limit, before: try before(parameters))
            }
        }
        router.get(RouterPath(base + "/audit/verify")) { request, _ in
            await encoded(request) { parameters in try await services.orders.verifyAudit(noted: parameters["noted"]) }
        }
    }

    private func before(_ parameters: RequestParameters) throws -> Int64? {
        guard let text = parameters["before"], !text.isEmpty else { return nil }
        guard let number = Int64(text) else {
            throw APIError(.badData, "parameter \"before\": \"\(text)\" is no number of a line")
        }
        return number
    }

    /// A report a line, each as soon as there is something new to it.
    private static func lines(of reports: AsyncThrowingStream<PlanReport, any Error>) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: ResponseBody { writer in
                // A client that follows does not keep the monitor from stopping.
                for try await report in reports.cancelOnGracefulShutdown() {
                    var line = ByteBuffer(bytes: try encoder.encode(report))
                    line.writeString("\n")
                    try await writer.write(line)
                }
                try await writer.finish(nil)
            })
    }
}

/// A route's work, its value as JSON.
func encoded<Value: Encodable>(_ request: Request, _ work: (RequestParameters) async throws -> Value) async -> Response {
    await answer(request) { parameters in
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return APIResponse.json(Array(try encoder.encode(try await work(parameters))))
    }
}
