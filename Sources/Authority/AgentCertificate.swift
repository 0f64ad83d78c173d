import Crypto
package import Foundation
import SwiftASN1
import X509

/// What a certificate says, as far as monitor and agents care.
package struct AgentCertificate: Sendable, Equatable {
    /// How far a certificate's time begins before it is made, for clocks that are behind.
    package static let backdatedSeconds = 3600.0

    /// The common name: the server's, for an agent.
    package let name: String
    /// In hex.
    package let serial: String
    package let notBefore: Date
    package let notAfter: Date
    let certificate: Certificate

    /// Reads a certificate's PEM.
    package init(pem: String) throws(AuthorityError) {
        do { self.init(try Certificate(pemEncoded: pem)) } catch {
            throw AuthorityError(.malformed, "this is no certificate in PEM: \(error)")
        }
    }

    init(_ certificate: Certificate) {
        self.certificate = certificate
        name =
            certificate.subject.lazy.flatMap { $0 }.first { $0.type == .RDNAttributeType.commonName }
            .flatMap { String($0.value) } ?? ""
        serial = Hex.text(of: certificate.serialNumber.bytes)
        notBefore = certificate.notValidBefore
        notAfter = certificate.notValidAfter
    }

    /// When it was made, to the second.
    package var issuedAt: Date { notBefore.addingTimeInterval(AgentCertificate.backdatedSeconds) }

    /// From when on the next is asked for: after two thirds of its time, so that a monitor may be away for the last third.
    package var renewalDue: Date { issuedAt.addingTimeInterval(notAfter.timeIntervalSince(issuedAt) * 2 / 3) }

    /// Looks whether its time is now.
    /// - Throws: what to do, where it is not.
    package func check(at now: Date) throws(AuthorityError) {
        if now >= notAfter {
            throw AuthorityError(
                .time,
                "the certificate of \(name) ended at \(text(notAfter)), and it is \(text(now)) here: if the clock is right, join anew "
                    + "with \"magewatch agent token \(name)\" on the monitor and \"magewatch agent join\" on the server")
        }
        if now < notBefore {
            throw AuthorityError(
                .time,
                "the certificate of \(name) begins at \(text(notBefore)), and it is \(text(now)) here: set this machine's clock")
        }
    }

    private func text(_ date: Date) -> String { date.formatted(.iso8601) }

    /// Whether the owner of this certificate's key signed a renewal.
    func isSigned(renewal signingRequest: String, signature: String) -> Bool {
        guard let data = Data(base64Encoded: signature), let key = P256.Signing.PublicKey(certificate.publicKey),
            let signature = try? P256.Signing.ECDSASignature(derRepresentation: data)
        else { return false }
        return key.isValidSignature(signature, for: CertificateKey.renewal(signingRequest))
    }
}
