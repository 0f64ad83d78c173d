import Telemetry
package import Topology

extension BanReplay {
    /// Sessions or paths that one ban is narrowed to at most.
    static let maximumSubjects = 8
    /// Share of the attacks that a narrower ban has to stop.
    static let minimumCover = 0.8
    /// Share of the attacks on its paths that a limit has to refuse.
    static let minimumRefused = 0.5
    private static let minute: Nanoseconds = 60_000_000_000

    /// What the ban would have hit.
    package var toll: BanToll { toll { _ in true } }

    /// Whether to ban, and what.
    /// - Parameters:
    ///   - kinds: what can be banned where it is enforced.
    ///   - inForce: narrower bans that are in force already and have not stopped the attacks.
    package func verdict(
        _ limits: BanToll.Limits = .init(), kinds: [BanSubject.Kind] = BanSubject.Kind.allCases, inForce: Set<BanSubject> = []
    ) -> BanVerdict {
        let whole = self.toll
        let own = BanSubject.network(network)
        let objection = whole.objection(limits)
        var considered = [BanVerdict.Candidate(kind: .address, subjects: [own], toll: whole, objection: objection)]
        guard objection != nil else {
            return BanVerdict(advice: whole.requests == 0 ? .nothing : .apply, subjects: [own], considered: considered)
        }
        for kind in [BanSubject.Kind.session, .path] {
            let candidate = narrower(kind, limits, kinds, inForce)
            considered.append(candidate)
            guard candidate.objection != nil else {
                return BanVerdict(
                    advice: .narrow, subjects: candidate.subjects.filter { !inForce.contains($0) }, considered: considered)
            }
        }
        return BanVerdict(advice: .ask, subjects: [own], considered: considered)
    }

    private func narrower(
        _ kind: BanSubject.Kind, _ limits: BanToll.Limits, _ kinds: [BanSubject.Kind], _ inForce: Set<BanSubject>
    ) -> BanVerdict.Candidate {
        let found = kind == .session ? sessionCandidate(limits) : pathCandidate(limits)
        var objection = found.objection
        if objection == nil, !kinds.contains(kind) { objection = "the load balancer is not set up for it" }
        if objection == nil, found.subjects.allSatisfy(inForce.contains) { objection = "in force, and the attacks went on" }
        return BanVerdict.Candidate(kind: kind, subjects: found.subjects, toll: found.toll, objection: objection)
    }

    // MARK: By session

    private func sessionCandidate(_ limits: BanToll.Limits) -> BanVerdict.Candidate {
        func none(_ why: String) -> BanVerdict.Candidate { .init(kind: .session, subjects: [], toll: BanToll(), objection: why) }
        guard !sessions.isEmpty else { return none("the log tells no sessions") }
        var counts: [Int32: Int] = [:]
        for hit in hits where hit.isAttack && hit.session >= 0 { counts[hit.session, default: 0] += 1 }
        let worst = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(BanReplay.maximumSubjects)
        guard !worst.isEmpty else { return none("the attacks have no session") }
        let chosen = Set(worst.map(\.key))
        let toll = self.toll { chosen.contains($0.session) }
        let cover = share(worst.reduce(0) { $0 + $1.value })
        let subjects = worst.map { BanSubject.session(sessions[Int($0.key)]) }
        let objection =
            cover < BanReplay.minimumCover
            ? "\(percent(1 - cover)) of the attacks have another session or none"
            : toll.objection(limits, sparesOthers: true)
        return .init(kind: .session, subjects: subjects, toll: toll, objection: objection)
    }

    // MARK: By path

    /// The longest beginnings of paths that few of cover the attacks: whole paths, or the first three, two or one parts of them.
    private func pathCandidate(_ limits: BanToll.Limits) -> BanVerdict.Candidate {
        var last = BanVerdict.Candidate(
            kind: .path, subjects: [], toll: BanToll(), objection: "the attacks are on too many paths for a limit")
        for depth in [Int.max, 3, 2, 1] {
            let prefixes = attackedPrefixes(depth: depth)
            guard prefixes.cover >= BanReplay.minimumCover else { continue }
            let found = prefixes.names.compactMap { PathLimit(network, path: $0, requestsPerMinute: limits.requestsPerMinute) }
            guard found.count == prefixes.names.count, !found.isEmpty else { continue }
            let refused = refusals(of: prefixes.names, perMinute: limits.requestsPerMinute)
            let toll = self.toll(of: refused)
            let stopped = Double(toll.attacks) / Double(max(1, prefixes.attacks))
            let objection =
                stopped < BanReplay.minimumRefused
                ? "a limit would have let \(percent(1 - stopped)) of the attacks through" : toll.objection(limits)
            last = .init(kind: .path, subjects: found.map(BanSubject.limit), toll: toll, objection: objection)
            if objection == nil { return last }
        }
        return last
    }

    private func attackedPrefixes(depth: Int) -> (names: [String], attacks: Int, cover: Double) {
        var counts: [String: Int] = [:]
        for hit in hits where hit.isAttack && hit.path >= 0 {
            counts[BanReplay.beginning(of: paths[Int(hit.path)], depth: depth), default: 0] += 1
        }
        let worst = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        var names: [String] = []
        var attacks = 0
        for (name, count) in worst.prefix(BanReplay.maximumSubjects) where share(attacks) < BanReplay.minimumCover {
            names.append(name)
            attacks += count
        }
        return (names, attacks, share(attacks))
    }

    /// `/rest/V1/guest-carts/` of `/rest/V1/guest-carts/7/payment` at a depth of 3. The root is the beginning of all.
    private static func beginning(of path: [UInt8], depth: Int) -> String {
        var slashes = 0
        for (index, byte) in path.enumerated() where byte == UInt8(ascii: "/") {
            slashes += 1
            if slashes > depth { return String(decoding: path[...index], as: UTF8.self) }
        }
        return String(decoding: path, as: UTF8.self)
    }

    /// Places of the hits that a limit would have refused: as HAProxy counts them, refused ones included, over the last minute.
    private func refusals(of prefixes: [String], perMinute: Int) -> [Int] {
        let limited = prefixes.map { Array($0.utf8) }
        let matches = paths.map { path in limited.contains { path.starts(with: $0) } }
        var times: [Nanoseconds] = []
        var first = 0
        var refused: [Int] = []
        for place in hits.indices where hits[place].path >= 0 && matches[Int(hits[place].path)] {
            let time = hits[place].time
            times.append(time)
            while first < times.count, time - times[first] >= BanReplay.minute { first += 1 }
            if times.count - first > perMinute { refused.append(place) }
        }
        return refused
    }

    // MARK: What would have been hit

    private func toll(where isHit: (Hit) -> Bool) -> BanToll { toll(of: hits.indices.filter { isHit(hits[$0]) }) }

    private func toll(of places: [Int]) -> BanToll {
        var attackers: Set<UInt64> = []
        for hit in hits where hit.isAttack { attackers.insert(BanReplay.actor(hit)) }
        return places.reduce(into: BanToll()) { toll, place in
            toll.add(hits[place], isByAttacker: attackers.contains(BanReplay.actor(hits[place])))
        }
    }

    /// Who, behind the address: a session, or a user agent where there is none.
    private static func actor(_ hit: Hit) -> UInt64 { hit.session >= 0 ? UInt64(hit.session) : hit.agent | 1 << 63 }

    private func share(_ attacks: Int) -> Double {
        let all = hits.reduce(0) { $0 + ($1.isAttack ? 1 : 0) }
        return all > 0 ? Double(attacks) / Double(all) : 0
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
