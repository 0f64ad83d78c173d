/// Why a service's figures are missing.
package struct ServiceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure, as they are counted.
    package enum Reason: String, Sendable, CaseIterable {
        /// No whole answer came within the time it has.
        case timeout
        /// Nothing accepts connections where it should.
        case unreachable
        /// It answered with an error.
        case refused
        /// It wants credentials that the agent was not given, or others.
        case denied
        /// The answer has more bytes than are read.
        case tooLarge = "too_large"
        /// The answer is not what the protocol says.
        case malformed
        /// The service does not offer its figures; the message says what to turn on.
        case notConfigured = "not_configured"
    }

    package let reason: Reason
    /// What went wrong, at which endpoint, and what to do.
    package let message: String

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    package var description: String { "\(reason.rawValue): \(message)" }
}
