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

    init(of variable: Int, in group: any LogRowGroup) throws {
        if try group.numbers(of: variable) != nil {
            self = .number
        } else {
            self.init(of: try group.strings(of: variable).bytes)
        }
    }

    private init(of bytes: [UInt8]) {
        var kind = VariableKind.bare
        for byte in bytes {
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                kind = .text
                break
            }
            if byte == 0x20 || byte == UInt8(ascii: "=") { kind = .plain }
        }
        self = kind
    }
}
