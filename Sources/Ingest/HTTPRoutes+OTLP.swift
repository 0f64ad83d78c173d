import Compression
import NIOHTTP1
import Telemetry

/// Metrics over OTLP/HTTP. An answer has the form of the request, as the protocol wants it; what was left out for good is told in
/// an answer of success, so that the sender does not send it again.
extension HTTPRoutes {
    private enum Form: String {
        case protobuf = "application/x-protobuf"
        case json = "application/json"
    }

    /// `google.rpc.Code` of what can't be taken at all.
    private static let invalidArgument: UInt64 = 3
    private static let unavailable: UInt64 = 14

    func otlpMetrics(_ request: Request) async -> Response {
        guard let form = Form(rawValue: request.header("content-type")) else {
            return Response(
                status: .unsupportedMediaType, body: "send OTLP as application/x-protobuf or application/json\n")
        }
        do {
            return try await take(request, form)
        } catch {
            let plain = HTTPRoutes.response(to: error)
            var response = Response(
                status: plain.status,
                bytes: HTTPRoutes.status(
                    plain.status.code < 500 && plain.status != .tooManyRequests
                        ? HTTPRoutes.invalidArgument : HTTPRoutes.unavailable,
                    String(decoding: plain.body.dropLast(), as: UTF8.self), form),
                contentType: form.rawValue)
            response.headers = plain.headers
            return response
        }
    }

    private func take(_ request: Request, _ form: Form) async throws -> Response {
        let most = intake.options.maximumBodyBytes * OTLPMetrics.maximumUnfolding
        let metrics =
            switch form {
            case .protobuf: try OTLPProtobufDecoder.decode(request.body, maximumBytes: most)
            case .json: try OTLPJSONDecoder.decode(request.body, maximumBytes: most)
            }
        let translated = try OTLPTranslator.translate(metrics, maximumLabelBytes: most)
        var refused = translated.refused.merging(translated.batch.refused, uniquingKeysWith: +)
        for (reason, count) in refused { intake.refuse(reason, from: peer, count: count) }
        if !translated.batch.isEmpty {
            let outcome = try await intake.store(translated.batch, from: peer, as: "otlp")
            refused.merge(outcome.refused, uniquingKeysWith: +)
        }
        // One point of a histogram is many samples, of which each may be refused.
        let rejected = min(refused.values.reduce(0, +), translated.points)
        return Response(
            status: .ok, bytes: HTTPRoutes.answer(rejected, HTTPRoutes.explanation(refused), form), contentType: form.rawValue)
    }

    private static func explanation(_ refused: [String: Int]) -> String {
        guard !refused.isEmpty else { return "" }
        let reasons = refused.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let advice = ["delta_temporality": "; set the exporter to cumulative temporality"]
        return "refused: \(reasons)" + advice.filter { refused[$0.key] != nil }.map(\.value).sorted().joined()
    }

    /// `ExportMetricsServiceResponse { 1: partial success { 1: rejected points, 2: message } }`, empty where all was taken.
    private static func answer(_ rejected: Int, _ message: String, _ form: Form) -> [UInt8] {
        switch form {
        case .protobuf:
            var response = ProtobufWriter()
            if rejected > 0 {
                response.message(1) { partial in
                    partial.integer(1, Int64(rejected))
                    partial.string(2, message)
                }
            }
            return response.bytes
        case .json:
            guard rejected > 0 else { return Array("{}".utf8) }
            let text = OTLPValue.list([.string(message)]).text.dropFirst().dropLast()
            return Array("{\"partialSuccess\":{\"rejectedDataPoints\":\"\(rejected)\",\"errorMessage\":\(text)}}".utf8)
        }
    }

    /// `google.rpc.Status { 1: code, 2: message }`.
    private static func status(_ code: UInt64, _ message: String, _ form: Form) -> [UInt8] {
        switch form {
        case .protobuf:
            var status = ProtobufWriter()
            status.varint(1, code)
            status.string(2, message)
            return status.bytes
        case .json:
            let text = OTLPValue.list([.string(message)]).text.dropFirst().dropLast()
            return Array("{\"code\":\(code),\"message\":\(text)}".utf8)
        }
    }
}
