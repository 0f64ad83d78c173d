/// Why the log store could not do something: what went wrong, on which object, and what to do.
package struct LogStoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: String, Sendable {
        /// Another process holds the directory.
        case directoryInUse
        /// The operating system refused a call: disk full, permission, failing device.
        case inputOutput
        /// Bytes on disk are not what was written.
        case corrupt
        /// The call names something that can't be: a directory that is in use, a snapshot that is none.
        case invalid
        /// The store was closed.
        case closed
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "log store, \(code.rawValue): \(message)" }

    static func corrupt(_ message: String) -> LogStoreError { LogStoreError(.corrupt, message) }
}
