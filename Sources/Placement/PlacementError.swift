/// Why a placement can't be asked for, or can't be had.
package struct PlacementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: String, Sendable {
        /// An amount, a cost or a sum beyond its limits.
        case outOfBounds
        /// More servers or containers than a placement takes, or no server.
        case tooMany
        /// A name that is there twice.
        case duplicate
        /// A container names a server that is not there.
        case unknownServer
        /// No assignment keeps every rule.
        case infeasible
    }

    package var code: Code
    /// What is wrong, on which object.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
