/// Why rules can't be used, or an alert or a notification not be taken.
package struct AlertingError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// A rule file does not read as one.
        case invalidRules
        /// A template does not read as one.
        case invalidTemplate
        /// Two elements of a rule's result have the same labels.
        case duplicateAlert
        /// An alert or a silence from outside is not usable.
        case invalidRequest
        /// More than the limit.
        case tooMany
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
