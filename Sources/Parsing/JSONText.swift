/// The text of JSON strings.
package enum JSONText {
    /// What stands between the quotes, with escapes resolved. A broken escape is kept as it stands.
    package static func unescape(_ raw: ArraySlice<UInt8>) -> String {
        guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
        var output: [UInt8] = []
        output.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            let byte = raw[index]
            guard byte == UInt8(ascii: "\\"), index + 1 < raw.endIndex else {
                output.append(byte)
                index += 1
                continue
            }
            index += 2
            switch raw[index - 1] {
            case UInt8(ascii: "n"): output.append(0x0a)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "r"): output.append(0x0d)
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0c)
            case UInt8(ascii: "u"): unicode(raw, &index, into: &output)
            case let other: output.append(other)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Four hexadecimal digits, and a second escape where the first is half of a pair.
    private static func unicode(_ raw: ArraySlice<UInt8>, _ index: inout Int, into output: inout [UInt8]) {
        guard let first = codeUnit(raw, index) else {
            output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
            return
        }
        index += 4
        var scalar = UInt32(first)
        if (0xd800..<0xdc00).contains(scalar), index + 1 < raw.endIndex, raw[index] == UInt8(ascii: "\\"),
            raw[index + 1] == UInt8(ascii: "u"), let second = codeUnit(raw, index + 2),
            (0xdc00..<0xe000).contains(second)
        {
            scalar = 0x10000 + (scalar - 0xd800) << 10 + (UInt32(second) - 0xdc00)
            index += 6
        }
        let character = Unicode.Scalar(scalar) ?? "\u{fffd}"
        output.append(contentsOf: String(Character(character)).utf8)
    }

    private static func codeUnit(_ raw: ArraySlice<UInt8>, _ start: Int) -> UInt16? {
        guard start + 4 <= raw.endIndex else { return nil }
        var value: UInt16 = 0
        for byte in raw[start..<start + 4] {
            guard byte.isHexDigit else { return nil }
            value = value << 4 | UInt16(byte.isDigit ? byte - 0x30 : (byte | 0x20) - 0x57)
        }
        return value
    }
}
