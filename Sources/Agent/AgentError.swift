/// Why an agent can't start or serve.
package struct AgentError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// An option is missing or wrong.
        case options
        /// A file of the agent's own can't be read or written.
        case storage
        /// The monitor gave no certificate.
        case enrolment
    }

    package let code: Code
    /// What went wrong, on which object, and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
