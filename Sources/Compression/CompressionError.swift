/// Why bytes could not be compressed or restored.
package struct CompressionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String { case corrupt, tooLarge, truncated }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The bytes are not what the format allows, or not of the size that was promised.
        package static let corrupt = Code(.corrupt)
        /// What was promised is larger than the caller allows.
        package static let tooLarge = Code(.tooLarge)
        /// The bytes end too early.
        package static let truncated = Code(.truncated)

        package var description: String { value.rawValue }
    }

    package let code: Code
    /// What went wrong, on which object, and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }
}
