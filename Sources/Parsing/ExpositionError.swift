/// Why an exposition could not be read.
package struct ExpositionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong with the line.
    package enum Code: String, Sendable {
        case badName = "bad_name"
        case badLabels = "bad_labels"
        case badValue = "bad_value"
        case badTimestamp = "bad_timestamp"
        case trailingText = "trailing_text"
    }

    package let code: Code
    /// Counted from 1.
    package let line: Int
    /// The byte of the line, counted from 1.
    package let column: Int

    package var description: String {
        "\(code.rawValue): line \(line), byte \(column) of the exposition is not as the text format wants it; "
            + "see what the exporter answers there"
    }
}
