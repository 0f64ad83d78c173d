package import Authority
import Drivers
package import Foundation

/// What an authority keeps, in `DATA/authority` of the monitor: its key (mode 0600), the tokens that were given, who joined, and
/// whose certificates were taken back. One file each, so that the commands work beside a monitor that runs, and one that does not.
package struct AuthorityFiles: Sendable {
    /// A token that was given.
    struct Token: Codable, Equatable {
        var server: String
        var secretHash: String
        var until: Date
        /// The print of the key that it was used for: the same key may ask again, as the answer may have been lost.
        var usedFor: String?
    }

    /// The certificate that a server was given last.
    struct Joined: Codable, Equatable {
        var server: String
        var issuedAt: Date
        var notAfter: Date
    }

    /// Most tokens kept; the oldest go when more are made.
    static let maximumTokens = 1000

    let directory: String

    package init(dataDirectory: String) { directory = dataDirectory + "/authority" }

    /// The stack's authority, made where there is none yet.
    package func authority(of stack: String, at now: Date) throws -> CertificateAuthority {
        if let key = FileManager.default.contents(atPath: keyPath) {
            guard let pem = FileManager.default.contents(atPath: certificatePath) else {
                throw AuthorityError(
                    .storage,
                    "\(keyPath) is there and \(certificatePath) is not: restore both from one backup, or remove the key to "
                        + "begin with a new authority, which all agents have to join anew")
            }
            return try CertificateAuthority(
                key: CertificateKey(pem: String(decoding: key, as: UTF8.self)), pem: String(decoding: pem, as: UTF8.self))
        }
        let authority = try CertificateAuthority(stack: stack, at: now)
        // The key last: with it the authority is there, and whole.
        try DurableFile.write(Data(authority.pem.utf8), to: certificatePath)
        try DurableFile.write(Data(authority.keyPEM.utf8), to: keyPath)
        return authority
    }

    private var keyPath: String { directory + "/authority.key" }
    private var certificatePath: String { directory + "/authority.pem" }

    /// Makes a token for a server.
    package func makeToken(
        for server: String, of authority: CertificateAuthority, at now: Date, forSeconds lifetime: Double
    ) throws -> JoinToken {
        try Names.check(server, "server")
        let token = JoinToken(server: server, authority: authority.print)
        dropOldTokens(at: now)
        let hash = JoinToken.hash(ofSecret: token.secret)
        try DurableFile.write(
            Token(server: server, secretHash: hash, until: now.addingTimeInterval(lifetime)), asJSONTo: tokenPath(hash))
        return token
    }

    func token(hash: String) throws -> Token? { try DurableFile.read(Token.self, fromJSON: tokenPath(hash)) }

    func keep(_ token: Token) throws { try DurableFile.write(token, asJSONTo: tokenPath(token.secretHash)) }

    private func tokenPath(_ hash: String) -> String { "\(directory)/tokens/\(hash).json" }

    /// Tokens that are over stay for a day, so that whoever comes late is told so; there are never more than ``maximumTokens``.
    private func dropOldTokens(at now: Date) {
        let directory = "\(directory)/tokens"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var tokens = names.compactMap { name -> (path: String, until: Date)? in
            let path = "\(directory)/\(name)"
            return (try? DurableFile.read(Token.self, fromJSON: path)).flatMap { $0 }.map { (path, $0.until) }
        }
        tokens.sort { $0.until < $1.until }
        let excess = max(0, tokens.count - AuthorityFiles.maximumTokens + 1)
        for (index, token) in tokens.enumerated() where index < excess || token.until.addingTimeInterval(86_400) < now {
            try? FileManager.default.removeItem(atPath: token.path)  // One that can't be removed is in nobody's way.
        }
    }

    func joined(_ server: String) throws -> Joined? { try DurableFile.read(Joined.self, fromJSON: joinedPath(server)) }

    func keep(_ joined: Joined) throws { try DurableFile.write(joined, asJSONTo: joinedPath(joined.server)) }

    /// The servers that ever joined.
    func joinedServers() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/servers")) ?? []
        return names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    private func joinedPath(_ server: String) -> String { "\(directory)/servers/\(server).json" }

    /// When a server's certificates were taken back: those made until then count no more. Nil where they never were.
    func revokedAt(_ server: String) throws -> Date? {
        try DurableFile.read(Date.self, fromJSON: "\(directory)/revoked/\(server).json")
    }

    /// Takes back what a server was given, and its tokens.
    package func revoke(_ server: String, at now: Date) throws {
        try Names.check(server, "server")
        try DurableFile.write(now, asJSONTo: "\(directory)/revoked/\(server).json")
        let tokens = "\(directory)/tokens"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: tokens)) ?? [] {
            let path = "\(tokens)/\(name)"
            if try DurableFile.read(Token.self, fromJSON: path)?.server == server {
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    /// Whether the certificate that a server was given last was taken back.
    package func isRevoked(_ server: String) throws -> Bool {
        guard let revoked = try revokedAt(server) else { return false }
        guard let joined = try joined(server) else { return true }
        return joined.issuedAt <= revoked
    }
}
