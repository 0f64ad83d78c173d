/// Why a MaxMind database, or a record of it, can't be read. The file is the operator's: nothing in it may end the monitor.
package struct MaxMindError: Error, Sendable, CustomStringConvertible {
    /// What is wrong.
    package struct Code: Sendable, Hashable {
        private enum Value { case noDatabase, unsupported, corrupt, limit }
        private let value: Value

        /// The file is of another kind.
        package static let noDatabase = Code(value: .noDatabase)
        /// A version or a size of records that the format does not have.
        package static let unsupported = Code(value: .unsupported)
        /// Something points, or reaches, outside of the file, or is not what it must be.
        package static let corrupt = Code(value: .corrupt)
        /// A record is deeper or has more values than any real one.
        package static let limit = Code(value: .limit)
    }

    /// What is wrong.
    package let code: Code
    /// What was found, and where it matters what was expected.
    package let message: String
    /// Byte of the file; nil where it is about the file as a whole.
    package let offset: Int?

    init(_ code: Code, _ message: String, at offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    package var description: String { offset.map { "byte \($0): \(message)" } ?? message }
}
