import Drivers
import Foundation
import NIOCore
package import NIOSSL
import Synchronization

/// Who an agent is to its monitor: its key, its certificate, and the authority it takes orders from. Kept in `DATA/identity.json`,
/// mode 0600, from the join on.
package final class AgentIdentity: Sendable {
    /// What is kept.
    package struct Document: Sendable, Codable, Equatable {
        package var server: String
        /// All three in PEM.
        package var key: String
        package var certificate: String
        package var authority: String
        /// `HOST:PORT` where the next certificate is asked for.
        package var monitor: String
    }

    private let path: String
    private let document: Mutex<Document>

    init(_ document: Document, path: String) {
        self.document = Mutex(document)
        self.path = path
    }

    static func path(in dataDirectory: String) -> String { dataDirectory + "/identity.json" }

    /// The identity of an agent that has joined; nil for one that has not.
    package static func load(dataDirectory: String) throws -> AgentIdentity? {
        let path = path(in: dataDirectory)
        return try DurableFile.read(Document.self, fromJSON: path).map { AgentIdentity($0, path: path) }
    }

    package var current: Document { document.withLock { $0 } }

    /// Puts the next key and certificate in the place of those in force; connections that stand go on.
    func renew(key: String, certificate: String) throws {
        var next = current
        next.key = key
        next.certificate = certificate
        try DurableFile.write(next, asJSONTo: path)
        document.withLock { $0 = next }
    }

    /// How the agent answers: with the certificate in force at each new connection, to a monitor of its authority and to nobody else.
    package func tlsConfiguration() throws -> TLSConfiguration {
        let document = current
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try .init(bytes: Array(document.certificate.utf8), format: .pem))],
            privateKey: .privateKey(try .init(bytes: Array(document.key.utf8), format: .pem)))
        configuration.trustRoots = .certificates([try .init(bytes: Array(document.authority.utf8), format: .pem)])
        // What a monitor is called does not matter; that it may ask is in its certificate.
        configuration.certificateVerification = .noHostnameVerification
        configuration.minimumTLSVersion = .tlsv12
        configuration.sslContextCallback = { _, promise in
            promise.completeWith(
                Result {
                    let document = self.current
                    var override = NIOSSLContextConfigurationOverride()
                    override.certificateChain = [.certificate(try .init(bytes: Array(document.certificate.utf8), format: .pem))]
                    override.privateKey = .privateKey(try .init(bytes: Array(document.key.utf8), format: .pem))
                    return override
                })
        }
        return configuration
    }
}
