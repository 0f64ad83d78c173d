import Telemetry

/// What can be said about all values of a variable, as far as it matters to parsers.
enum VariableKind {
    /// Digits, with a fraction perhaps: `7`, `007`, `1.50`.
    case number
    /// Anything but blanks, quotes, backslashes, `=` and control characters.
    case bare
    /// Anything but quotes, backslashes and control characters.
    case plain
    /// Anything.
    case text

    private static let digits = ByteSet(Array("0123456789.".utf8))
    private static let structural = ByteSet(Array(0..<0x20) + Array("\"\\".utf8))
    private static let separating = ByteSet(Array(" =".utf8))

    init(of variable: Int, in group: any LogRowGroup) throws {
        let bytes = try group.bytes(of: variable)
        if bytes.intersects(VariableKind.structural) {
            self = .text
        } else if bytes.intersects(VariableKind.separating) {
            self = .plain
        } else {
            self = try bytes.isSubset(of: VariableKind.digits) && group.isNumeric(variable) ? .number : .bare
        }
    }
}
