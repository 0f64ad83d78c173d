package import AgentContract
import LogStore
import NIOPosix
import Parsing
package import Telemetry
package import Topology
import WAF

/// A ban that is about to be made, as it is reviewed.
package struct BanQuestion: Sendable {
    /// An address or a network; anything else is not reviewed.
    package var address: String
    package var now: Milliseconds
    /// What can be banned at every load balancer.
    package var kinds: [BanSubject.Kind]
    /// Bans in force.
    package var inForce: Set<BanSubject>
}

/// What the past says of a ban that is about to be made.
package struct BanReview: Sendable {
    /// It would have hit customers, or others behind the same address: a person decides.
    package var needsApproval: Bool
    /// What it would have hit, for the plan.
    package var evidence: [Decision.Evidence]
    /// What hits the attacks and not the others; empty where the ban is right as it is.
    package var narrowed: [BanSubject] = []
    /// What else was weighed, and why it is not done.
    package var alternatives: [String] = []

    /// No past was looked at.
    package static let unreviewed = BanReview(needsApproval: false, evidence: [])
}

/// Replays a ban against the access logs of the last days before it is made.
///
/// The newest entries are read first, up to a limit of entries and of time: an attacker who is fast must not make us slow. They are
/// replayed in the order of time, as it takes a row of them to tell a guessed password from a login.
struct BanReviewer: Sendable {
    /// How far back it looks.
    static let past: Nanoseconds = 7 * 86_400_000_000_000
    /// Entries of the address that are replayed at most.
    static let maximumEntries = 50_000
    /// How long it may read.
    static let maximumDuration = Duration.milliseconds(800)

    let logs: any LogSource
    let detector: Detector
    let limits: BanToll.Limits

    /// Reviews the ban of an address or network.
    @Sendable
    func review(_ question: BanQuestion) async throws -> BanReview {
        guard let network = NetworkRange(question.address) else { return .unreviewed }
        var review = try await NIOThreadPool.singleton.runIfActive { try replay(network, question) }
        if detector.needsApproval("\(network)") {
            review.needsApproval = true
            review.narrowed = []
            review.evidence.append(.init("scenario", "held against it is only what the rules leave to a person"))
        }
        // What it does in spite of a narrower ban counts anew, so that it is seen to go on.
        if !review.narrowed.isEmpty { detector.clear(network) }
        return review
    }

    private func replay(_ network: NetworkRange, _ question: BanQuestion) throws -> BanReview {
        let (entries, isWhole) = try entries(of: network, at: question.now)
        var replay = BanReplay(of: network)
        for entry in entries {
            if let record = AccessLogParser.parse(entry.line[...]) { replay.take(record, arrival: entry.time) }
        }
        let verdict = replay.verdict(limits, kinds: question.kinds, inForce: question.inForce)
        let span = isWhole ? "in the last 7 days" : "in the newest entries of the last 7 days"
        let text = "\(span) it would have hit \(replay.toll.text): \(verdict.advice.text)"
        return BanReview(
            needsApproval: verdict.advice == .ask,
            evidence: [.init("replay", text)] + verdict.considered.dropFirst().map { .init("narrower", $0.text) },
            narrowed: verdict.advice == .narrow ? verdict.subjects : [],
            alternatives: verdict.considered.filter { $0.objection != nil && !$0.subjects.isEmpty }.map(\.text))
    }

    /// Lines about the network with their times, the oldest first; and whether they are all.
    private func entries(
        of network: NetworkRange, at now: Milliseconds
    ) throws -> (entries: [(time: Nanoseconds, line: [UInt8])], isWhole: Bool) {
        var entries: [(time: Nanoseconds, line: [UInt8])] = []
        let end = now.multipliedReportingOverflow(by: 1_000_000).partialValue
        let clock = ContinuousClock()
        let deadline = clock.now + BanReviewer.maximumDuration
        let selection = LogSelection(
            matchers: [], range: end - BanReviewer.past..<end + 1, direction: .backward,
            requiredLiterals: BanReviewer.literal(of: network).map { [$0] } ?? [])
        for stream in try logs.select(selection) {
            try stream.forEach { row in
                entries.append((row.timestamp, Array(row.line)))
                return entries.count < BanReviewer.maximumEntries && clock.now < deadline
            }
        }
        let isWhole = entries.count < BanReviewer.maximumEntries && clock.now < deadline
        return (entries.sorted { $0.time < $1.time }, isWhole)
    }

    /// What every line about the network has in it; nil where its addresses are written in too many ways.
    private static func literal(of network: NetworkRange) -> [UInt8]? {
        guard network.address.bytes.count == 4 else { return nil }
        if network.isSingle { return Array("\(network)".utf8) }
        guard network.length == 24 else { return nil }
        return Array(network.address.bytes.prefix(3).map { "\($0)." }.joined().utf8)
    }
}

extension BanVerdict.Advice {
    fileprivate var text: String {
        switch self {
        case .apply: "it hits attacks"
        case .nothing: "it hits nobody"
        case .narrow: "it hits others behind the address, and is narrowed"
        case .ask: "it hits others, and no narrower ban spares them: a person decides"
        }
    }
}
