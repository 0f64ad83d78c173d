import Crypto
package import Foundation
import SwiftASN1
import X509

/// The authority of one stack: signs the certificates of its agents and of its monitor, and knows them again.
///
/// Agents get certificates that are good for answering only, the monitor one that is good for asking, so that an agent can't give
/// orders to another with its own. What an agent's certificate is good for (its address) is what the monitor's configuration says,
/// whatever the agent asked for.
package struct CertificateAuthority: Sendable {
    /// How long the authority itself is good for.
    static let lifetimeSeconds = 20 * 365.25 * 86_400
    /// The name by which agents know the port where they join.
    package static let monitorName = "monitor.magewatch"
    /// Longest signing request that is looked at.
    static let maximumRequestBytes = 8192

    let key: CertificateKey
    let certificate: Certificate
    /// The authority's certificate.
    package let pem: String
    /// The authority's key: whoever has it is the authority.
    package var keyPEM: String { key.pem }
    /// SHA-256 of the certificate, in hex.
    package let print: String

    /// A new authority for a stack.
    package init(stack: String, at now: Date) throws(AuthorityError) {
        let key = CertificateKey()
        do {
            let name = try DistinguishedName {
                OrganizationName("Magewatch")
                CommonName("authority of \(stack)")
            }
            let certificate = try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PrivateKey(key.key).publicKey,
                notValidBefore: now.addingTimeInterval(-AgentCertificate.backdatedSeconds),
                notValidAfter: now.addingTimeInterval(CertificateAuthority.lifetimeSeconds), issuer: name, subject: name,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                }, issuerPrivateKey: Certificate.PrivateKey(key.key))
            try self.init(key: key, pem: certificate.serializeAsPEM().pemString)
        } catch let error as AuthorityError {
            throw error
        } catch {
            throw AuthorityError(.malformed, "no authority can be made for the stack \"\(stack)\": \(error)")
        }
    }

    /// The authority as it was kept.
    package init(key: CertificateKey, pem: String) throws(AuthorityError) {
        let read = try AgentCertificate(pem: pem)
        guard read.certificate.publicKey == Certificate.PublicKey(key.key.publicKey) else {
            throw AuthorityError(
                .stranger, "the authority's certificate does not belong to its key; restore both from one backup")
        }
        self.key = key
        self.pem = pem
        certificate = read.certificate
        print = try CertificateAuthority.print(ofPEM: pem)
    }

    /// The print of a certificate: the SHA-256 of its bytes, in hex.
    package static func print(ofPEM pem: String) throws(AuthorityError) -> String {
        do { return Hex.text(of: SHA256.hash(data: Data(try PEMDocument(pemString: pem).derBytes))) } catch {
            throw AuthorityError(.malformed, "this is no certificate in PEM: \(error)")
        }
    }

    /// The print of the key that a certificate is asked for; the request is signed by it.
    package static func print(ofSigningRequest pem: String) throws(AuthorityError) -> String {
        Hex.text(of: SHA256.hash(data: try publicKey(of: pem).x963Representation))
    }

    /// Makes the certificate of an agent.
    /// - Parameter hosts: the addresses or names under which the monitor reaches it.
    package func issueAgent(
        _ server: String, hosts: [String], signingRequest: String, from now: Date, lifetimeSeconds: Double
    ) throws(AuthorityError) -> String {
        let key = try CertificateAuthority.publicKey(of: signingRequest)
        return try issue(
            server, names: hosts.map(CertificateAuthority.name(of:)), usages: [.serverAuth], key: key, from: now,
            lifetimeSeconds: lifetimeSeconds)
    }

    /// Makes the certificate of a monitor.
    package func issueMonitor(_ key: CertificateKey, from now: Date, lifetimeSeconds: Double) throws(AuthorityError) -> String {
        try issue(
            "monitor", names: [.dnsName(CertificateAuthority.monitorName)], usages: [.clientAuth, .serverAuth],
            key: key.key.publicKey, from: now, lifetimeSeconds: lifetimeSeconds)
    }

    /// The certificate in force of someone who asks for the next, where he may.
    package func renewed(_ request: RenewalRequest, at now: Date) throws(AuthorityError) -> AgentCertificate {
        let current = try AgentCertificate(pem: request.certificate)
        guard certificate.publicKey.isValidSignature(current.certificate.signature, for: current.certificate) else {
            throw AuthorityError(
                .stranger,
                "the certificate of \(current.name) is of another authority; join this stack with a token of its monitor")
        }
        try current.check(at: now)
        guard current.isSigned(renewal: request.signingRequest, signature: request.signature) else {
            throw AuthorityError(.stranger, "the renewal for \(current.name) is not signed by the key of its certificate")
        }
        return current
    }

    private func issue(
        _ name: String, names: [GeneralName], usages: [ExtendedKeyUsage.Usage], key: P256.Signing.PublicKey, from now: Date,
        lifetimeSeconds: Double
    ) throws(AuthorityError) -> String {
        do {
            return try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key),
                notValidBefore: now.addingTimeInterval(-AgentCertificate.backdatedSeconds),
                notValidAfter: now.addingTimeInterval(lifetimeSeconds), issuer: certificate.subject,
                subject: DistinguishedName { CommonName(name) }, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage(usages)
                    SubjectAlternativeNames(names)
                }, issuerPrivateKey: Certificate.PrivateKey(self.key.key)
            ).serializeAsPEM().pemString
        } catch {
            throw AuthorityError(.malformed, "no certificate can be made for \"\(name)\": \(error)")
        }
    }

    /// The key that signed the request. Only P-256 is taken, which is what agents make.
    private static func publicKey(of signingRequest: String) throws(AuthorityError) -> P256.Signing.PublicKey {
        guard signingRequest.utf8.count <= maximumRequestBytes else {
            throw AuthorityError(.malformed, "a signing request has at most \(maximumRequestBytes) bytes")
        }
        let request: CertificateSigningRequest
        do { request = try CertificateSigningRequest(pemEncoded: signingRequest) } catch {
            throw AuthorityError(.malformed, "this is no signing request in PEM: \(error)")
        }
        guard let key = P256.Signing.PublicKey(request.publicKey),
            request.publicKey.isValidSignature(request.signature, for: request)
        else { throw AuthorityError(.malformed, "the signing request is not signed by a P-256 key of its own") }
        return key
    }

    private static func name(of host: String) -> GeneralName {
        if let bytes = AddressBytes.parse(host) { return .ipAddress(ASN1OctetString(contentBytes: bytes[...])) }
        return .dnsName(host)
    }
}
