import NIOHTTP1
import Telemetry

/// What the ingest port answers over HTTP.
struct HTTPRoutes: Sendable {
    typealias Response = HTTPConnection.Response
    typealias Request = HTTPConnection.Request

    let intake: Intake
    let peer: String

    func respond(to request: Request) async -> Response {
        do {
            switch (request.path, request.head.method) {
            case ("/ready", .GET), ("/ready", .HEAD): return Response(status: .ok, body: "ready\n")
            case ("/metrics", .GET):
                return Response(
                    status: .ok, body: intake.metrics.prometheusText(),
                    contentType: "text/plain; version=0.0.4; charset=utf-8")
            case ("/api/v1/write", .POST): return try await remoteWrite(request)
            case ("/v1/metrics", .POST), ("/api/v1/otlp/v1/metrics", .POST): return await otlpMetrics(request)
            case ("/loki/api/v1/push", .POST): return try await lokiPush(request)
            case ("/ready", _), ("/metrics", _), ("/api/v1/write", _), ("/loki/api/v1/push", _), ("/v1/metrics", _),
                ("/api/v1/otlp/v1/metrics", _):
                return Response(status: .methodNotAllowed, body: "\(request.head.method) is not for \(request.path)\n")
            default:
                return Response(
                    status: .notFound,
                    body: "nothing at \(request.path.prefix(200)): this port takes /api/v1/write, /v1/metrics, "
                        + "/api/v1/otlp/v1/metrics and /loki/api/v1/push\n")
            }
        } catch {
            return HTTPRoutes.response(to: error)
        }
    }

    private func lokiPush(_ request: Request) async throws -> Response {
        var decoder = LokiPushDecoder(maximumLineBytes: intake.options.maximumLineBytes, receivedAt: Intake.now())
        if request.header("content-type") == "application/json" {
            try decoder.decode(json: request.body)
        } else {
            try decoder.decode(snappy: request.body, maximumBytes: intake.options.maximumBodyBytes)
        }
        guard !decoder.batch.isEmpty else { return Response(status: .noContent, body: "") }
        if decoder.redated > 0 { intake.metrics.add(Intake.redatedMetric, ["source": peer], by: Double(decoder.redated)) }
        let outcome = try await intake.logs.append(decoder.batch)
        intake.count(outcome, cutLines: decoder.cutLines, from: peer, Intake.entriesMetric, as: "loki")
        return HTTPRoutes.response(to: outcome.refused, kept: outcome.accepted, what: "entries")
    }

    /// Why nothing was kept, with the status that tells the sender whether to send again.
    static func response(to error: any Error) -> Response {
        switch error {
        case let error as IngestError: Response(status: status(of: error), body: "\(error.message)\n")
        case let error as SinkError: Response(status: status(of: error), body: "\(error.message)\n")
        default: Response(status: .serviceUnavailable, body: "the server is stopping: send again later\n")
        }
    }

    /// What was refused will be refused again, so the sender is told 400 and keeps no copy; the rest is kept.
    static func response(to refused: [String: Int], kept: Int, what: String) -> Response {
        guard !refused.isEmpty else { return Response(status: .noContent, body: "") }
        let reasons = refused.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return Response(status: .badRequest, body: "kept \(kept) \(what), refused: \(reasons)\n")
    }

    private static func status(of error: IngestError) -> HTTPResponseStatus {
        switch error.code {
        case .bodyTooLarge: .payloadTooLarge
        case .unsupported: .unsupportedMediaType
        case .overloaded: .tooManyRequests
        default: .badRequest
        }
    }

    private static func status(of error: SinkError) -> HTTPResponseStatus {
        switch error.code {
        case .overloaded: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .invalid: .badRequest
        }
    }
}
