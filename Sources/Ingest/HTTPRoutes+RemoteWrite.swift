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
        if decoded.nativeHistograms > 0 { intake.refuse("native_histogram", from: peer, count: decoded.nativeHistograms) }
        for (reason, count) in decoded.batch.refused { intake.refuse(reason, from: peer, count: count) }
        // Metadata comes in requests of its own.
        guard !decoded.batch.isEmpty || !decoded.batch.refused.isEmpty else { return Response(status: .noContent, body: "") }
        var outcome = AppendOutcome()
        if !decoded.batch.isEmpty { outcome = try await intake.store(decoded.batch, from: peer, as: "remote_write") }
        return HTTPRoutes.response(
            to: outcome.refused.merging(decoded.batch.refused, uniquingKeysWith: +), kept: outcome.accepted, what: "samples")
    }

    /// Version 2.0 wants to be told how much of each kind was written, whatever the status: without that a sender takes this for
    /// a receiver of version 1 that did not understand.
    private func remoteWrite2(_ request: Request) async -> Response {
        var samples = 0
        var response: Response
        do {
            (response, samples) = try await remoteWriteSymbols(request)
        } catch {
            response = HTTPRoutes.response(to: error)
        }
        let written = [("Samples", samples), ("Histograms", 0), ("Exemplars", 0)]
        response.headers += written.map { ("X-Prometheus-Remote-Write-\($0.0)-Written", "\($0.1)") }
        return response
    }

    private func remoteWriteSymbols(_ request: Request) async throws -> (Response, samples: Int) {
        let decoded = try RemoteWrite2Decoder.decode(snappy: request.body, maximumBytes: intake.options.maximumBodyBytes)
        var refused = decoded.refused
        refused.merge(decoded.batch.refused, uniquingKeysWith: +)
        // Native histograms are refused until the stores take them.
        if decoded.nativeHistograms > 0 { refused["native_histogram", default: 0] += decoded.nativeHistograms }
        // Exemplars are counted, but no reason to refuse a request: its sender would take all its samples for lost.
        if decoded.exemplars > 0 { intake.refuse("exemplar", from: peer, count: decoded.exemplars) }
        for (reason, count) in refused { intake.refuse(reason, from: peer, count: count) }
        var outcome = AppendOutcome()
        if !decoded.batch.isEmpty { outcome = try await intake.store(decoded.batch, from: peer, as: "remote_write2") }
        refused.merge(outcome.refused, uniquingKeysWith: +)
        return (HTTPRoutes.response(to: refused, kept: outcome.accepted, what: "samples"), outcome.accepted)
    }
}
