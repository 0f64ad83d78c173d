/// Decodes HTML character references and the escapes of JavaScript and JSON strings.
enum EscapeDecoder {
    /// References that hide markup or code; others (`&eacute;`) are text and stay.
    private static let named: [(name: [UInt8], value: UInt8)] = [
        ("lt", "<"), ("gt", ">"), ("quot", "\""), ("amp", "&"), ("apos", "'"), ("colon", ":"), ("lpar", "("), ("rpar", ")"),
        ("tab", "\t"), ("newline", "\n"), ("sol", "/"), ("bsol", "\\"), ("equals", "="), ("excl", "!"), ("grave", "`"),
        ("lbrace", "{"), ("rbrace", "}"), ("lcub", "{"), ("rcub", "}"), ("lsqb", "["), ("rsqb", "]"), ("dollar", "$"),
        ("period", "."), ("comma", ","), ("semi", ";"), ("num", "#"), ("nbsp", " "),
    ].map { (Array($0.0.utf8), $0.1.utf8.first!) }

    /// Rewrites `buffer` through `scratch`; tells what was undone.
    static func decode(_ buffer: inout [UInt8], _ scratch: inout [UInt8]) -> Transforms {
        scratch.removeAll(keepingCapacity: true)
        let applied = rewrite(buffer.span, &scratch)
        if !applied.isEmpty { swap(&buffer, &scratch) }
        return applied
    }

    private static func rewrite(_ bytes: Span<UInt8>, _ scratch: inout [UInt8]) -> Transforms {
        var applied: Transforms = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "&"), let length = reference(bytes, index, &scratch) {
                applied.insert(.entities)
                index += length
            } else if byte == UInt8(ascii: "\\"), let length = escape(bytes, index, &scratch) {
                applied.insert(.escapes)
                index += length
            } else {
                scratch.append(byte)
                index += 1
            }
        }
        return applied
    }

    /// `&#39;`, `&#x27;` (the semicolon may be missing, as browsers allow), `&quot;`. The length read, or nil where it is none.
    private static func reference(_ bytes: Span<UInt8>, _ start: Int, _ output: inout [UInt8]) -> Int? {
        var index = start + 1
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "#") {
            index += 1
            let isHex = index < bytes.count && bytes[index] | 0x20 == UInt8(ascii: "x")
            if isHex { index += 1 }
            let first = index
            var code: UInt32 = 0
            while index < bytes.count, index - first < 10, let digit = PercentDecoder.hexDigit(bytes[index]), isHex || digit < 10
            {
                code = min(code &* (isHex ? 16 : 10) &+ UInt32(digit), 0x11_0000)
                index += 1
            }
            guard index > first else { return nil }
            if index < bytes.count, bytes[index] == UInt8(ascii: ";") { index += 1 }
            PercentDecoder.appendScalar(code, to: &output)
            return index - start
        }
        for (name, value) in named where index + name.count < bytes.count && bytes[index + name.count] == UInt8(ascii: ";") {
            var offset = 0
            while offset < name.count, bytes[index + offset] | 0x20 == name[offset] { offset += 1 }
            guard offset == name.count else { continue }
            output.append(value)
            return name.count + 2
        }
        return nil
    }

    /// `\x27`, `\u0027`, `\u{27}`.
    private static func escape(_ bytes: Span<UInt8>, _ start: Int, _ output: inout [UInt8]) -> Int? {
        guard start + 3 < bytes.count else { return nil }
        if bytes[start + 1] == UInt8(ascii: "x"), let value = PercentDecoder.hexByte(bytes, start + 2) {
            output.append(value)
            return 4
        }
        guard bytes[start + 1] == UInt8(ascii: "u") else { return nil }
        if start + 5 < bytes.count, let high = PercentDecoder.hexByte(bytes, start + 2),
            let low = PercentDecoder.hexByte(bytes, start + 4)
        {
            PercentDecoder.appendScalar(UInt32(high) << 8 | UInt32(low), to: &output)
            return 6
        }
        guard bytes[start + 2] == UInt8(ascii: "{") else { return nil }
        var index = start + 3
        var code: UInt32 = 0
        while index < bytes.count, index - start < 12, let digit = PercentDecoder.hexDigit(bytes[index]) {
            code = min(code &* 16 &+ UInt32(digit), 0x11_0000)
            index += 1
        }
        guard index > start + 3, index < bytes.count, bytes[index] == UInt8(ascii: "}") else { return nil }
        PercentDecoder.appendScalar(code, to: &output)
        return index + 1 - start
    }
}
