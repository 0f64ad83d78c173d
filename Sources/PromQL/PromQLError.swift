/// Why a query gave no answer.
package struct PromQLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: String, Sendable {
        /// The text is no valid query.
        case parse
        /// The query uses something of Prometheus that is not built in.
        case unsupported
        /// The query is valid, but can't be evaluated on this data.
        case execution
        /// The query wants more samples, series, steps or depth than it may have.
        case limit
        /// The query ran longer than it may.
        case timeout
        /// The store could not be read.
        case storage

        /// The name that Prometheus' API gives it.
        package var errorType: String {
            switch self {
            case .parse, .unsupported: "bad_data"
            case .execution, .limit: "execution"
            case .timeout: "timeout"
            case .storage: "internal"
            }
        }
    }

    /// What kind of trouble it is.
    package let code: Code
    /// What went wrong, on which object, and what to do.
    package let message: String
    /// Where in the text, counted from 1; 0 where no place is to blame.
    package let line: Int
    /// Byte in the line, counted from 1; 0 where no place is to blame.
    package let column: Int

    /// An error, with the place in the text that is to blame where there is one.
    package init(_ code: Code, _ message: String, at position: SourcePosition = .nowhere) {
        self.code = code
        self.message = message
        line = Int(position.line)
        column = Int(position.column)
    }

    /// Place, kind and message on one line.
    package var description: String {
        line == 0 ? message : "\(line):\(column): \(code == .parse || code == .unsupported ? "parse error: " : "")\(message)"
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

    /// A place, counted from 1.
    package init(line: Int, column: Int) {
        self.line = Int32(clamping: line)
        self.column = Int32(clamping: column)
    }

    /// Always true: where something stands does not change what it means.
    package static func == (left: SourcePosition, right: SourcePosition) -> Bool { true }
    /// Adds nothing, in accord with equality.
    package func hash(into hasher: inout Hasher) {}
    /// Place, kind and message on one line.
    package var description: String { "\(line):\(column)" }
}
