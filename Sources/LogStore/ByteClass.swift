/// What a byte means when a line is cut into tokens.
enum ByteClass {
    static let delimiter: UInt8 = 0
    static let letter: UInt8 = 1
    static let digit: UInt8 = 2

    /// Class by byte. Bytes above ASCII count as letters, so that text in any language stays in one piece.
    static let table: [UInt8] = (0..<256).map { byte in
        switch UInt8(byte) {
        case 0x30...0x39: digit
        case 0x41...0x5a, 0x61...0x7a, 0x80...0xff: letter
        default: delimiter
        }
    }

    static let dot = UInt8(ascii: ".")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let colon = UInt8(ascii: ":")

    /// Whether the name of a month may begin so.
    static func startsMonth(_ byte: UInt8) -> Bool {
        // One bit for each of A, D, F, J, M, N, O, S.
        byte >= 0x41 && byte <= 0x53 && (0x47229 >> (UInt32(byte) - 0x41)) & 1 != 0
    }
}
