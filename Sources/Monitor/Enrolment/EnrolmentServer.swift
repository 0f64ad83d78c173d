import Authority
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOFoundationCompat
package import Telemetry

/// The port where agents join and renew: TLS with the monitor's own certificate.
package struct EnrolmentServer: Sendable {
    /// Largest request taken, in bytes.
    static let maximumBodyBytes = 32 << 10

    let enrolment: Enrolment
    let identity: MonitorIdentity
    let metrics: SelfMetrics
    let logger: Logger

    package init(enrolment: Enrolment, identity: MonitorIdentity, metrics: SelfMetrics, logger: Logger) {
        self.enrolment = enrolment
        self.identity = identity
        self.metrics = metrics
        self.logger = logger
    }

    /// Serves until the service group stops.
    /// - Parameter onRunning: told the port once requests are taken.
    package func run(host: String, port: Int, onRunning: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        let router = Router()
        router.get("v1/authority") { _, _ in enrolment.authority.pem }
        router.post("v1/join") { request, _ in
            try await answer(request, "join", JoinRequest.self) { try await enrolment.join($0, at: Date()) }
        }
        router.post("v1/renew") { request, _ in
            try await answer(request, "renew", RenewalRequest.self) { try await enrolment.renew($0, at: Date()) }
        }
        let application = Application(
            router: router, server: try .tls(.http1(), tlsConfiguration: identity.serverConfiguration()),
            configuration: .init(address: .hostname(host, port: port), serverName: "magewatch-authority"),
            onServerRunning: { channel in onRunning(channel.localAddress?.port ?? port) }, logger: logger)
        try await application.run()
    }

    private func answer<Body: Decodable>(
        _ request: Request, _ kind: String, _ type: Body.Type, _ decide: (Body) async throws -> EnrolmentAnswer
    ) async throws -> Response {
        do {
            let bytes = try await request.body.collect(upTo: EnrolmentServer.maximumBodyBytes)
            let answer = try await decide(try JSONDecoder().decode(type, from: Data(buffer: bytes)))
            metrics.add("magewatch_enrolments_total", ["kind": kind, "outcome": "issued"])
            return try EnrolmentServer.response(.ok, answer)
        } catch {
            let code = (error as? AuthorityError)?.code
            metrics.add("magewatch_enrolments_total", ["kind": kind, "outcome": code?.rawValue ?? "malformed"])
            logger.warning("\(kind) refused: \(error)")
            return try EnrolmentServer.response(code == .storage ? .internalServerError : .forbidden, ["error": "\(error)"])
        }
    }

    private static func response(_ status: HTTPResponse.Status, _ body: some Encodable) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(body))))
    }
}
