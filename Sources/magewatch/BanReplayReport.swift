import Foundation
import Topology
import WAF

/// A replay's verdict as `magewatch waf replay` prints it.
struct BanReplayReport: Encodable {
    struct Candidate: Encodable {
        let kind: String
        let subjects: [String]
        let requests: Int
        let attacks: Int
        let sessions: Int
        let logins: Int
        let orders: Int
        let userAgents: Int
        /// Why it is not taken; absent for the one that is.
        let objection: String?
        /// A line for people.
        let text: String
    }

    let network: String
    let advice: String
    /// What to ban, as alerts order it and the API shows it.
    let subjects: [String]
    let considered: [Candidate]

    init(_ network: NetworkRange, _ verdict: BanVerdict) {
        self.network = "\(network)"
        advice = verdict.advice.rawValue
        subjects = verdict.subjects.map(\.description)
        considered = verdict.considered.map { candidate in
            Candidate(
                kind: candidate.kind.rawValue, subjects: candidate.subjects.map(\.description), requests: candidate.toll.requests,
                attacks: candidate.toll.attacks, sessions: candidate.toll.sessionCount, logins: candidate.toll.logins,
                orders: candidate.toll.orders, userAgents: candidate.toll.agentCount, objection: candidate.objection,
                text: candidate.text)
        }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
