import AsyncHTTPClient
package import Authority
import Drivers
package import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL

/// Asks a monitor for certificates: the first with a join token, the next with the one in force.
package struct EnrolmentClient: Sendable {
    static let timeout = TimeAmount.seconds(15)
    static let maximumAnswerBytes = 64 << 10

    /// `HOST:PORT` of the monitor's authority.
    private let monitor: String
    private let host: String
    private let port: Int

    /// - Parameter monitor: `HOST:PORT`, as `authority.listen` of the monitor's configuration says.
    package init(monitor: String) throws {
        guard let colon = monitor.lastIndex(of: ":"), let port = UInt16(monitor[monitor.index(after: colon)...]), port > 0 else {
            throw AgentError(
                .options, "the monitor \"\(monitor)\" has to be HOST:PORT, as its configuration has it at authority.listen")
        }
        self.monitor = monitor
        host = monitor[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        self.port = Int(port)
    }

    /// Joins a stack: the identity is in `DATA/identity.json` when this returns.
    ///
    /// The key is kept before it is told of, so that a join whose answer was lost, or whose monitor was killed, is repeated with the
    /// same token.
    /// - Parameter now: this machine's clock.
    @discardableResult
    package func join(_ token: JoinToken, dataDirectory: String, at now: Date) async throws -> AgentIdentity.Document {
        let authority = try await authority(printed: token.authority)
        let pending = dataDirectory + "/joining.key"
        let key: CertificateKey
        if let kept = FileManager.default.contents(atPath: pending) {
            key = try CertificateKey(pem: String(decoding: kept, as: UTF8.self))
        } else {
            key = CertificateKey()
            try DurableFile.write(Data(key.pem.utf8), to: pending)
        }
        let answer = try await post(
            "/v1/join",
            JoinRequest(server: token.server, secret: token.secret, signingRequest: try key.signingRequest(for: token.server)),
            authority: authority)
        try AgentCertificate(pem: answer.certificate).check(at: now)
        let document = AgentIdentity.Document(
            server: token.server, key: key.pem, certificate: answer.certificate, authority: authority, monitor: monitor)
        try DurableFile.write(document, asJSONTo: AgentIdentity.path(in: dataDirectory))
        // A key that stays is taken up by the next join, which does no harm.
        try? FileManager.default.removeItem(atPath: pending)
        return document
    }

    /// Gets the next certificate, on a new key.
    package func renew(_ identity: AgentIdentity, at now: Date) async throws {
        let document = identity.current
        let next = CertificateKey()
        let request = try next.signingRequest(for: document.server)
        let answer = try await post(
            "/v1/renew",
            RenewalRequest(
                signingRequest: request, certificate: document.certificate,
                signature: try CertificateKey(pem: document.key).signature(ofRenewal: request)),
            authority: document.authority)
        try AgentCertificate(pem: answer.certificate).check(at: now)
        try identity.renew(key: next.pem, certificate: answer.certificate)
    }

    /// The authority's certificate, which anyone may hand over: it is known by its print.
    private func authority(printed print: String) async throws -> String {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        let pem = String(buffer: try await send(HTTPClientRequest(url: url("/v1/authority")), tls))
        guard try CertificateAuthority.print(ofPEM: pem) == print else {
            throw AgentError(
                .options,
                "the monitor at \(monitor) is not of the stack that made this token: its authority is another. Look at the address, or "
                    + "make a token there with \"magewatch agent token SERVER\"")
        }
        return pem
    }

    private func post(_ path: String, _ body: some Encodable, authority: String) async throws -> EnrolmentAnswer {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates([try .init(bytes: Array(authority.utf8), format: .pem)])
        var request = HTTPClientRequest(url: url(path))
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        let answer = try await send(request, tls)
        return try JSONDecoder().decode(EnrolmentAnswer.self, from: Data(buffer: answer))
    }

    private func url(_ path: String) -> String { "https://\(CertificateAuthority.monitorName):\(port)\(path)" }

    private func send(_ request: HTTPClientRequest, _ tls: TLSConfiguration) async throws -> ByteBuffer {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        // The monitor's certificate is for a name that no name server knows.
        configuration.dnsOverride = [CertificateAuthority.monitorName: host]
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let status: HTTPResponseStatus
            let body: ByteBuffer
            do {
                let response = try await client.execute(request, timeout: EnrolmentClient.timeout)
                status = response.status
                body = try await response.body.collect(upTo: EnrolmentClient.maximumAnswerBytes)
            } catch {
                throw AgentError(
                    .enrolment,
                    "the monitor at \(monitor) can't be asked: \(error). Look whether it runs, whether authority.listen of its "
                        + "configuration is that address, and whether both clocks are right")
            }
            guard status == .ok else { throw AgentError(.enrolment, EnrolmentClient.problem(body)) }
            return body
        }
    }

    /// The monitor's own words.
    private static func problem(_ body: ByteBuffer) -> String {
        let told = try? JSONDecoder().decode([String: String].self, from: Data(buffer: body))
        return told?["error"] ?? "the monitor answered: \(String(buffer: body).prefix(300))"
    }
}
