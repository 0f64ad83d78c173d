package import Parsing
package import Telemetry
package import Topology

/// What a ban would have hit, had it been in force during a log: the question to answer before it is applied.
///
/// Give it the log's requests in the order of time, all of them or those of the network. A request counts as an attack where the signatures
/// say so, and where it is part of what a scenario overflowed by: a guessed password is one only in a row of them. ``verdict(_:kinds:inForce:)``
/// then tells whether the ban is to be applied, or what narrower one hits the attacks and not the others.
package struct BanReplay: Sendable {
    /// Requests kept for narrower bans; those beyond are counted for the ban itself only.
    package static let maximumHits = 200_000
    /// Different paths and sessions told apart.
    static let maximumNames = 20_000

    /// One request of the network.
    struct Hit: Sendable {
        let time: Nanoseconds
        /// Place among ``paths``; -1 beyond the limit.
        var path: Int32
        /// Place among ``sessions``; -1 where the log does not tell.
        var session: Int32
        /// Hash of the user agent; 0 for none.
        var agent: UInt64
        /// Scenarios that it counts for, by their place.
        var scenarios: UInt64
        /// Hash of the client.
        var client: UInt64
        var isAttack: Bool
        var isLogin: Bool
        var isOrder: Bool
    }

    private struct Mute: Hashable {
        let client: UInt64
        let scenario: Int
    }

    /// What is to be banned.
    package let network: NetworkRange
    private(set) var hits: [Hit] = []
    private(set) var paths: [[UInt8]] = []
    private(set) var sessions: [SessionDigest] = []
    /// Requests beyond ``maximumHits``.
    package private(set) var unkept = 0
    private var pathPlaces: [[UInt8]: Int32] = [:]
    private var sessionPlaces: [SessionDigest: Int32] = [:]
    private var inspector: Inspector
    private var engine: ScenarioEngine
    private let scenariosByKind: [[Int]]
    private var mutes: [Mute: Nanoseconds] = [:]

    /// A replay of a ban that is not applied yet.
    package init(of network: NetworkRange, signatures: SignatureSet = .shipped) {
        self.network = network
        inspector = Inspector(signatures: signatures)
        let scenarios = Array(
            Scenario.shipped.filter { $0.mode == .act && [.address, .network].contains($0.grouping) }.prefix(UInt64.bitWidth))
        engine = ScenarioEngine(scenarios)
        scenariosByKind = BehaviourEvent.Kind.allCases.map { kind in
            scenarios.indices.filter { scenarios[$0].filter.kinds.contains(kind) }
        }
    }

    /// Takes one request of the log, whoever made it.
    /// - Parameter arrival: its time, where the line has none.
    package mutating func take(_ record: AccessRecord, arrival: Nanoseconds = 0) {
        guard let client = ClientAddress.network(of: record.client), network.overlaps(client) else { return }
        guard hits.count < BanReplay.maximumHits else {
            unkept += 1
            return
        }
        let judgement = inspector.judge(request: RequestText(record))
        let time = record.timestamp ?? arrival
        let succeeded = (200..<400).contains(record.status)
        var hit = Hit(
            time: time, path: place(ofPath: record.uri), session: place(of: SessionDigest(of: record)),
            agent: record.userAgent.map { BehaviourEvent.hash($0) } ?? 0, scenarios: 0,
            client: BehaviourEvent.hash(client.address.bytes), isAttack: judgement.isAttack,
            isLogin: succeeded && LoginPaths.isAttempt(method: record.method, uri: record.uri),
            isOrder: succeeded && BanReplay.isOrder(record.uri))
        var overflows: [ScenarioEngine.Overflow] = []
        RequestEvents.forEach(of: record, judgement, by: client, at: time) { event in
            for index in scenariosByKind[event.kind.ordinal] where engine.scenarios[index].filter.accepts(event) {
                hit.scenarios |= 1 << UInt64(index)
            }
            overflows += engine.observe(event)
        }
        if isMuted(hit) { hit.isAttack = true }
        hits.append(hit)
        for overflow in overflows { mark(overflow, client: hit.client) }
    }

    /// Whether it goes on with what has overflowed a scenario already.
    private func isMuted(_ hit: Hit) -> Bool {
        guard hit.scenarios != 0, !mutes.isEmpty else { return false }
        return engine.scenarios.indices.contains { index in
            hit.scenarios >> UInt64(index) & 1 == 1
                && mutes[Mute(client: hit.client, scenario: index)].map { hit.time <= $0 } == true
        }
    }

    /// Calls attacks what made a scenario overflow.
    private mutating func mark(_ overflow: ScenarioEngine.Overflow, client: UInt64) {
        guard let index = engine.scenarios.firstIndex(where: { $0.name == overflow.scenario.name }) else { return }
        let mute = overflow.scenario.muteSeconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue
        mutes[Mute(client: client, scenario: index)] = overflow.time.addingReportingOverflow(mute).partialValue
        for place in hits.indices.reversed() {
            guard hits[place].time >= overflow.firstEvent else { return }
            if hits[place].client == client, hits[place].scenarios >> UInt64(index) & 1 == 1 { hits[place].isAttack = true }
        }
    }

    private mutating func place(ofPath uri: ArraySlice<UInt8>) -> Int32 {
        // As the load balancer compares it: decoded once.
        var path: [UInt8] = []
        let written = Array(uri.prefix { $0 != UInt8(ascii: "?") }.prefix(PathLimit.maximumPathBytes * 3))
        _ = PercentDecoder.decode(written, plusIsBlank: false, into: &path)
        let key = Array(path.prefix(PathLimit.maximumPathBytes))
        if let place = pathPlaces[key] { return place }
        guard paths.count < BanReplay.maximumNames else { return -1 }
        pathPlaces[key] = Int32(paths.count)
        paths.append(key)
        return Int32(paths.count - 1)
    }

    private mutating func place(of session: SessionDigest?) -> Int32 {
        guard let session else { return -1 }
        if let place = sessionPlaces[session] { return place }
        guard sessions.count < BanReplay.maximumNames else { return -1 }
        sessionPlaces[session] = Int32(sessions.count)
        sessions.append(session)
        return Int32(sessions.count - 1)
    }

    /// Magento's page after a paid order.
    private static func isOrder(_ uri: ArraySlice<UInt8>) -> Bool {
        uri.starts(with: "/checkout/onepage/success".utf8) || uri.starts(with: "/multishipping/checkout/success".utf8)
    }
}
