package import Topology

/// What a replay makes of a ban: apply it, narrow it, or have a person decide; with all that was considered.
package struct BanVerdict: Sendable {
    /// What to do.
    package enum Advice: String, Sendable {
        /// It hits attacks.
        case apply
        /// It hits others; a narrower one does not.
        case narrow
        /// It hits others, and so does every narrower one: a person decides.
        case ask
        /// It hits nothing.
        case nothing
    }

    /// One way to ban, and what it would have hit.
    package struct Candidate: Sendable {
        /// By what it bans.
        package let kind: BanSubject.Kind
        /// What it bans; empty where there is nothing of the kind.
        package let subjects: [BanSubject]
        /// What it would have hit.
        package let toll: BanToll
        /// Why it is not taken; nil for the one that is.
        package let objection: String?

        /// A line for people: `session 9F86D081884C…: 6 requests, …: taken`.
        package var text: String {
            let name = subjects.isEmpty ? "by \(kind.rawValue)" : subjects.map(\.title).joined(separator: ", ")
            let hit = subjects.isEmpty ? "" : ": \(toll.text)"
            return "\(name)\(hit): \(objection ?? "hits attacks and spares others")"
        }
    }

    /// What to do.
    package let advice: Advice
    /// What to ban: the network itself, or what it is narrowed to.
    package let subjects: [BanSubject]
    /// What was looked at, the widest first.
    package let considered: [Candidate]

    /// The ban that was asked about.
    package var whole: Candidate? { considered.first }
}
