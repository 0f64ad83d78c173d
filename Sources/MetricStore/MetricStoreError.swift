/// What went wrong in the metric store.
package struct MetricStoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String { case locked, corrupt, io, closed, invalid, limit }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// Another process has the directory open.
        package static let locked = Code(.locked)
        /// Bytes on disk are not what was written.
        package static let corrupt = Code(.corrupt)
        /// The file system refused.
        package static let io = Code(.io)
        /// The store was closed.
        package static let closed = Code(.closed)
        /// What was asked for makes no sense.
        package static let invalid = Code(.invalid)
        /// A limit of the store is reached.
        package static let limit = Code(.limit)

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
