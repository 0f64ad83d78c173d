import Telemetry
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
        events(reader, &forecast)
        holidays(reader, &forecast)
        if !(0.01...1).contains(forecast.limit) { reader.fail("limit", "must lie between 0.01 and 1") }
        if forecast.leadsSeconds.isEmpty { reader.fail("leads", "needs at least one duration") }
    }

    private func events(_ reader: YAMLReader, _ forecast: inout MagewatchConfiguration.ForecastSettings) {
        let events = reader.mappings("events")
        if events.count > KnownEvent.maximumEvents { reader.fail("events", "has more than \(KnownEvent.maximumEvents) events") }
        forecast.events = events.map(event)
        if Set(forecast.events.map { "\($0.role?.rawValue ?? "") \($0.name)" }).count < forecast.events.count {
            reader.fail("events", "has the same name twice; give one event several times instead")
        }
    }

    private func holidays(_ reader: YAMLReader, _ forecast: inout MagewatchConfiguration.ForecastSettings) {
        for country in reader.strings("holidays") ?? [] {
            if !HolidayCalendar.countries.contains(country) {
                let known = HolidayCalendar.countries.joined(separator: ", ")
                reader.fail("holidays", "\"\(country)\" is no country whose holidays are known: \(known)")
            } else if forecast.holidays.contains(country) {
                reader.fail("holidays", "names \(country) twice")
            } else {
                forecast.holidays.append(country)
            }
        }
    }

    private func event(_ reader: YAMLReader) -> MagewatchConfiguration.ForecastSettings.Event {
        defer { reader.finish() }
        if !reader.has("at") { reader.fail("at", "is missing: say when it begins, for instance 2026-11-27 00:00") }
        let texts = reader.strings("at") ?? []
        if texts.count > KnownEvent.maximumTimes { reader.fail("at", "has more than \(KnownEvent.maximumTimes) times") }
        let times = texts.compactMap { text -> Int64? in
            let time = CivilTime.local(text)
            if time == nil { reader.fail("at", "\"\(text)\" is no time such as 2026-11-27 00:00") }
            return time
        }
        if !reader.has("for") { reader.fail("for", "is missing: say how long it lasts, for instance 24h") }
        let lift = reader.number("lift")
        if let lift, !KnownEvent.liftRange.contains(lift) { reader.fail("lift", "must lie between 0.01 and 100") }
        let seconds = positive(reader, "for") ?? 3600
        if seconds > 31 * 86_400 { reader.fail("for", "is longer than 31d") }
        var name = reader.requiredString("name")
        if name.count > 100 {
            reader.fail("name", "is longer than 100 characters")
            name = ""
        }
        return .init(
            name: name, role: reader.has("role") ? role(reader.requiredString("role"), of: "role", in: reader) : nil,
            localTimes: times.sorted(), seconds: seconds, lift: lift)
    }
}
