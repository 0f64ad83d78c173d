package import Authority
package import Foundation
import NIOCore
package import NIOSSL
import Synchronization

/// The monitor's own key and certificate. Both are made anew at each start and held in memory only, as the authority is at hand.
package final class MonitorIdentity: Sendable {
    private struct Held {
        var certificate: AgentCertificate
        var pem: String
        var key: String
    }

    private let authority: CertificateAuthority
    private let lifetimeSeconds: Double
    private let held: Mutex<Held>

    package init(_ authority: CertificateAuthority, lifetimeSeconds: Double, at now: Date) throws {
        self.authority = authority
        self.lifetimeSeconds = lifetimeSeconds
        held = Mutex(try MonitorIdentity.make(authority, lifetimeSeconds, now))
    }

    private static func make(_ authority: CertificateAuthority, _ lifetimeSeconds: Double, _ now: Date) throws -> Held {
        let key = CertificateKey()
        let pem = try authority.issueMonitor(key, from: now, lifetimeSeconds: lifetimeSeconds)
        return Held(certificate: try AgentCertificate(pem: pem), pem: pem, key: key.pem)
    }

    /// When the certificate in force is to be replaced.
    package var renewalDue: Date { held.withLock { $0.certificate.renewalDue } }

    /// Replaces the certificate where that is due.
    package func renewIfDue(at now: Date) throws -> Bool {
        guard now >= renewalDue else { return false }
        let next = try MonitorIdentity.make(authority, lifetimeSeconds, now)
        held.withLock { $0 = next }
        return true
    }

    /// How agents are spoken to: they have to be of this authority and at the address that they were made for.
    package func clientConfiguration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates([try root()])
        try present(in: &configuration)
        return configuration
    }

    /// How whatever is scraped is spoken to: agents as above, and exporters with certificates of public authorities.
    package func scrapeConfiguration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.additionalTrustRoots = [.certificates([try root()])]
        try present(in: &configuration)
        return configuration
    }

    /// How those who join are answered: with the certificate in force at each new connection.
    func serverConfiguration() throws -> TLSConfiguration {
        let (chain, key) = try pair()
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        configuration.minimumTLSVersion = .tlsv12
        configuration.sslContextCallback = { _, promise in
            promise.completeWith(
                Result {
                    let (chain, key) = try self.pair()
                    var override = NIOSSLContextConfigurationOverride()
                    override.certificateChain = chain
                    override.privateKey = key
                    return override
                })
        }
        return configuration
    }

    private func present(in configuration: inout TLSConfiguration) throws {
        let (chain, key) = try pair()
        configuration.certificateChain = chain
        configuration.privateKey = key
    }

    private func root() throws -> NIOSSLCertificate { try NIOSSLCertificate(bytes: Array(authority.pem.utf8), format: .pem) }

    private func pair() throws -> ([NIOSSLCertificateSource], NIOSSLPrivateKeySource) {
        let (pem, key) = held.withLock { ($0.pem, $0.key) }
        return (
            [.certificate(try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem))],
            .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
        )
    }
}
