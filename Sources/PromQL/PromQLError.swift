/// Why a query gave no answer.
package struct PromQLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is; an API maps it to a status.
    package enum Code: String, Sendable {
        /// The text is no valid query (HTTP 400).
        case parse = "bad_data"
        /// The query is valid, but can't be evaluated on this data (HTTP 422).
        case execution
        /// The query wants more samples, series or steps than it may have (HTTP 422).
        case limit
        /// The query ran longer than it may (HTTP 503).
        case timeout
        /// The store could not be read (HTTP 500).
        case storage = "internal"
    }

    package let code: Code
    /// What went wrong, on which object, and what to do.
    package let message: String
    /// Where in the text, counted from 1; 0 where no place is to blame.
    package let line: Int
    /// Byte in the line, counted from 1; 0 where no place is to blame.
    package let column: Int

    package init(_ code: Code, _ message: String, at position: SourcePosition = .nowhere) {
        self.code = code
        self.message = message
        line = Int(position.line)
        column = Int(position.column)
    }

    package var description: String {
        line == 0 ? message : "\(line):\(column): \(code == .parse ? "parse error: " : "")\(message)"
    }
}

/// Where in a query's text something stands. Takes no part in equality: two expressions are equal if they mean the same.
package struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
    /// No place in particular.
    package static let nowhere = SourcePosition(line: 0, column: 0)

    /// Counted from 1.
    package var line: Int32
    /// Byte in the line, counted from 1.
    package var column: Int32

    package init(line: Int, column: Int) {
        self.line = Int32(clamping: line)
        self.column = Int32(clamping: column)
    }

    package static func == (left: SourcePosition, right: SourcePosition) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
    package var description: String { "\(line):\(column)" }
}
