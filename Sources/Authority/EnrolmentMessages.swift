/// `POST /v1/join`: a server that has a token asks for its certificate.
package struct JoinRequest: Sendable, Codable, Equatable {
    package var server: String
    package var secret: String
    /// PEM, signed by the key that the certificate is for.
    package var signingRequest: String

    package init(server: String, secret: String, signingRequest: String) {
        self.server = server
        self.secret = secret
        self.signingRequest = signingRequest
    }
}

/// `POST /v1/renew`: a server that has a certificate asks for the next.
package struct RenewalRequest: Sendable, Codable, Equatable {
    /// PEM, signed by the new key.
    package var signingRequest: String
    /// The certificate in force, PEM.
    package var certificate: String
    /// Of the signing request's text, by the key of the certificate in force: DER in base 64.
    package var signature: String

    package init(signingRequest: String, certificate: String, signature: String) {
        self.signingRequest = signingRequest
        self.certificate = certificate
        self.signature = signature
    }
}

/// A certificate that was asked for.
package struct EnrolmentAnswer: Sendable, Codable, Equatable {
    /// PEM.
    package var certificate: String
    /// The authority's own, PEM.
    package var authority: String

    package init(certificate: String, authority: String) {
        self.certificate = certificate
        self.authority = authority
    }
}
