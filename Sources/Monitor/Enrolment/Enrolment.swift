package import Authority
package import Foundation
import Telemetry

/// Decides who gets a certificate of the stack's authority.
///
/// A token is noted as used, and for which key, before its certificate is made: a monitor killed in between gives the same server
/// its certificate when it asks again, and nobody else ever.
package actor Enrolment {
    /// Writes into the audit log: kind, server, detail.
    package typealias Audit = @Sendable (_ kind: String, _ server: String, _ detail: String) throws -> Void

    nonisolated package let authority: CertificateAuthority
    nonisolated let files: AuthorityFiles
    /// The addresses of each server's agent, as the configuration has them.
    private let hosts: [String: [String]]
    private let lifetimeSeconds: Double
    private let audit: Audit

    package init(
        authority: CertificateAuthority, files: AuthorityFiles, hosts: [String: [String]], lifetimeSeconds: Double,
        audit: @escaping Audit
    ) {
        self.authority = authority
        self.files = files
        self.hosts = hosts
        self.lifetimeSeconds = lifetimeSeconds
        self.audit = audit
    }

    /// Takes back the certificates of servers that are no more among the stack's.
    package func revokeWhoLeft(at now: Date) throws {
        for server in files.joinedServers() where hosts[server] == nil {
            guard try !files.isRevoked(server) else { continue }
            try files.revoke(server, at: now)
            try audit("certificate-revoked", server, "the server left the stack")
        }
    }

    /// A server joins.
    package func join(_ request: JoinRequest, at now: Date) throws -> EnrolmentAnswer {
        let hosts = try hosts(of: request.server)
        guard var token = try files.token(hash: JoinToken.hash(ofSecret: request.secret)), token.server == request.server else {
            throw AuthorityError(
                .token, "this join token is unknown or was taken back; make one with \"magewatch agent token \(request.server)\"")
        }
        let print = try CertificateAuthority.print(ofSigningRequest: request.signingRequest)
        guard token.usedFor == nil || token.usedFor == print else {
            throw AuthorityError(
                .token,
                "this join token was used already; each joins one server once: make another with "
                    + "\"magewatch agent token \(request.server)\". If you did not use it, someone else did: "
                    + "\"magewatch agent revoke \(request.server)\"")
        }
        guard now < token.until else {
            throw AuthorityError(
                .token,
                "this join token was good until \(token.until.formatted(.iso8601)); make another with "
                    + "\"magewatch agent token \(request.server)\"")
        }
        if token.usedFor == nil {
            token.usedFor = print
            try files.keep(token)
            try audit("agent-joined", request.server, "by a token, with the key \(print.prefix(16))")
        }
        // Times in certificates are whole seconds: what is made in the second of a revocation must be later than that.
        var time = now
        if let revoked = try files.revokedAt(request.server) { time = max(now, revoked.addingTimeInterval(2)) }
        return try issue(request.server, hosts: hosts, signingRequest: request.signingRequest, at: time)
    }

    /// A server that has a certificate gets the next.
    package func renew(_ request: RenewalRequest, at now: Date) throws -> EnrolmentAnswer {
        let current = try authority.renewed(request, at: now)
        let hosts = try hosts(of: current.name)
        if let revoked = try files.revokedAt(current.name), current.issuedAt <= revoked {
            throw AuthorityError(
                .revoked,
                "the certificates of \(current.name) were taken back at \(revoked.formatted(.iso8601)); to have it back, join "
                    + "with a new token: \"magewatch agent token \(current.name)\"")
        }
        return try issue(current.name, hosts: hosts, signingRequest: request.signingRequest, at: now)
    }

    private func issue(_ server: String, hosts: [String], signingRequest: String, at now: Date) throws -> EnrolmentAnswer {
        let pem = try authority.issueAgent(
            server, hosts: hosts, signingRequest: signingRequest, from: now, lifetimeSeconds: lifetimeSeconds)
        let certificate = try AgentCertificate(pem: pem)
        try files.keep(.init(server: server, issuedAt: certificate.issuedAt, notAfter: certificate.notAfter))
        return EnrolmentAnswer(certificate: pem, authority: authority.pem)
    }

    private func hosts(of server: String) throws(AuthorityError) -> [String] {
        guard let hosts = hosts[server] else {
            throw AuthorityError(
                .token,
                "\"\(server)\" is not among the servers of this stack; write it under servers in the monitor's configuration and "
                    + "start the monitor again")
        }
        return hosts
    }
}
