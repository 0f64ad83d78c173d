import Crypto
import Foundation
import SwiftASN1
import X509

/// A P-256 key and what it signs.
package struct CertificateKey: Sendable {
    let key: P256.Signing.PrivateKey

    /// A new key.
    package init() { key = P256.Signing.PrivateKey() }

    /// Reads a key's PEM.
    package init(pem: String) throws(AuthorityError) {
        do { key = try P256.Signing.PrivateKey(pemRepresentation: pem) } catch {
            throw AuthorityError(.malformed, "this is no P-256 key in PEM: \(error)")
        }
    }

    package var pem: String { key.pemRepresentation }

    /// Asks for a certificate on this key, in PEM.
    package func signingRequest(for server: String) throws(AuthorityError) -> String {
        do {
            return try CertificateSigningRequest(
                version: .v1, subject: DistinguishedName { CommonName(server) }, privateKey: Certificate.PrivateKey(key),
                attributes: CertificateSigningRequest.Attributes(), signatureAlgorithm: .ecdsaWithSHA256
            ).serializeAsPEM().pemString
        } catch {
            throw AuthorityError(.malformed, "no certificate can be asked for in the name of \"\(server)\": \(error)")
        }
    }

    /// What shows that a renewal is asked for by the owner of this key, in base 64.
    package func signature(ofRenewal signingRequest: String) throws(AuthorityError) -> String {
        do { return try key.signature(for: CertificateKey.renewal(signingRequest)).derRepresentation.base64EncodedString() } catch
        {
            throw AuthorityError(.malformed, "the renewal can't be signed: \(error)")
        }
    }

    /// What is signed; the prefix keeps the signature from meaning anything elsewhere.
    static func renewal(_ signingRequest: String) -> Data { Data("magewatch renewal 1\n\(signingRequest)".utf8) }
}
