/// Text between double quotes, escaped as in Go.
enum QuotedText {
    /// Text as a query would write it, in double quotes.
    static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\t": output += "\\t"
            case "\r": output += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                output += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }

    /// The text that `raw` stands for; nil where an escape is none.
    static func unescape(_ raw: ArraySlice<UInt8>) -> String? {
        guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
        var output: [UInt8] = []
        var index = raw.startIndex
        while index < raw.endIndex {
            guard raw[index] == UInt8(ascii: "\\") else {
                output.append(raw[index])
                index += 1
                continue
            }
            guard index + 1 < raw.endIndex, let length = escape(raw, index + 1, into: &output) else { return nil }
            index += 1 + length
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Reads the escape behind a backslash and answers its length.
    private static func escape(_ raw: ArraySlice<UInt8>, _ start: Int, into output: inout [UInt8]) -> Int? {
        switch raw[start] {
        case UInt8(ascii: "n"): output.append(0x0a)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "r"): output.append(0x0d)
        case UInt8(ascii: "a"): output.append(0x07)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0c)
        case UInt8(ascii: "v"): output.append(0x0b)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): output.append(raw[start])
        case UInt8(ascii: "x"):
            guard let value = number(raw, start + 1, 2, 16) else { return nil }
            output.append(UInt8(value))
            return 3
        case UInt8(ascii: "u"): return scalar(raw, start, 4, into: &output)
        case UInt8(ascii: "U"): return scalar(raw, start, 8, into: &output)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            guard let value = number(raw, start, 3, 8), value < 256 else { return nil }
            output.append(UInt8(value))
            return 3
        default: return nil
        }
        return 1
    }

    private static func scalar(_ raw: ArraySlice<UInt8>, _ start: Int, _ digits: Int, into output: inout [UInt8]) -> Int? {
        guard let value = number(raw, start + 1, digits, 16), let scalar = Unicode.Scalar(value) else { return nil }
        output.append(contentsOf: String(Character(scalar)).utf8)
        return digits + 1
    }

    private static func number(_ raw: ArraySlice<UInt8>, _ start: Int, _ digits: Int, _ radix: Int) -> UInt32? {
        guard start + digits <= raw.endIndex else { return nil }
        let text = raw[start..<start + digits]
        guard text.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
        return UInt32(String(decoding: text, as: UTF8.self), radix: radix)
    }
}
