import Foundation
import Testing
import X509

@testable import Authority

@Suite("The authority of a stack")
struct CertificateAuthorityTests {
    let now = Date(timeIntervalSince1970: 1_800_000_000)

    func agent(
        _ authority: CertificateAuthority, _ key: CertificateKey = CertificateKey(), at time: Date? = nil,
        for seconds: Double = 600
    ) throws -> String {
        try authority.issueAgent(
            "s1", hosts: ["10.0.0.5", "fd00::5", "s1.example.net"], signingRequest: try key.signingRequest(for: "s2"),
            from: time ?? now, lifetimeSeconds: seconds)
    }

    @Test("An agent's certificate is for the name and the addresses that the monitor says, whatever was asked for")
    func issue() throws {
        let certificate = try AgentCertificate(pem: try agent(CertificateAuthority(stack: "shop", at: now)))
        #expect(certificate.name == "s1")
        #expect(certificate.issuedAt == now)
        #expect(certificate.notAfter == now.addingTimeInterval(600))
        #expect(certificate.renewalDue == now.addingTimeInterval(400))
        #expect(certificate.serial.count >= 32)
        let text = "\(certificate.certificate.extensions)"
        #expect(text.contains("s1.example.net") && !text.contains("s2"), "\(text)")
    }

    @Test("An authority that was kept is the same; a key of another is refused")
    func keeping() throws {
        let authority = try CertificateAuthority(stack: "shop", at: now)
        let again = try CertificateAuthority(key: CertificateKey(pem: authority.keyPEM), pem: authority.pem)
        #expect(again.print == authority.print)
        #expect(try CertificateAuthority.print(ofPEM: authority.pem) == authority.print)
        #expect(throws: AuthorityError.self) { try CertificateAuthority(key: CertificateKey(), pem: authority.pem) }
    }

    @Test("A renewal takes a certificate of this authority that is in force, and the owner of its key")
    func renewals() throws {
        let authority = try CertificateAuthority(stack: "shop", at: now)
        let key = CertificateKey()
        let request = try CertificateKey().signingRequest(for: "s1")
        let certificate = try agent(authority, key)
        func renew(_ certificate: String, by owner: CertificateKey, of text: String? = nil, at time: Date) throws -> String {
            try authority.renewed(
                RenewalRequest(
                    signingRequest: text ?? request, certificate: certificate, signature: try owner.signature(ofRenewal: request)),
                at: time
            ).name
        }
        #expect(try renew(certificate, by: key, at: now.addingTimeInterval(599)) == "s1")
        func refusal(_ body: () throws -> String) -> AuthorityError? { #expect(throws: AuthorityError.self) { try body() } }
        let ended = refusal { try renew(certificate, by: key, at: now.addingTimeInterval(600)) }
        #expect(ended?.code == .time && ended?.message.contains("magewatch agent token s1") == true)
        let early = refusal { try renew(certificate, by: key, at: now.addingTimeInterval(-3601)) }
        #expect(early?.code == .time && early?.message.contains("clock") == true)
        #expect(refusal { try renew(certificate, by: CertificateKey(), at: now) }?.code == .stranger)
        let other = try CertificateKey().signingRequest(for: "s1")
        #expect(refusal { try renew(certificate, by: key, of: other, at: now) }?.code == .stranger)
        let stranger = try agent(CertificateAuthority(stack: "shop", at: now), key)
        #expect(refusal { try renew(stranger, by: key, at: now) }?.code == .stranger)
    }

    @Test("What is no signing request of a key of its own is refused", arguments: 0..<4)
    func malformed(_ index: Int) throws {
        let authority = try CertificateAuthority(stack: "shop", at: now)
        let good = try CertificateKey().signingRequest(for: "s1")
        var bytes = Array(good.utf8)
        // The last character but one of the last line of base 64 belongs to the signature.
        bytes[bytes.count - 45] = bytes[bytes.count - 45] == 65 ? 66 : 65
        let text = ["", "-----BEGIN", String(repeating: good, count: 40), String(decoding: bytes, as: UTF8.self)][index]
        #expect(throws: AuthorityError.self) {
            try authority.issueAgent("s1", hosts: [], signingRequest: text, from: now, lifetimeSeconds: 60)
        }
    }
}
