import NIOHTTP1
import Telemetry

extension HTTPRoutes {
    func remoteWrite(_ request: Request) async throws -> Response {
        let headers = request.head.headers
        let message = try RemoteWriteMessage(
            contentType: headers.first(name: "content-type") ?? "",
            contentEncoding: headers.first(name: "content-encoding") ?? "")
        switch message {
        case .version1: return try await remoteWrite1(request)
        case .version2: return await remoteWrite2(request)
        }
    }

    private func remoteWrite1(_ request: Request) async throws -> Response {
        let decoded = try RemoteWriteDecoder.decode(snappy: request.body, maximumBytes: intake.options.maximumBodyBytes)
        var refused = decoded.refused
        refused.merge(decoded.batch.refused, uniquingKeysWith: +)
        for (reason, count) in refused { intake.refuse(reason, from: peer, count: count) }
        let outcome = try await store(decoded.batch, as: "remote_write")
        refused.merge(outcome.refused, uniquingKeysWith: +)
        return HTTPRoutes.response(to: refused, kept: outcome.accepted, what: "samples")
    }

    /// Stores what was decoded, if there is anything: metadata and exemplars may come in requests of their own.
    private func store(_ batch: SampleBatch, as name: String) async throws -> AppendOutcome {
        guard !batch.isEmpty || batch.hasExtras else { return AppendOutcome() }
        return try await intake.store(batch, from: peer, as: name)
    }

    /// Version 2.0 wants to be told how much of each kind was written, whatever the status: without that a sender takes this for
    /// a receiver of version 1 that did not understand.
    private func remoteWrite2(_ request: Request) async -> Response {
        var outcome = AppendOutcome()
        var response: Response
        do {
            (response, outcome) = try await remoteWriteSymbols(request)
        } catch {
            response = HTTPRoutes.response(to: error)
        }
        let written = [
            ("Samples", outcome.accepted - outcome.histograms), ("Histograms", outcome.histograms),
            ("Exemplars", outcome.exemplars),
        ]
        response.headers += written.map { ("X-Prometheus-Remote-Write-\($0.0)-Written", "\($0.1)") }
        return response
    }

    private func remoteWriteSymbols(_ request: Request) async throws -> (Response, AppendOutcome) {
        let decoded = try RemoteWrite2Decoder.decode(snappy: request.body, maximumBytes: intake.options.maximumBodyBytes)
        var refused = decoded.refused
        refused.merge(decoded.batch.refused, uniquingKeysWith: +)
        for (reason, count) in refused { intake.refuse(reason, from: peer, count: count) }
        // An exemplar is no reason to refuse a request: its sender would take all its samples for lost.
        for (reason, count) in decoded.refusedExemplars { intake.refuse(reason, from: peer, count: count) }
        let outcome = try await store(decoded.batch, as: "remote_write2")
        refused.merge(outcome.refused, uniquingKeysWith: +)
        return (HTTPRoutes.response(to: refused, kept: outcome.accepted, what: "samples"), outcome)
    }
}
