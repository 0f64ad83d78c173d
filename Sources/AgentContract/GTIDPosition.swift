/// How far a MariaDB server has come: for each domain and each server that ever wrote in it, the last sequence number.
///
/// `0-1-100,0-2-5` says that of domain 0 it has what server 1 wrote up to 100 and what server 2 wrote up to 5. A position given as the
/// last transaction of a domain only (`gtid_slave_pos`) reads the same and names one server a domain.
package struct GTIDPosition: Sendable, Hashable, Codable, CustomStringConvertible {
    /// One writer in one domain.
    package struct Writer: Sendable, Hashable, Codable, Comparable {
        package var domain: UInt32
        package var server: UInt32

        package init(domain: UInt32, server: UInt32) {
            self.domain = domain
            self.server = server
        }

        package static func < (left: Writer, right: Writer) -> Bool {
            (left.domain, left.server) < (right.domain, right.server)
        }
    }

    /// Most entries read; a text with more is none.
    package static let maximumEntries = 1024

    package private(set) var sequences: [Writer: UInt64]

    package init() { sequences = [:] }

    /// Reads the server's form; nil where it is none. An empty text is the position of a server that has nothing.
    package init?(_ text: some StringProtocol) {
        sequences = [:]
        let entries = text.split(separator: ",")
        guard entries.count <= GTIDPosition.maximumEntries else { return nil }
        for entry in entries {
            let parts = entry.drop { $0 == " " || $0 == "\n" }.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, let domain = UInt32(parts[0]), let server = UInt32(parts[1]), let sequence = UInt64(parts[2])
            else { return nil }
            note(Writer(domain: domain, server: server), sequence)
        }
    }

    package var isEmpty: Bool { sequences.isEmpty }

    /// The highest sequence number of each domain, whoever wrote it.
    package var domains: [UInt32: UInt64] {
        sequences.reduce(into: [:]) { $0[$1.key.domain] = max($0[$1.key.domain] ?? 0, $1.value) }
    }

    /// Both together: the higher of each entry.
    package func union(_ other: GTIDPosition) -> GTIDPosition {
        var both = self
        for (writer, sequence) in other.sequences { both.note(writer, sequence) }
        return both
    }

    /// Whether it has come as far as another in every domain. Asked of servers that follow one another, of which none has anything of
    /// its own: sequence numbers then tell all.
    package func reaches(_ other: GTIDPosition) -> Bool {
        let own = domains
        return other.domains.allSatisfy { own[$0.key] ?? 0 >= $0.value }
    }

    /// What another has of its own: each entry that is not in this history, so that the other can't follow it.
    ///
    /// A writer that this history does not name at all (it began from a backup, or was purged) counts as known up to its domain's number.
    package func missing(from other: GTIDPosition) -> GTIDPosition {
        let own = domains
        var rest = GTIDPosition()
        for (writer, sequence) in other.sequences where sequence > sequences[writer] ?? own[writer.domain] ?? 0 {
            rest.note(writer, sequence)
        }
        return rest
    }

    package var description: String {
        let entries = sequences.sorted { $0.key < $1.key }.map { "\($0.key.domain)-\($0.key.server)-\($0.value)" }
        return entries.isEmpty ? "nothing" : entries.joined(separator: ",")
    }

    private mutating func note(_ writer: Writer, _ sequence: UInt64) {
        sequences[writer] = max(sequences[writer] ?? 0, sequence)
    }
}
