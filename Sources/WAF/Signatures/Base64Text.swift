/// Text hidden in base64.
enum Base64Text {
    /// Shorter values decode to text by chance.
    static let minimumBytes = 16

    /// What a value decodes to, where it is base64 (either alphabet) and the result is printable text; else nil.
    static func decode(_ value: [UInt8]) -> [UInt8]? {
        guard value.count >= minimumBytes, value.count <= DecodedValue.maximumBytes else { return nil }
        return bytes(of: value) { $0 >= 0x20 && $0 < 0x7f || [0x09, 0x0a, 0x0d].contains($0) }
    }

    /// What base64 stands for, where each byte of it may stand there; else nil.
    static func bytes(of value: some Sequence<UInt8>, where isAllowed: (UInt8) -> Bool = { _ in true }) -> [UInt8]? {
        var output: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in value {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let digit = digit(byte) else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                let decoded = UInt8(truncatingIfNeeded: bits >> UInt32(count))
                guard isAllowed(decoded) else { return nil }
                output.append(decoded)
            }
        }
        return padding <= 2 ? output : nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5a: byte - 0x41
        case 0x61...0x7a: byte - 0x47
        case 0x30...0x39: byte + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
