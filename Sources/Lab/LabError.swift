/// What can go wrong in the laboratory itself (not in what it tests: that is a verdict).
package struct LabError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// This machine lacks a program or a right.
        case prerequisite
        /// A namespace, interface, control group or directory could not be made.
        case construction
        /// A program of the stack ended or said nothing in time.
        case service
        /// A program's answer was not understood.
        case answer
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
