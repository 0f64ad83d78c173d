/// Reads one string literal: `"…"` and `'…'` with escapes, or `` `…` `` as it stands.
struct StringReader {
    struct Failure: Error {
        var message: String
        var offset: Int
    }

    let bytes: [UInt8]
    var index: Int

    /// The text between the quotes, with ``UnreadableBytes`` as they are.
    mutating func read() throws(Failure) -> String {
        let start = index
        let quote = bytes[index]
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote { return UnreadableBytes.text(of: text) }
            if quote == UInt8(ascii: "`") {
                text.append(byte)
            } else if byte == UInt8(ascii: "\n") {
                break
            } else if byte == UInt8(ascii: "\\") {
                try escape(quote, into: &text)
            } else {
                text.append(byte)
            }
        }
        throw Failure(message: "string has no closing quote", offset: start)
    }

    private mutating func escape(_ quote: UInt8, into text: inout [UInt8]) throws(Failure) {
        guard index < bytes.count else { throw Failure(message: "escape sequence is cut short", offset: index - 1) }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "a"): text.append(7)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "v"): text.append(11)
        case UInt8(ascii: "\\"), quote: text.append(byte)
        case UInt8(ascii: "x"): text.append(UInt8(truncatingIfNeeded: try digits(2, radix: 16)))
        case UInt8(ascii: "u"): try append(scalar: try digits(4, radix: 16), to: &text)
        case UInt8(ascii: "U"): try append(scalar: try digits(8, radix: 16), to: &text)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            index -= 1
            let value = try digits(3, radix: 8)
            guard value < 256 else { throw Failure(message: "octal escape is larger than a byte", offset: index - 3) }
            text.append(UInt8(value))
        default:
            throw Failure(message: "unknown escape sequence", offset: index - 2)
        }
    }

    private mutating func digits(_ count: Int, radix: Int) throws(Failure) -> UInt32 {
        guard index + count <= bytes.count,
            let value = UInt32(String(decoding: bytes[index..<index + count], as: UTF8.self), radix: radix)
        else { throw Failure(message: "escape sequence needs \(count) digits", offset: index) }
        index += count
        return value
    }

    private func append(scalar value: UInt32, to text: inout [UInt8]) throws(Failure) {
        guard let scalar = Unicode.Scalar(value) else {
            throw Failure(message: "escape sequence is no Unicode character", offset: index)
        }
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
    }
}
