import Topology

extension MagewatchConfiguration {
    /// The stack's own authority, which gives agents and monitor their certificates.
    package struct Authority: Sendable, Equatable {
        /// Where agents join and renew.
        package var endpoint = Endpoint(host: "0.0.0.0", port: 7103)
        /// How long a certificate is good for; it is renewed after two thirds of that.
        package var lifetimeSeconds = 7.0 * 86_400

        package init() {}
    }
}

extension ConfigurationDecoder {
    /// Shortest time that a certificate may be good for.
    private static let minimumLifetimeSeconds = 2.0

    func authority(_ reader: YAMLReader) -> MagewatchConfiguration.Authority {
        var authority = MagewatchConfiguration.Authority()
        endpoint(reader, &authority.endpoint)
        if let seconds = positive(reader, "certificates-for") {
            if seconds < ConfigurationDecoder.minimumLifetimeSeconds {
                reader.fail("certificates-for", "is less than \(Int(ConfigurationDecoder.minimumLifetimeSeconds))s")
            }
            authority.lifetimeSeconds = seconds
        }
        return authority
    }

    /// An agent that is reached by https is one that joined, which takes an authority.
    func crossCheckAuthority(_ top: YAMLReader, _ configuration: MagewatchConfiguration) {
        guard configuration.authority == nil else { return }
        for server in configuration.servers where server.agentURL.hasPrefix("https://") {
            top.fail(
                "servers",
                "the agent of \"\(server.name)\" is reached by https, which takes certificates: write an authority section")
        }
    }
}
