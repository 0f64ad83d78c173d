/// Base64 and percent encoding, for templates.
enum TextCodec {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func base64(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word = group.reduce(0) { $0 << 8 | Int($1) }
            word <<= 8 * (3 - group.count)
            for place in 0..<4 {
                output.append(place <= group.count ? digits[word >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Nil where the text is not base64.
    static func fromBase64(_ text: String) -> String? {
        var bytes = Array(text.utf8)
        guard bytes.count % 4 == 0 else { return nil }
        let padding = bytes.suffix(2).count { $0 == UInt8(ascii: "=") }
        bytes.removeLast(padding)
        var output: [UInt8] = []
        var (word, bits) = (0, 0)
        for byte in bytes {
            guard let value = digits.firstIndex(of: byte) else { return nil }
            word = (word << 6 | value) & 0xff_ffff
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            output.append(UInt8(word >> bits & 255))
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// As in the query of an address: a blank is a plus.
    static func percentEncoded(_ text: String) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            let isPlain = byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || Array("-_.~".utf8).contains(byte)
            if isPlain {
                output.append(byte)
            } else if byte == 0x20 {
                output.append(UInt8(ascii: "+"))
            } else {
                output += Array("%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))".utf8)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Nil where a percent sign is not followed by two digits.
    static func fromPercentEncoded(_ text: String) -> String? {
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): output.append(0x20)
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                    rest.first != UInt8(ascii: "+")
                else { return nil }
                output.append(value)
                rest = rest.dropFirst(2)
            default: output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
