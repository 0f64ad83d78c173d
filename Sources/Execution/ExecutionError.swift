/// Why a plan was not taken, or can't go on.
package struct ExecutionError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: String, Sendable {
        /// Too many plans wait.
        case queueFull
        /// A plan of that id, or for the same purpose and object, is under way.
        case duplicate
        /// The pool has no such server, or it can't be leased.
        case noServer
        /// No plan of that id, or not in the state that the call needs.
        case wrongState
        /// Another monitor commands the agents.
        case fenced
        /// The monitor is stopping; the plan goes on with its next start.
        case interrupted
        /// An agent did not answer in the time that its step has.
        case noAnswer
        /// A kept plan does not read as one.
        case invalidPlan
    }

    package let code: Code
    /// What went wrong, on which object, and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code.rawValue): \(message)" }
}
