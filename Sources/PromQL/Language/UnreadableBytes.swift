/// Bytes in a query's strings that are no UTF-8 (`"\xc5"`). Until it is known what a string is for, each stands as a scalar of its own, so
/// that it can be named in an error and printed again.
enum UnreadableBytes {
    /// The stand-in for byte `b` is this scalar plus `b`: the end of the last plane for private use, which nobody uses.
    private static let base: UInt32 = 0x10_ff00

    /// Text of bytes, with stand-ins for those that are none.
    static func text(of bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        var rest = bytes[...]
        while let first = rest.first {
            let length = (1...4).first { $0 <= rest.count && String(validating: rest.prefix($0), as: UTF8.self) != nil }
            if let length {
                text += String(decoding: rest.prefix(length), as: UTF8.self)
            } else if let scalar = Unicode.Scalar(base + UInt32(first)) {
                text.unicodeScalars.append(scalar)
            }
            rest = rest.dropFirst(length ?? 1)
        }
        return text
    }

    /// The byte that a scalar stands for, if it does.
    static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        scalar.value >= base + 0x80 ? UInt8(scalar.value - base) : nil
    }

    /// Whether a text has stand-ins.
    static func stand(in text: String) -> Bool { text.unicodeScalars.contains { byte(of: $0) != nil } }

    /// The text with the replacement character in place of stand-ins, as others may see it.
    static func repaired(_ text: String) -> String {
        guard stand(in: text) else { return text }
        var repaired = ""
        for scalar in text.unicodeScalars { repaired.unicodeScalars.append(byte(of: scalar) == nil ? scalar : "\u{FFFD}") }
        return repaired
    }
}
