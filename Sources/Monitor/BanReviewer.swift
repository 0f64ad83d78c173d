package import AgentContract
import LogStore
import NIOPosix
import Parsing
import Telemetry
import Topology
import WAF

/// What the past says of a ban that is about to be made.
package struct BanReview: Sendable {
    /// It would have hit customers, or others behind the same address: a person decides.
    package var needsApproval: Bool
    /// What it would have hit, for the plan.
    package var evidence: [Decision.Evidence]

    /// No past was looked at.
    package static let unreviewed = BanReview(needsApproval: false, evidence: [])
}

/// Replays a ban against the access logs of the last days before it is made.
///
/// The newest entries are read first, up to a limit of entries and of time: an attacker who is fast must not make us slow.
struct BanReviewer: Sendable {
    /// How far back it looks.
    static let past: Nanoseconds = 7 * 86_400_000_000_000
    /// Entries of the address that are replayed at most.
    static let maximumEntries = 50_000
    /// How long it may read.
    static let maximumDuration = Duration.milliseconds(800)

    let logs: any LogSource
    let detector: Detector

    /// Reviews the ban of an address or network.
    @Sendable
    func review(_ address: String, at now: Milliseconds) async throws -> BanReview {
        guard let network = NetworkRange(address) else { return .unreviewed }
        var review = try await NIOThreadPool.singleton.runIfActive { try replay(network, at: now) }
        if detector.needsApproval("\(network)") {
            review.needsApproval = true
            review.evidence.append(.init("scenario", "held against it is only what the rules leave to a person"))
        }
        return review
    }

    private func replay(_ network: NetworkRange, at now: Milliseconds) throws -> BanReview {
        var replay = BanReplay(of: network)
        var entries = 0
        let end = now.multipliedReportingOverflow(by: 1_000_000).partialValue
        let clock = ContinuousClock()
        let deadline = clock.now + BanReviewer.maximumDuration
        let selection = LogSelection(
            matchers: [], range: end - BanReviewer.past..<end + 1, direction: .backward,
            requiredLiterals: BanReviewer.literal(of: network).map { [$0] } ?? [])
        for stream in try logs.select(selection) {
            try stream.forEach { row in
                if let record = AccessLogParser.parse(row.line) { replay.take(record) }
                entries += 1
                return entries < BanReviewer.maximumEntries && clock.now < deadline
            }
        }
        let advice = replay.advice()
        let isWhole = entries < BanReviewer.maximumEntries && clock.now < deadline
        let text =
            "\(isWhole ? "in the last 7 days" : "in the newest entries of the last 7 days") it would have hit \(replay.requests) requests, "
            + "\(replay.attacks) of them attacks, \(replay.logins) logins and \(replay.orders) orders of \(replay.agentCount) user agents: "
            + advice.text
        return BanReview(needsApproval: advice == .ask || advice == .narrow, evidence: [.init("replay", text)])
    }

    /// What every line about the network has in it; nil where its addresses are written in too many ways.
    private static func literal(of network: NetworkRange) -> [UInt8]? {
        guard network.address.bytes.count == 4 else { return nil }
        if network.isSingle { return Array("\(network)".utf8) }
        guard network.length == 24 else { return nil }
        return Array(network.address.bytes.prefix(3).map { "\($0)." }.joined().utf8)
    }
}

extension BanReplay.Advice {
    fileprivate var text: String {
        switch self {
        case .apply: "it hits attacks"
        case .nothing: "it hits nobody"
        case .narrow: "it hits others behind the address, a person decides; limit the path or the session instead"
        case .ask: "it hits customers, a person decides"
        }
    }
}
