import Parsing
package import Telemetry
package import Topology

/// What one client did, with what it takes to show why it counts as an offender.
package struct Offender: Sendable {
    static let maximumEvidence = 12
    static let maximumScore = 1_000

    /// One finding or overflow.
    package struct Evidence: Sendable {
        /// When.
        package let time: Nanoseconds
        /// What kind of attack it tells.
        package let family: AttackFamily
        /// The rule or scenario.
        package let rule: String
        /// Why it tells an attack.
        package let reason: String
        /// What matched, after which transformations; of a scenario, the count and the time it took.
        package let detail: String
        /// The request line.
        package let request: String
    }

    /// Who, as offenders are counted.
    package let client: NetworkRange
    /// The first request that is held against it.
    package let firstSeen: Nanoseconds
    /// The latest request.
    package private(set) var lastSeen: Nanoseconds
    /// Requests since the first attack.
    package private(set) var requests = 0
    /// Attacks among them.
    package private(set) var attacks = 0
    /// Bytes sent to it.
    package private(set) var bytes: Int64 = 0
    /// What the requests kept servers busy, where the log tells.
    package private(set) var busySeconds = 0.0
    /// Points of its attacks and overflows, bounded.
    package private(set) var score = 0
    /// Points by family.
    package private(set) var families: [AttackFamily: Int] = [:]
    /// The first finds of each rule.
    package private(set) var evidence: [Evidence] = []
    /// Hash of the user agent, and of the rules that fired: what campaigns have in common.
    package private(set) var agent: UInt64 = 0
    /// Rules and scenarios that fired.
    package private(set) var ruleMask: Set<String> = []

    init(_ client: NetworkRange, at time: Nanoseconds) {
        self.client = client
        firstSeen = time
        lastSeen = time
    }

    /// The family that weighs most.
    package var family: AttackFamily? { families.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key }

    mutating func take(_ sighting: Sighting) {
        requests += 1
        lastSeen = max(lastSeen, sighting.time)
        bytes &+= max(0, sighting.bytes)
        busySeconds += max(0, sighting.busySeconds)
        if let text = sighting.agent { agent = BehaviourEvent.hash(text) }
        if sighting.isAttack { takeAttack(sighting) }
        for overflow in sighting.overflows { take(overflow, sighting) }
    }

    private mutating func takeAttack(_ sighting: Sighting) {
        attacks += 1
        if sighting.judgement.isAttack {
            for finding in sighting.judgement.findings { take(finding, sighting) }
            return
        }
        for message in sighting.coreRules {
            guard let family = CoreRuleSet.family(of: message.ruleID) else { continue }
            let points = CoreRuleSet.weight(message.severity)
            add(family, points)
            keep(
                family, rule: "crs-\(message.ruleID)", reason: message.message,
                detail: "\(Offender.text(Array(message.data.utf8)[...])), \(Offender.weight(points))", sighting)
        }
    }

    private mutating func take(_ finding: SignatureFinding, _ sighting: Sighting) {
        add(finding.rule.family, finding.rule.severity.points)
        let undone = finding.transforms.description
        let after = undone.isEmpty ? "" : " after \(undone.joined(separator: ", "))"
        keep(
            finding.rule.family, rule: finding.rule.id, reason: finding.rule.reason,
            detail: "\"\(Offender.text(finding.matched[...]))\" in \(finding.part.rawValue)\(after), "
                + Offender.weight(finding.rule.severity.points), sighting)
    }

    private mutating func take(_ overflow: ScenarioEngine.Overflow, _ sighting: Sighting) {
        let scenario = overflow.scenario
        if scenario.mode != .observe { add(scenario.family, 5) }
        let seconds = (Double(overflow.time) - Double(overflow.firstEvent)) / 1e9
        let perMinute = 60e9 / Double(max(1, scenario.shape.leakInterval))
        keep(
            scenario.family, rule: scenario.name, reason: scenario.reason,
            detail: overflow.note
                ?? "\(overflow.eventCount) in \(Int(seconds)) s, where \(Int(scenario.shape.capacity)) are allowed and "
                + "\((perMinute * 10).rounded() / 10) a minute drain: fewer than that would have gone on unseen", sighting)
    }

    /// Keeps evidence of each rule once, of the first finds more.
    private mutating func keep(
        _ family: AttackFamily, rule: String, reason: String, detail: @autoclosure () -> String, _ sighting: Sighting
    ) {
        let isNew = ruleMask.insert(rule).inserted
        guard isNew || evidence.count < 3, evidence.count < Offender.maximumEvidence else { return }
        evidence.append(
            Evidence(
                time: sighting.time, family: family, rule: rule, reason: reason, detail: detail(),
                request: Offender.text(sighting.text)))
    }

    private static func weight(_ points: Int) -> String { "\(points) points of the \(Judgement.threshold) that make an attack" }

    private mutating func add(_ family: AttackFamily, _ points: Int) {
        score = min(score + points, Offender.maximumScore)
        families[family, default: 0] += points
    }

    /// Printable ASCII, the rest as `\xHH`: logs are the attacker's to write into.
    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var output = ""
        for byte in bytes.prefix(200) {
            if byte >= 0x20, byte < 0x7f {
                output.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                output += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return output
    }
}
