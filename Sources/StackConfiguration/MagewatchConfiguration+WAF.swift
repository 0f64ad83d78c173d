extension MagewatchConfiguration {
    /// What the attack analysis is given from outside.
    package struct WAF: Sendable, Equatable {
        /// A database of countries in MaxMind's format; where there is none, nothing goes by country.
        package var countryDatabase: String?
        /// A database of autonomous systems in MaxMind's format; where there is none, nothing goes by them.
        package var networkDatabase: String?
        /// Whether the name service is asked if those who claim to be crawlers are.
        package var verifiesCrawlers = true
        /// The name server that is asked; the system's where nothing is said.
        package var resolver: Endpoint?
        /// How long it may take to answer.
        package var resolverTimeoutSeconds = 2.0

        package init() {}
    }
}
