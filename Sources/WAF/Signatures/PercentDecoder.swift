/// One pass of decoding: percent-encoding, `%uXXXX`, and bytes of UTF-8 that stand for ASCII.
enum PercentDecoder {
    /// Appends the decoded bytes to `output` and tells what was undone.
    ///
    /// A `%` that starts no code stays. Latin-1 text passes as it is: bytes that are no UTF-8 are no evidence.
    static func decode(_ input: [UInt8], plusIsBlank: Bool, into output: inout [UInt8]) -> Transforms {
        output.removeAll(keepingCapacity: true)
        var applied: Transforms = []
        let bytes = input.span
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                if let code = hexByte(bytes, index + 1) {
                    output.append(code)
                    applied.insert(.percent)
                    index += 3
                    continue
                }
                if index + 5 < bytes.count, bytes[index + 1] | 0x20 == UInt8(ascii: "u"), let high = hexByte(bytes, index + 2),
                    let low = hexByte(bytes, index + 4)
                {
                    appendScalar(UInt32(high) << 8 | UInt32(low), to: &output)
                    applied.insert(.percentUnicode)
                    index += 6
                    continue
                }
            }
            output.append(plusIsBlank && byte == UInt8(ascii: "+") ? 0x20 : byte)
            index += 1
        }
        return applied
    }

    /// Folds what lenient decoders take for ASCII: overlong UTF-8 and full-width forms. In place, as the result is never longer.
    static func foldToASCII(_ buffer: inout [UInt8]) -> Transforms {
        guard buffer.contains(where: { $0 >= 0xc0 }) else { return [] }
        var applied: Transforms = []
        var read = 0
        var write = 0
        while read < buffer.count {
            let byte = buffer[read]
            var folded: (UInt8, Int, Transforms)?
            if byte == 0xc0 || byte == 0xc1, read + 1 < buffer.count, buffer[read + 1] & 0x40 == 0 || buffer[read + 1] < 0x80 {
                folded = ((byte & 0x01) << 6 | buffer[read + 1] & 0x3f, 2, .overlong)
            } else if byte == 0xe0, read + 2 < buffer.count, buffer[read + 1] & 0xfe == 0x80, buffer[read + 2] & 0xc0 == 0x80 {
                folded = ((buffer[read + 1] & 0x01) << 6 | buffer[read + 2] & 0x3f, 3, .overlong)
            } else if byte == 0xef, read + 2 < buffer.count, buffer[read + 1] & 0xfe == 0xbc, buffer[read + 2] & 0xc0 == 0x80 {
                let code = (Int(buffer[read + 1] & 0x03) << 6 | Int(buffer[read + 2] & 0x3f)) + 0x20
                if (0x21...0x7e).contains(code) { folded = (UInt8(code), 3, .fullWidth) }
            }
            if let (value, length, transform) = folded {
                buffer[write] = value
                applied.insert(transform)
                read += length
            } else {
                buffer[write] = byte
                read += 1
            }
            write += 1
        }
        buffer.removeLast(buffer.count - write)
        return applied
    }

    /// A code point as UTF-8; those of the full-width block as the ASCII they look like.
    static func appendScalar(_ code: UInt32, to output: inout [UInt8]) {
        switch code {
        case 0..<0x80: output.append(UInt8(code))
        case 0xff01...0xff5e: output.append(UInt8(code - 0xfee0))
        case 0x80..<0x800:
            output.append(0xc0 | UInt8(code >> 6))
            output.append(0x80 | UInt8(code & 0x3f))
        case 0x800..<0x1_0000:
            output.append(0xe0 | UInt8(code >> 12))
            output.append(0x80 | UInt8(code >> 6 & 0x3f))
            output.append(0x80 | UInt8(code & 0x3f))
        default: output.append(UInt8(ascii: "?"))
        }
    }

    static func hexByte(_ bytes: Span<UInt8>, _ index: Int) -> UInt8? {
        guard index + 1 < bytes.count, let high = hexDigit(bytes[index]), let low = hexDigit(bytes[index + 1]) else { return nil }
        return high << 4 | low
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
