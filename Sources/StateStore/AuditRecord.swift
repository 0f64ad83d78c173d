import Crypto
package import Foundation

/// One line of the audit log: who did what to what, and when. Each carries the hash of the one before it.
package struct AuditRecord: Sendable, Equatable, Codable {
    /// From 1 on, without gaps.
    package var sequence: Int64
    /// Milliseconds since 1970.
    package var time: Int64
    /// An operator's name, or the part of the monitor that acted: `scaler`, `executor`.
    package var actor: String
    /// `order`, `refusal`, `plan`, `state`, `step`, `ban`, `unban` or `hold`.
    package var kind: String
    /// What it is about: a plan's id, an address.
    package var subject: String
    package var detail: String
    /// Hash of the line before; 32 zeros before the first.
    package var previous: Data
    /// SHA-256 over all of the above.
    package var hash: Data

    /// What stands before the first line.
    static let origin = Data(count: 32)

    /// The hash that belongs to the content: every field with its length before it, so that no two contents are the same bytes.
    var computedHash: Data {
        var hash = SHA256()
        hash.update(data: previous)
        for number in [sequence, time] {
            hash.update(data: Data((0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }))
        }
        for text in [actor, kind, subject, detail] {
            let bytes = Data(text.utf8)
            hash.update(data: Data((0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (56 - 8 * $0)) }))
            hash.update(data: bytes)
        }
        return Data(hash.finalize())
    }

    /// The line that follows another.
    static func following(
        _ last: AuditMark, time: Int64, actor: String, kind: String, subject: String, detail: String
    ) -> AuditRecord {
        var record = AuditRecord(
            sequence: last.sequence + 1, time: time, actor: actor, kind: kind, subject: subject, detail: detail,
            previous: last.hash, hash: Data())
        record.hash = record.computedHash
        return record
    }
}

/// A place in the chain: the number of a line, and its hash.
package struct AuditMark: Sendable, Equatable, Codable {
    package var sequence: Int64
    package var hash: Data

    static let origin = AuditMark(sequence: 0, hash: AuditRecord.origin)

    /// `1234:` and 64 hexadecimal digits.
    package var text: String { "\(sequence):" + AuditMark.hexadecimal(hash) }

    package init(sequence: Int64, hash: Data) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Reads what ``text`` says; nil where it is none.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = Int64(parts[0]), sequence >= 0, parts[1].utf8.count == 64 else { return nil }
        let digits = Array(parts[1])
        let bytes = stride(from: 0, to: 64, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        guard !bytes.contains(nil) else { return nil }
        self.init(sequence: sequence, hash: Data(bytes.compactMap(\.self)))
    }

    /// Two digits a byte.
    package static func hexadecimal(_ bytes: Data) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
