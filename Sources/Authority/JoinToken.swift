import Crypto
import Foundation

/// What lets one server join a stack, once: the secret, and the print of the authority that the server may trust.
///
/// `mw1.SERVER.SECRET.PRINT`. The print is what lets the new server know the monitor, before it has any certificate: it trusts the
/// authority whose certificate has that SHA-256, and sends the secret to nobody else.
package struct JoinToken: Sendable, Equatable, CustomStringConvertible {
    /// How long a token is good for where nothing is said.
    package static let defaultLifetimeSeconds = 3600.0
    /// Longest text that is read.
    static let maximumBytes = 512
    static let secretBytes = 24

    package let server: String
    /// 24 random bytes in hex.
    package let secret: String
    /// SHA-256 of the authority's certificate, in hex.
    package let authority: String

    /// A new token with a secret of its own.
    package init(server: String, authority: String) {
        self.server = server
        var generator = SystemRandomNumberGenerator()
        secret = Hex.text(of: (0..<JoinToken.secretBytes).map { _ in generator.next() as UInt8 })
        self.authority = authority
    }

    /// Reads a token as `magewatch agent token` printed it.
    package init(parsing text: String) throws(AuthorityError) {
        let parts = text.utf8.count <= JoinToken.maximumBytes ? text.split(separator: ".", omittingEmptySubsequences: false) : []
        // A server's name may hold dots; the other parts do not.
        guard parts.count >= 4, parts[0] == "mw1",
            Hex.isHex(parts[parts.count - 2], bytes: JoinToken.secretBytes), Hex.isHex(parts[parts.count - 1], bytes: 32)
        else {
            throw AuthorityError(
                .malformed,
                "this is no join token; copy the whole line that \"magewatch agent token SERVER\" printed, which begins with mw1."
            )
        }
        server = parts[1..<(parts.count - 2)].joined(separator: ".")
        secret = String(parts[parts.count - 2])
        authority = String(parts[parts.count - 1])
        guard !server.isEmpty else { throw AuthorityError(.malformed, "this join token names no server; make a new one") }
    }

    package var description: String { "mw1.\(server).\(secret).\(authority)" }

    /// What is kept of the secret: who reads the monitor's files can't join with it.
    package static func hash(ofSecret secret: String) -> String { Hex.text(of: SHA256.hash(data: Data(secret.utf8))) }
}
