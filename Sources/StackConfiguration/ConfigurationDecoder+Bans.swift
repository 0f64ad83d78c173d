extension ConfigurationDecoder {
    func bans(_ reader: YAMLReader, _ bans: inout MagewatchConfiguration.Bans) {
        set(&bans.maximumOrders, reader.integer("orders", in: 0...1_000_000))
        set(&bans.maximumLogins, reader.integer("logins", in: 0...1_000_000))
        set(&bans.innocentShare, reader.number("innocent-share"))
        if !(0...1).contains(bans.innocentShare) { reader.fail("innocent-share", "must lie between 0 and 1") }
        set(&bans.pathRequestsPerMinute, reader.integer("path-requests-per-minute", in: 1...100_000))
        set(&bans.servers, reader.strings("servers"))
    }
}
