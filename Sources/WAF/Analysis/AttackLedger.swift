package import Parsing
package import Telemetry
package import Topology

/// What a log tells of attacks: by family and hour, by offender, by campaign.
///
/// Give it the records in the order of the log. Offenders are bounded: beyond ``maximumOffenders`` the one with the lowest score is
/// dropped for a new one, and counted.
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
    package private(set) var unparsed = 0
    /// Offenders dropped for want of room.
    package private(set) var dropped = 0
    /// By client.
    package private(set) var offenders: [NetworkRange: Offender] = [:]
    /// Attacks by the hour they began in and family.
    package private(set) var timeline: [Nanoseconds: [AttackFamily: Int]] = [:]
    /// Finds by rule.
    package private(set) var rules: [String: Int] = [:]

    private var inspector: Inspector
    private var scenarios = ScenarioEngine()

    /// An empty ledger.
    package init(signatures: SignatureSet = .shipped, level: Int = 1) {
        inspector = Inspector(signatures: signatures, level: level)
    }

    /// Takes a line of an access log; one of another kind is counted.
    package mutating func take(accessLine line: ArraySlice<UInt8>) {
        guard let record = AccessLogParser.parse(line) else {
            unparsed += 1
            return
        }
        take(record)
    }

    /// Takes one request.
    package mutating func take(_ record: AccessRecord) {
        requests += 1
        let judgement = inspector.judge(request: RequestText(record))
        guard let client = ClientAddress.network(of: record.client) else { return }
        let time = record.timestamp ?? 0
        let overflows = RequestEvents.events(of: record, judgement, by: client, at: time).flatMap { scenarios.observe($0) }
        if judgement.isAttack { count(judgement, at: time) }
        guard judgement.isAttack || !overflows.isEmpty || offenders[client] != nil else { return }
        if offenders[client] == nil, offenders.count >= AttackLedger.maximumOffenders { dropLeast() }
        offenders[client, default: Offender(client, at: time)].take(record, judgement, overflows, at: time)
    }

    private mutating func count(_ judgement: Judgement, at time: Nanoseconds) {
        attacks += 1
        for finding in judgement.findings { rules[finding.rule.id, default: 0] += 1 }
        let hour = time - time % AttackLedger.hour
        guard timeline[hour] != nil || timeline.count < AttackLedger.maximumHours, let family = judgement.family else { return }
        timeline[hour, default: [:]][family, default: 0] += 1
    }

    private mutating func dropLeast() {
        guard let least = offenders.min(by: { $0.value.score < $1.value.score }) else { return }
        offenders[least.key] = nil
        dropped += 1
    }

    /// The worst first.
    package var ranking: [Offender] {
        offenders.values.sorted { ($0.score, $1.client.description) > ($1.score, $0.client.description) }
    }

    /// Offenders that attack in the same way, the largest group first.
    package var campaigns: [Campaign] { Campaign.group(ranking) }
}

/// What a request does, for the scenarios.
enum RequestEvents {
    private static let quiet = [
        ".js", ".css", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".woff", ".woff2", ".ico", ".map", ".avif",
    ].map { Array($0.utf8) }

    static func events(
        of record: AccessRecord, _ judgement: Judgement, by client: NetworkRange, at time: Nanoseconds
    ) -> [BehaviourEvent] {
        let path = record.uri.prefix { $0 != UInt8(ascii: "?") }
        let hash = BehaviourEvent.hash(path)
        var kinds: [BehaviourEvent.Kind] = [.request]
        if [400, 401, 403, 404].contains(record.status) { kinds.append(.refused) }
        if judgement.isAttack { kinds.append(.attack) }
        if !quiet.contains(where: { path.suffix($0.count).elementsEqual($0) }) { kinds.append(.page) }
        if LoginPaths.isAttempt(method: record.method, uri: record.uri) { kinds.append(.loginAttempt) }
        let whole = judgement.isAttack ? BehaviourEvent.hash(record.uri) : hash
        return kinds.map { BehaviourEvent($0, at: time, by: client, path: $0 == .attack ? whole : hash) }
    }
}
