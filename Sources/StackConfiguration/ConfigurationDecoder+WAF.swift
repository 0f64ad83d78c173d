extension ConfigurationDecoder {
    /// An answer that takes longer than this is of no use any more.
    private static let maximumResolverSeconds = 30.0

    func waf(_ reader: YAMLReader, _ waf: inout MagewatchConfiguration.WAF) {
        waf.countryDatabase = reader.string("country-database")
        waf.networkDatabase = reader.string("network-database")
        set(&waf.verifiesCrawlers, reader.boolean("verify-crawlers"))
        if let text = reader.string("resolver") {
            waf.resolver = Units.endpoint(text)
            if waf.resolver == nil { reader.fail("resolver", "\"\(text)\" is not ADDRESS:PORT") }
        }
        set(&waf.resolverTimeoutSeconds, positive(reader, "resolver-timeout"))
        if waf.resolverTimeoutSeconds > ConfigurationDecoder.maximumResolverSeconds {
            reader.fail("resolver-timeout", "must be no more than \(Int(ConfigurationDecoder.maximumResolverSeconds)) s")
        }
    }
}
