/// Why a driver could not do what it was asked.
package struct DriverError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure, as they are counted in metrics.
    package enum Code: String, Sendable, CaseIterable {
        /// What was asked for makes no sense: a bad name, address or path.
        case invalidRequest = "invalid_request"
        /// The machine lacks what is needed: an image, a bridge, a program, an option.
        case missing
        /// A program ran and failed.
        case failed
        /// Nothing answered in time.
        case timedOut = "timed_out"
        /// A socket or host can't be reached.
        case unreachable
        /// It runs, and takes nobody more just now.
        case busy
        /// A file could not be read or written.
        case storage
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
