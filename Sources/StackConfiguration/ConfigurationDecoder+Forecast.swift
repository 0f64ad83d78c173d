import Topology

extension ConfigurationDecoder {
    func forecast(_ reader: YAMLReader, _ forecast: inout MagewatchConfiguration.ForecastSettings) {
        set(&forecast.intervalSeconds, positive(reader, "interval"))
        set(&forecast.leadsSeconds, reader.durations("leads")?.sorted())
        set(&forecast.limit, reader.number("limit"))
        set(&forecast.historySeconds, positive(reader, "history"))
        section(reader.mapping("acceptable-latency")) { roles in
            for name in roles.keys {
                let seconds = positive(roles, name)
                if let role = role(name, in: roles) { forecast.acceptableLatencySeconds[role] = seconds }
            }
        }
        if !(0.01...1).contains(forecast.limit) { reader.fail("limit", "must lie between 0.01 and 1") }
        if forecast.leadsSeconds.isEmpty { reader.fail("leads", "needs at least one duration") }
    }
}
