/// A line of the audit log, as the API tells it.
package struct AuditLine: Sendable, Codable, Equatable {
    package var sequence: Int64
    /// Milliseconds since 1970.
    package var time: Int64
    package var actor: String
    package var kind: String
    package var subject: String
    package var detail: String
    /// SHA-256 over this line and the hash of the one before, in hexadecimal digits.
    package var hash: String

    package init(
        sequence: Int64, time: Int64, actor: String, kind: String, subject: String, detail: String, hash: String
    ) {
        self.sequence = sequence
        self.time = time
        self.actor = actor
        self.kind = kind
        self.subject = subject
        self.detail = detail
        self.hash = hash
    }
}

/// What looking through the whole audit log found.
package struct AuditFinding: Sendable, Codable, Equatable {
    package var lines: Int64
    /// Number and hash of the last line that is in order, to be noted down elsewhere: `1234:` and 64 digits.
    package var head: String
    /// What is wrong first; nil where nothing is.
    package var problem: String?

    package init(lines: Int64, head: String, problem: String?) {
        self.lines = lines
        self.head = head
        self.problem = problem
    }
}
