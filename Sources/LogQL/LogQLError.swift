/// Why a query was refused or failed.
package struct LogQLError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: String, Sendable {
        /// The query is not LogQL.
        case parse
        /// LogQL that is not available here.
        case unsupported
        /// The query ran and its meaning failed: ambiguous matches, lines that a stage could not read.
        case execution
        /// A limit on entries, series, samples or bytes was reached.
        case limit
        /// The deadline passed.
        case timeout
        /// The log store failed.
        case storage
    }

    package let code: Code
    /// What went wrong and what to do.
    package let message: String
    /// Where in the query, counted from 1; 0 where the error belongs to no place.
    package let line: Int
    package let column: Int

    package init(_ code: Code, _ message: String, line: Int = 0, column: Int = 0) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
    }

    package var description: String {
        line > 0 ? "parse error at line \(line), col \(column): \(message)" : message
    }
}
