package import GeoDatabase
package import Parsing
package import Telemetry
package import Topology

/// What a log tells of attacks: by family and hour, by offender, by campaign.
///
/// Give it the records in the order of the log. Offenders are bounded: beyond a limit those with the least points are dropped, and
/// counted.
package struct AttackLedger: Sendable {
    /// Offenders kept; addresses that never attack are counted and not kept.
    package static let maximumOffenders = 100_000
    static let hour: Nanoseconds = 3_600_000_000_000
    /// Hours kept of the timeline: a year.
    static let maximumHours = 8_784

    /// Requests taken.
    package private(set) var requests = 0
    /// Requests that the signatures call attacks.
    package private(set) var attacks = 0
    /// Lines that are no access log.
    package internal(set) var unparsed = 0
    /// Offenders dropped for want of room.
    package private(set) var dropped = 0
    /// By client.
    package private(set) var offenders: [NetworkRange: Offender] = [:]
    /// Attacks and overflows by the hour they fell in and family.
    package private(set) var timeline: [Nanoseconds: [AttackFamily: Int]] = [:]
    /// Finds by rule and scenario.
    package private(set) var rules: [String: Int] = [:]
    /// Attacks and overflows by family.
    package private(set) var families: [AttackFamily: Int] = [:]

    /// Attacks and overflows by the country they came from.
    package private(set) var countries: [CountryCode: Int] = [:]
    /// … and by the autonomous system; those beyond the limit of systems are not told apart.
    package private(set) var systems: [UInt32: Int] = [:]
    /// Autonomous systems counted: as many as a wide attack comes from.
    static let maximumSystems = 10_000

    /// Tells where clients are at home.
    package var origins: OriginTable {
        get { scenarios.origins }
        _modify { yield &scenarios.origins }
    }

    /// What is remembered of where accounts came from.
    var placeMemory: PlaceMemory {
        get { scenarios.placeMemory }
        set { scenarios.placeMemory = newValue }
    }

    private var inspector: Inspector
    private var scenarios = ScenarioEngine()
    private var told = RecentRequests()
    private let maximumOffenders: Int

    /// An empty ledger.
    package init(
        signatures: SignatureSet = .shipped, level: Int = 1, maximumOffenders: Int = AttackLedger.maximumOffenders
    ) {
        inspector = Inspector(signatures: signatures, level: level)
        self.maximumOffenders = maximumOffenders
    }

    /// Takes a line of an access log; one of another kind is counted.
    package mutating func take(accessLine line: ArraySlice<UInt8>) {
        guard let record = AccessLogParser.parse(line) else {
            unparsed += 1
            return
        }
        take(record)
    }

    /// Takes one request, by the client and at the time that it names.
    package mutating func take(_ record: AccessRecord) {
        take(record, by: ClientAddress.network(of: record.client), at: record.timestamp ?? 0)
    }

    /// Takes one request.
    /// - Parameters:
    ///   - client: who made it; nil where that can't be told, and then nothing is held against anybody.
    ///   - isFalseCrawler: it claims to be of a crawler and is known not to be.
    @discardableResult
    package mutating func take(
        _ record: AccessRecord, by client: NetworkRange?, at time: Nanoseconds, isFalseCrawler: Bool = false
    ) -> Sighting {
        requests += 1
        var sighting = Sighting(at: time)
        sighting.judgement = inspector.judge(request: RequestText(record))
        guard let client else { return sighting }
        sighting.text = record.request
        sighting.bytes = record.bytes
        sighting.busySeconds = record.durationSeconds ?? 0
        sighting.agent = record.userAgent
        if sighting.isAttack {
            told.insert(client, record.uri)
            told.insert(client, AttackLedger.pathMark + record.uri.prefix { $0 != UInt8(ascii: "?") })
        }
        RequestEvents.forEach(of: record, sighting.judgement, by: client, at: time, isFalseCrawler: isFalseCrawler) {
            sighting.overflows += scenarios.observe($0)
        }
        keep(sighting, of: client)
        return sighting
    }

    /// Takes requests for pages that were made under a crawler's name before it was known to be false.
    @discardableResult
    package mutating func take(falseCrawler claim: CrawlerClaim, by client: NetworkRange, at time: Nanoseconds) -> Sighting {
        var sighting = Sighting(at: time)
        sighting.text = claim.request[...]
        for _ in 0..<claim.pages {
            var event = BehaviourEvent(.falseCrawler, at: time, by: client)
            event.isPage = true
            sighting.overflows += scenarios.observe(event)
        }
        if sighting.isEvidence { keep(sighting, of: client) }
        return sighting
    }

    /// Takes what a service tells of someone who came.
    @discardableResult
    package mutating func take(_ record: ServiceLogRecord, by client: NetworkRange, at time: Nanoseconds) -> Sighting {
        var sighting = Sighting(at: time)
        sighting.text = Array("\(record.service.rawValue) \(record.event.rawValue) ".utf8) + (record.user ?? [])
        if let kind = BehaviourEvent.Kind(record.event) {
            let account = record.user.map { BehaviourEvent.hash($0) }
            var event = BehaviourEvent(kind, at: time, by: client, account: account)
            event.service = record.service
            sighting.overflows = scenarios.observe(event)
        }
        keep(sighting, of: client)
        return sighting
    }

    /// Takes a request of an audit log: what its body shows, and what the Core Rule Set found. An attack that the access log has told
    /// of already counts once.
    @discardableResult
    package mutating func take(_ transaction: ModSecurityTransaction, by client: NetworkRange, at time: Nanoseconds) -> Sighting {
        var sighting = Sighting(at: time)
        guard !told.contains(client, transaction.uri[...]) else { return sighting }
        sighting.judgement = inspector.judge(request: RequestText(transaction))
        sighting.coreRules = transaction.messages.filter { CoreRuleSet.family(of: $0.ruleID) != nil }
        sighting.text = (transaction.method + [0x20] + transaction.uri)[...]
        sighting.agent = transaction.header("user-agent").map { $0[...] }
        if sighting.isAttack {
            told.insert(client, transaction.uri[...])
            var event = BehaviourEvent(.attack, at: time, by: client)
            event.request = BehaviourEvent.hash(transaction.uri)
            sighting.overflows = scenarios.observe(event)
        }
        keep(sighting, of: client)
        return sighting
    }

    /// Takes an entry of an error log; nil where it tells of nothing that anybody attempted.
    @discardableResult
    package mutating func take(_ entry: ErrorLogRecord, by client: NetworkRange, at time: Nanoseconds) -> Sighting? {
        if let message = entry.ruleMessage { return take(message, by: client, at: time) }
        if let request = RequestText(refusedIn: entry) {
            var sighting = Sighting(at: time)
            guard !told.contains(client, request.uri) else { return sighting }
            sighting.judgement = inspector.judge(request: request)
            sighting.text = (request.method + [0x20] + request.uri)[...]
            finish(&sighting, of: client, request: request.uri)
            return sighting
        }
        return entry.attempt.map { take($0, by: client, at: time) }
    }

    /// One rule of the Core Rule Set that fired. A request's rules come in as many lines, of which the first that makes it an attack
    /// counts, and none where the access log has told of the request.
    private mutating func take(_ message: ModSecurityMessage, by client: NetworkRange, at time: Nanoseconds) -> Sighting {
        var sighting = Sighting(at: time)
        let path = Array((message.uri ?? "").utf8)
        let identifier = Array((message.uniqueID ?? "").utf8)
        guard CoreRuleSet.family(of: message.ruleID) != nil, !told.contains(client, AttackLedger.pathMark + path),
            identifier.isEmpty || !told.contains(client, identifier[...])
        else { return sighting }
        sighting.coreRules = [message]
        sighting.text = path[...]
        if sighting.isAttack { told.insert(client, identifier[...]) }
        finish(&sighting, of: client, request: path[...])
        return sighting
    }

    private mutating func finish(_ sighting: inout Sighting, of client: NetworkRange, request: ArraySlice<UInt8>) {
        if sighting.isAttack {
            told.insert(client, request)
            var event = BehaviourEvent(.attack, at: sighting.time, by: client)
            event.request = BehaviourEvent.hash(request)
            sighting.overflows = scenarios.observe(event)
        }
        keep(sighting, of: client)
    }

    /// Tells a path alone from a URI that is one.
    private static let pathMark: ArraySlice<UInt8> = [0]

    /// Forgets a client.
    package mutating func forget(_ client: NetworkRange) { offenders[client] = nil }

    private mutating func keep(_ sighting: Sighting, of client: NetworkRange) {
        count(sighting)
        if sighting.isEvidence { countOrigin(of: client) }
        guard sighting.isEvidence || offenders[client] != nil else { return }
        if offenders[client] == nil, offenders.count >= maximumOffenders { dropLeast() }
        offenders[client, default: Offender(client, at: sighting.time)].take(sighting)
    }

    private mutating func count(_ sighting: Sighting) {
        if sighting.isAttack, let family = sighting.family {
            attacks += 1
            for finding in sighting.judgement.findings { rules[finding.rule.id, default: 0] += 1 }
            count(family, at: sighting.time)
        }
        for overflow in sighting.overflows {
            rules[overflow.scenario.name, default: 0] += 1
            count(overflow.scenario.family, at: sighting.time)
        }
    }

    private mutating func countOrigin(of client: NetworkRange) {
        guard !origins.isEmpty else { return }
        let origin = origins.origin(of: client.address.bytes)
        if let country = origin.country { countries[country, default: 0] += 1 }
        if let system = origin.system, systems[system] != nil || systems.count < AttackLedger.maximumSystems {
            systems[system, default: 0] += 1
        }
    }

    private mutating func count(_ family: AttackFamily, at time: Nanoseconds) {
        families[family, default: 0] += 1
        let hour = time - time % AttackLedger.hour
        if timeline[hour] == nil, timeline.count >= AttackLedger.maximumHours, let oldest = timeline.keys.min() {
            timeline[oldest] = nil
        }
        timeline[hour, default: [:]][family, default: 0] += 1
    }

    /// A tenth at a time, so that the sweep is rare: those with the least points, and of these the ones unseen for longest.
    private mutating func dropLeast() {
        let least = offenders.values.sorted { ($0.score, $0.lastSeen) < ($1.score, $1.lastSeen) }.prefix(
            max(1, offenders.count / 10))
        for offender in least { offenders[offender.client] = nil }
        dropped += least.count
    }

    /// The worst first.
    package var ranking: [Offender] {
        offenders.values.sorted { ($0.score, $1.client.description) > ($1.score, $0.client.description) }
    }

    /// Offenders that attack in the same way, the largest group first.
    package var campaigns: [Campaign] { Campaign.group(ranking) }
}
