import Foundation
import Topology

extension ConfigurationDecoder {
    private typealias Scaler = MagewatchConfiguration.Scaler

    func scaler(_ reader: YAMLReader, _ scaler: inout MagewatchConfiguration.Scaler) {
        set(&scaler.mode, mode(reader))
        section(reader.mapping("roles")) { roles in
            for (role, reader) in self.roles(in: roles) {
                section(reader) { scaler.modes[role] = mode($0) }
            }
        }
        set(&scaler.billedPeriodSeconds, positive(reader, "billed-period"))
        set(&scaler.releaseWindowSeconds, positive(reader, "release-window"))
        set(&scaler.maximumOverflowServers, reader.integer("maximum-overflow-servers", in: 0...10_000))
        set(&scaler.coolDownSeconds, reader.duration("cool-down"))
        set(&scaler.targetUtilisation, reader.number("target-utilisation"))
        set(&scaler.tickSeconds, positive(reader, "tick"))
        set(&scaler.attachSeconds, reader.duration("attach-time"))
        set(&scaler.saturatedShare, reader.number("saturated-share"))
        if !(1...3600).contains(scaler.tickSeconds) { reader.fail("tick", "must lie between 1s and 1h") }
        if scaler.attachSeconds > 3600 { reader.fail("attach-time", "is more than an hour") }
        if !(0.0001...0.2).contains(scaler.saturatedShare) { reader.fail("saturated-share", "must lie between 0.0001 and 0.2") }
        if !(0.05...1).contains(scaler.targetUtilisation) { reader.fail("target-utilisation", "must lie between 0.05 and 1") }
        if scaler.releaseWindowSeconds > scaler.billedPeriodSeconds {
            reader.fail("release-window", "is longer than the billed period")
        }
        guardRails(reader, &scaler)
        schedules(reader, &scaler)
    }

    private func mode(_ reader: YAMLReader) -> MagewatchConfiguration.Scaler.Mode? {
        guard let text = reader.string("mode") else { return nil }
        let mode = Scaler.Mode(rawValue: text)
        if mode == nil { reader.fail("mode", "\"\(text)\" is not observe, ask or act") }
        return mode
    }

    private func guardRails(_ reader: YAMLReader, _ scaler: inout MagewatchConfiguration.Scaler) {
        set(&scaler.pricePerServerHour, amount(reader, "price-per-server-hour"))
        set(&scaler.currency, reader.string("currency"))
        if !(1...12).contains(scaler.currency.count) { reader.fail("currency", "must be 1 to 12 characters, for instance EUR") }
        scaler.maximumCost = limits(reader, "maximum-cost")
        scaler.maximumLeases = limits(reader, "maximum-leases")
        let hasCost = scaler.maximumCost != .init()
        if hasCost, scaler.pricePerServerHour == 0 {
            reader.fail("maximum-cost", "needs scaler.price-per-server-hour, or nothing would ever cost anything")
        }
        section(reader.mapping("blast-radius")) { radius in
            set(&scaler.blastRadius.containers, radius.integer("containers", in: 1...100))
            set(&scaler.blastRadius.servers, radius.integer("servers", in: 1...10_000))
            set(&scaler.blastRadius.share, share(radius, "share"))
            set(&scaler.blastRadius.down, share(radius, "down"))
        }
        section(reader.mapping("two-person")) { rule in
            set(&scaler.twoPerson.purposes, rule.strings("purposes"))
            scaler.twoPerson.cost = amount(rule, "cost")
            for purpose in scaler.twoPerson.purposes where !Scaler.TwoPersonRule.purposes.contains(purpose) {
                let known = Scaler.TwoPersonRule.purposes.joined(separator: ", ")
                rule.fail("purposes", "\"\(purpose)\" is no purpose of a plan; they are \(known)")
            }
            if scaler.twoPerson.cost != nil, scaler.pricePerServerHour == 0 {
                rule.fail("cost", "needs scaler.price-per-server-hour, or nothing would ever cost anything")
            }
        }
        section(reader.mapping("stand-down")) { rules in
            set(&scaler.standDown.coverage, share(rules, "coverage"))
            if scaler.standDown.coverage > 0.9 { rules.fail("coverage", "is more than 0.9, which chance alone breaks") }
            set(&scaler.standDown.failures, rules.integer("failures", in: 1...100))
            set(&scaler.standDown.retrySeconds, positive(rules, "retry"))
        }
    }

    private func schedules(_ reader: YAMLReader, _ scaler: inout MagewatchConfiguration.Scaler) {
        set(&scaler.timeZone, reader.string("time-zone"))
        if TimeZone(identifier: scaler.timeZone) == nil {
            reader.fail("time-zone", "\"\(scaler.timeZone)\" is no time zone such as UTC or Europe/Berlin")
        }
        for text in reader.strings("schedules") ?? [] {
            do {
                scaler.schedules.append(try ScalingSchedule(text))
            } catch {
                reader.fail("schedules", "\(error)")
            }
        }
        if Set(scaler.schedules.map(\.name)).count < scaler.schedules.count {
            reader.fail("schedules", "has the same schedule twice")
        }
    }

    private func limits(_ reader: YAMLReader, _ key: String) -> MagewatchConfiguration.Scaler.Limits {
        var limits = Scaler.Limits()
        section(reader.mapping(key)) { reader in
            limits.hour = amount(reader, "hour")
            limits.day = amount(reader, "day")
            limits.month = amount(reader, "month")
        }
        return limits
    }

    private func amount(_ reader: YAMLReader, _ key: String) -> Double? {
        guard let number = reader.number(key) else { return nil }
        guard (0...1e9).contains(number) else {
            reader.fail(key, "must lie between 0 and 1000000000")
            return nil
        }
        return number
    }

    private func share(_ reader: YAMLReader, _ key: String) -> Double? {
        guard let number = reader.number(key) else { return nil }
        guard (0...1).contains(number) else {
            reader.fail(key, "must lie between 0 and 1")
            return nil
        }
        return number
    }
}
