import Authority
import Foundation
import Logging
import ServiceLifecycle
import Telemetry

/// Gets an agent its next certificate before the one in force ends.
struct CertificateKeeper: Service {
    /// Longest time between two looks.
    static let maximumSeconds = 600.0

    let identity: AgentIdentity
    let client: EnrolmentClient
    let metrics: SelfMetrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = ""
            while !Task.isCancelled {
                let problem = await self.look(at: Date())
                // The same failure is told once.
                if let problem, problem != last { self.logger.error("the next certificate could not be had: \(problem)") }
                last = problem ?? ""
                guard (try? await Task.sleep(for: .seconds(self.pauseSeconds))) != nil else { return }
            }
        }
    }

    /// Twenty looks in a certificate's time: many tries before it ends.
    private var pauseSeconds: Double {
        guard let certificate = try? AgentCertificate(pem: identity.current.certificate) else {
            return CertificateKeeper.maximumSeconds
        }
        let lifetime = certificate.notAfter.timeIntervalSince(certificate.issuedAt)
        return min(CertificateKeeper.maximumSeconds, max(0.2, lifetime / 20))
    }

    /// Renews where that is due. What went wrong, or nil.
    func look(at now: Date) async -> String? {
        do {
            let certificate = try AgentCertificate(pem: identity.current.certificate)
            guard now >= certificate.renewalDue else { return nil }
            // One that ended can't be renewed; the error says what to do.
            try certificate.check(at: now)
            try await client.renew(identity, at: now)
            metrics.add("magewatch_agent_certificate_renewals_total", ["outcome": "renewed"])
            let next = try AgentCertificate(pem: identity.current.certificate)
            logger.info("the certificate was renewed: good until \(next.notAfter)")
            return nil
        } catch {
            metrics.add("magewatch_agent_certificate_renewals_total", ["outcome": "failed"])
            return "\(error)"
        }
    }
}
