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
            case ("/loki/api/v1/push", .POST): return try await lokiPush(request)
            case ("/ready", _), ("/metrics", _), ("/api/v1/write", _), ("/loki/api/v1/push", _):
                return Response(status: .methodNotAllowed, body: "\(request.head.method) is not for \(request.path)\n")
            default:
                return Response(
                    status: .notFound,
                    body: "nothing at \(request.path.prefix(200)): this port takes /api/v1/write and /loki/api/v1/push\n")
            }
        } catch let error as IngestError {
            return Response(status: HTTPRoutes.status(of: error), body: "\(error.message)\n")
        } catch let error as SinkError {
            return Response(status: HTTPRoutes.status(of: error), body: "\(error.message)\n")
        } catch {
            return Response(status: .serviceUnavailable, body: "the server is stopping: send again later\n")
        }
    }

    private func remoteWrite(_ request: Request) async throws -> Response {
        let parameters = request.head.headers.first(name: "content-type")?.lowercased() ?? ""
        guard !parameters.contains("io.prometheus.write.v2") else {
            throw IngestError(.unsupported, "remote-write 2.0 is not taken here: set protobuf_message to prometheus.WriteRequest")
        }
        var decoded = try RemoteWriteDecoder.decode(snappy: request.body, maximumBytes: intake.options.maximumBodyBytes)
        decoded.batch.source = peer
        if decoded.nativeHistograms > 0 { intake.refuse("native_histogram", from: peer, count: decoded.nativeHistograms) }
        for (reason, count) in decoded.batch.refused { intake.refuse(reason, from: peer, count: count) }
        // Metadata comes in requests of its own.
        guard !decoded.batch.isEmpty || !decoded.batch.refused.isEmpty else { return Response(status: .noContent, body: "") }
        var outcome = AppendOutcome()
        if !decoded.batch.isEmpty {
            outcome = try await intake.samples.append(decoded.batch)
            intake.count(outcome, cutLines: 0, from: peer, Intake.samplesMetric, as: "remote_write")
        }
        return HTTPRoutes.response(
            to: outcome.refused.merging(decoded.batch.refused, uniquingKeysWith: +), kept: outcome.accepted, what: "samples")
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

    /// What was refused will be refused again, so the sender is told 400 and keeps no copy; the rest is kept.
    private static func response(to refused: [String: Int], kept: Int, what: String) -> Response {
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
