package import Telemetry
package import Topology

/// Bans are entries of map files that the configuration consults, as maps, unlike lists, take thousands of entries in one exchange and
/// can be swapped as a whole. The value of an address or a session is when its ban ends, that of a path how many requests a minute pass.
extension HAProxyRuntime {
    package var banKinds: [BanSubject.Kind] { banMaps.kinds }

    package func ban(_ subject: String, until: Milliseconds) async throws -> DriverOutcome {
        let entry = try BanEntry(subject, until: until, banMaps)
        guard until > HAProxyRuntime.now() else { return .unchanged("the ban of \(subject) is over already") }
        guard ledger.bans.count < HAProxyLedger.maximumBans || ledger.bans[subject] != nil else {
            throw DriverError(
                .failed, "\(HAProxyLedger.maximumBans) addresses are banned, the most; unban some or ban by network")
        }
        let wasSo = ledger.bans[subject] == until
        let isNew = try await set(entry, subject)
        if wasSo, !isNew { return .unchanged("\(subject) is banned already") }
        ledger.bans[subject] = until
        try save()
        return .done("\(subject) banned")
    }

    package func unban(_ subject: String) async throws -> DriverOutcome {
        let entry = try BanEntry(subject, until: 0, banMaps)
        if ledger.bans.removeValue(forKey: subject) != nil { try save() }
        return try await remove(entry, subject)
            ? .done("\(subject) unbanned") : .unchanged("\(subject) is not banned")
    }

    /// Ends bans whose time is over; how many they were.
    func endExpiredBans(at now: Milliseconds) async throws -> Int {
        let expired = ledger.removeExpired(at: now)
        if !expired.isEmpty { try save() }
        for subject in expired {
            // A map that is not configured any more has no entry to be taken out.
            guard let entry = try? BanEntry(subject, until: 0, banMaps) else { continue }
            _ = try await remove(entry, subject)
        }
        return expired.count
    }

    /// Swaps each map for the bans of the ledger; requests see the old or the new one, never half.
    /// - Returns: how many bans they hold.
    func replaceBans() async throws -> Int {
        // The earlier end first, so that of two entries of one key the later stays, as if they had been told one by one.
        let bans = ledger.bans.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        var entries: [String: [String: String]] = [:]
        for map in [banMaps.address, banMaps.session, banMaps.limit].compactMap({ $0 }) { entries[map] = [:] }
        var count = 0
        for (subject, until) in bans {
            guard let entry = try? BanEntry(subject, until: until, banMaps) else { continue }
            entries[entry.map, default: [:]][entry.key] = entry.value
            count += 1
        }
        for (map, values) in entries.sorted(by: { $0.key < $1.key }) { try await replace(map, values) }
        return count
    }

    private func replace(_ map: String, _ values: [String: String]) async throws {
        let answer = try await socket.ask("prepare map \(map)")
        guard let version = answer.split(separator: " ").last, answer.hasPrefix("New version created") else {
            throw refused("prepare map \(map)", answer)
        }
        let entries = values.sorted { $0.key < $1.key }
        var start = 0
        while start < entries.count {
            var lines = ""
            while start < entries.count, lines.utf8.count < HAProxyRuntime.maximumTextAtOnce {
                lines += "\(entries[start].key) \(entries[start].value)\n"
                start += 1
            }
            try expectEmpty(try await socket.ask("add map @\(version) \(map) <<\n\(lines)"), "bans")
        }
        try expectEmpty(try await socket.ask("commit map @\(version) \(map)"), "commit of the bans")
    }

    /// Whether the map did not have the key.
    private func set(_ entry: BanEntry, _ subject: String) async throws -> Bool {
        let answer = try await socket.ask("set map \(entry.map) \(entry.key) \(entry.value)")
        if answer == "entry not found." {
            try expectEmpty(try await socket.ask("add map \(entry.map) \(entry.key) \(entry.value)"), "ban of \(subject)")
            return true
        }
        try expectEmpty(answer, "ban of \(subject)")
        return false
    }

    /// Whether the map had the key. Where another ban has the same key, it takes its place.
    private func remove(_ entry: BanEntry, _ subject: String) async throws -> Bool {
        for (other, until) in ledger.bans where other != subject {
            guard let left = try? BanEntry(other, until: until, banMaps), left.map == entry.map, left.key == entry.key else {
                continue
            }
            _ = try await set(left, other)
            return true
        }
        let answer = try await socket.ask("del map \(entry.map) \(entry.key)")
        if answer == "Key not found." { return false }
        try expectEmpty(answer, "unban of \(subject)")
        return true
    }
}

/// A ban as a map has it.
struct BanEntry: Equatable {
    let map: String
    let key: String
    let value: String

    /// - Throws: ``DriverError`` where the text is no subject of a ban, or HAProxy has no map for its kind.
    init(_ text: String, until: Milliseconds, _ maps: BanMaps) throws(DriverError) {
        guard let subject = BanSubject(text) else {
            throw DriverError(
                .invalidRequest, "'\(text.prefix(60))' is no IP address or network, session or limit that could be banned")
        }
        guard let map = maps.file(of: subject.kind) else {
            throw DriverError(
                .missing,
                "bans by \(subject.kind.rawValue) need a map: start the agent with \(BanMaps.option(of: subject.kind)) FILE as "
                    + "HAProxy's configuration names it")
        }
        self.map = map
        switch subject {
        case .network(let network): (key, value) = ("\(network)", "\(until / 1000)")
        case .session(let digest): (key, value) = ("\(digest)", "\(until / 1000)")
        case .limit(let limit): (key, value) = (limit.key, "\(limit.requestsPerMinute)")
        }
    }
}
