import Agent
import Authority
import Foundation
import StackConfiguration
import StateStore
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Monitor

@Suite("Who gets a certificate")
struct EnrolmentTests {
    let directory: TemporaryDirectory
    let files: AuthorityFiles
    let authority: CertificateAuthority
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let audit = AuditLines()

    /// What was told the audit log.
    final class AuditLines: Sendable {
        private let state = Mutex<[String]>([])
        var lines: [String] { state.withLock { $0 } }
        func add(_ line: String) { state.withLock { $0.append(line) } }
    }

    init() throws {
        directory = try TemporaryDirectory("authority")
        files = AuthorityFiles(dataDirectory: directory.path)
        authority = try files.authority(of: "shop", at: now)
    }

    /// A monitor's enrolment as it is after a start.
    func enrolment(servers: [String] = ["s1", "s2"]) throws -> Enrolment {
        Enrolment(
            authority: try files.authority(of: "shop", at: now), files: files,
            hosts: Dictionary(uniqueKeysWithValues: servers.map { ($0, ["127.0.0.1"]) }), lifetimeSeconds: 600
        ) { [audit] kind, server, _ in audit.add("\(kind) \(server)") }
    }

    func token(_ server: String = "s1", for seconds: Double = 60) throws -> JoinToken {
        try files.makeToken(for: server, of: authority, at: now, forSeconds: seconds)
    }

    func request(_ token: JoinToken, _ key: CertificateKey = CertificateKey(), as server: String? = nil) throws -> JoinRequest {
        JoinRequest(
            server: server ?? token.server, secret: token.secret,
            signingRequest: try key.signingRequest(for: server ?? token.server))
    }

    func refusal(_ body: () async throws -> EnrolmentAnswer) async -> AuthorityError? {
        await #expect(throws: AuthorityError.self) { _ = try await body() }
    }

    @Test("The authority's key is readable by its owner only, and the same after a start")
    func keeping() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/authority/authority.key")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(try files.authority(of: "shop", at: now).print == authority.print)
        try FileManager.default.removeItem(atPath: directory.path + "/authority/authority.pem")
        #expect(throws: AuthorityError.self) { try files.authority(of: "shop", at: now) }
    }

    @Test("A token joins one server, once; its answer may be asked for again by the same key, by a new monitor too")
    func once() async throws {
        let token = try token()
        let key = CertificateKey()
        _ = try await enrolment().join(try request(token, key), at: now)
        // The answer was lost, or the monitor was killed before it was made: the use is on the disk.
        let again = try await enrolment().join(try request(token, key), at: now)
        #expect(try AgentCertificate(pem: again.certificate).name == "s1")
        let twice = await refusal { try await enrolment().join(try request(token), at: now) }
        #expect(twice?.code == .token && twice?.message.contains("used already") == true)
        #expect(audit.lines == ["agent-joined s1"])
        let stored = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
        for name in stored {
            let text = FileManager.default.contents(atPath: directory.path + "/" + name).map {
                String(decoding: $0, as: UTF8.self)
            }
            #expect(text?.contains(token.secret) != true, "the secret stands in \(name)")
        }
    }

    @Test("A token is for its server, until its end, while the server is in the stack")
    func refusals() async throws {
        let token = try token()
        #expect(await refusal { try await enrolment().join(try request(token, as: "s2"), at: now) }?.code == .token)
        let late = await refusal { try await enrolment().join(try request(token), at: now.addingTimeInterval(60)) }
        #expect(late?.message.contains("was good until") == true)
        let gone = await refusal { try await enrolment(servers: ["s2"]).join(try request(token), at: now) }
        #expect(gone?.message.contains("not among the servers") == true)
        let unknown = JoinToken(server: "s1", authority: authority.print)
        #expect(await refusal { try await enrolment().join(try request(unknown), at: now) }?.message.contains("unknown") == true)
        #expect(audit.lines.isEmpty)
    }

    @Test("What was taken back renews no more, and counts again after a new token only")
    func revocation() async throws {
        let enrolment = try enrolment()
        let key = CertificateKey()
        let first = try await enrolment.join(try request(try token(), key), at: now)
        func renewal() throws -> RenewalRequest {
            let text = try CertificateKey().signingRequest(for: "s1")
            return RenewalRequest(
                signingRequest: text, certificate: first.certificate, signature: try key.signature(ofRenewal: text))
        }
        let next = try await enrolment.renew(try renewal(), at: now.addingTimeInterval(400))
        #expect(try AgentCertificate(pem: next.certificate).issuedAt == now.addingTimeInterval(400))
        let pending = try token()
        try files.revoke("s1", at: now.addingTimeInterval(400))
        #expect(try files.isRevoked("s1"))
        #expect(await refusal { try await enrolment.renew(try renewal(), at: now.addingTimeInterval(401)) }?.code == .revoked)
        #expect(await refusal { try await enrolment.join(try request(pending), at: now) }?.code == .token)
        _ = try await enrolment.join(try request(try token()), at: now.addingTimeInterval(1))
        #expect(try !files.isRevoked("s1"))
    }

    @Test("A server that left the configuration is revoked at the next start, once")
    func leaving() async throws {
        _ = try await enrolment().join(try request(try token()), at: now)
        for _ in 0..<2 { try await enrolment(servers: ["s2"]).revokeWhoLeft(at: now.addingTimeInterval(5)) }
        #expect(try files.isRevoked("s1"))
        #expect(audit.lines == ["agent-joined s1", "certificate-revoked s1"])
    }

    @Test("Tokens don't grow without bound")
    func bound() throws {
        for _ in 0..<3 { _ = try token(for: 60) }
        _ = try files.makeToken(for: "s1", of: authority, at: now.addingTimeInterval(2 * 86_400), forSeconds: 60)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/authority/tokens").count == 1)
    }
}
