/// Makes the derived views of a value out of its decoded text.
enum ViewMaker {
    private static let comments = ByteSet("*")
    private static let separators = ByteSet("\\/x")
    private static let quoting = ByteSet("'\"\\^$`<>")
    private static let code = ByteSet("<:(`=[")

    /// Whether a text of these bytes can look different in a view.
    static func mayChange(_ view: ValueView, _ present: ByteSet) -> Bool {
        switch view {
        case .sql: present.intersects(comments)
        case .path: present.intersects(separators)
        case .shell: present.intersects(quoting)
        case .script: present.intersects(code)
        case .text, .raw: false
        }
    }

    static func make(_ view: ValueView, from text: [UInt8], into output: inout [UInt8]) {
        switch view {
        case .sql: withoutComments(text.span, &output)
        case .path: asPath(text.span, &output)
        case .shell: asShell(text.span, &output)
        case .script: asScript(text.span, &output)
        case .text, .raw: output.append(contentsOf: text)
        }
    }

    /// `/* … */` as a blank; MySQL runs what stands in `/*! … */`, so that is kept.
    private static func withoutComments(_ text: Span<UInt8>, _ output: inout [UInt8]) {
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "/"), index + 1 < text.count, text[index + 1] == UInt8(ascii: "*") else {
                // The end of a comment that is run.
                if text[index] == UInt8(ascii: "*"), index + 1 < text.count, text[index + 1] == UInt8(ascii: "/") {
                    appendBlank(&output)
                    index += 2
                    continue
                }
                output.append(text[index])
                index += 1
                continue
            }
            if index + 2 < text.count, text[index + 2] == UInt8(ascii: "!") {
                index += 3
                while index < text.count, text[index] &- 0x30 < 10 { index += 1 }
                appendBlank(&output)
            } else if let end = commentEnd(text, index) {
                index = end
                appendBlank(&output)
            } else {
                // Open to the end: it cuts off the rest of the statement, which is evidence.
                while index < text.count {
                    output.append(text[index])
                    index += 1
                }
            }
        }
    }

    private static func appendBlank(_ output: inout [UInt8]) {
        if let last = output.last, last != 0x20 { output.append(0x20) }
    }

    /// Backslashes as slashes, `0x2e` and `0x2f` as what they mean, `/./` and `//` as `/`, `....//` as `../`.
    private static func asPath(_ text: Span<UInt8>, _ output: inout [UInt8]) {
        var index = 0
        while index < text.count {
            var byte = text[index]
            var length = 1
            if byte == UInt8(ascii: "\\") { byte = UInt8(ascii: "/") }
            if byte == UInt8(ascii: "0"), index + 3 < text.count, text[index + 1] == UInt8(ascii: "x"),
                let value = PercentDecoder.hexByte(text, index + 2), [0x2e, 0x2f, 0x5c].contains(value)
            {
                byte = value == 0x2e ? value : UInt8(ascii: "/")
                length = 4
            }
            index += length
            if byte == UInt8(ascii: "/"), let last = output.last {
                // Behind a scheme's colon two slashes belong together.
                if last == byte, output.count < 2 || output[output.count - 2] != UInt8(ascii: ":") { continue }
                if last == UInt8(ascii: "."), output.count >= 2, output[output.count - 2] == UInt8(ascii: "/") {
                    output.removeLast()
                    continue
                }
            }
            output.append(byte)
        }
    }

    private static func asShell(_ text: Span<UInt8>, _ output: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "^"): index += 1
            case UInt8(ascii: "$"):
                let (length, isBlank) = expansion(text, index)
                if isBlank { output.append(0x20) }
                if length == 0 { output.append(byte) }
                index += max(length, 1)
            default:
                let length = emptySubstitution(text, index)
                if length == 0 { output.append(byte) }
                index += max(length, 1)
            }
        }
    }

    /// The length of a substitution that yields nothing: two backticks, `$()`, `<()`, `>()`.
    private static func emptySubstitution(_ text: Span<UInt8>, _ start: Int) -> Int {
        guard start + 1 < text.count else { return 0 }
        if text[start] == UInt8(ascii: "`") { return text[start + 1] == UInt8(ascii: "`") ? 2 : 0 }
        let isProcess = text[start] == UInt8(ascii: "<") || text[start] == UInt8(ascii: ">")
        guard isProcess, start + 2 < text.count, text[start + 1] == UInt8(ascii: "("), text[start + 2] == UInt8(ascii: ")") else {
            return 0
        }
        return 3
    }

    /// The length of an expansion that yields a blank (`$IFS`, `${IFS}`, `$IFS$9`) or nothing (`$@`, `$*`, `$1`, `$u` within a word).
    private static func expansion(_ text: Span<UInt8>, _ start: Int) -> (length: Int, isBlank: Bool) {
        func matches(_ literal: StaticString) -> Bool {
            let length = literal.utf8CodeUnitCount
            guard start + length <= text.count else { return false }
            return literal.withUTF8Buffer { wanted in
                for offset in 0..<length where unsafe wanted[offset] != text[start + offset] { return false }
                return true
            }
        }
        if matches("${ifs") {
            var index = start + 5
            while index < text.count, index - start < 24, text[index] != UInt8(ascii: "}") { index += 1 }
            return index < text.count && text[index] == UInt8(ascii: "}") ? (index + 1 - start, true) : (5, true)
        }
        if matches("$ifs") { return (4, true) }
        guard start + 1 < text.count else { return (0, false) }
        switch text[start + 1] {
        case UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "$"),
            UInt8(ascii: "#"), UInt8(ascii: "1")...UInt8(ascii: "9"):
            return (2, false)
        case UInt8(ascii: "(") where start + 2 < text.count && text[start + 2] == UInt8(ascii: ")"): return (3, false)
        default: return (0, false)
        }
    }

    private static func asScript(_ text: Span<UInt8>, _ output: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "/"), index + 1 < text.count, text[index + 1] == UInt8(ascii: "*"),
                let end = commentEnd(text, index)
            {
                index = end
                continue
            }
            if byte > 0x20, byte != 0x7f { output.append(byte) }
            index += 1
        }
    }

    private static func commentEnd(_ text: Span<UInt8>, _ start: Int) -> Int? {
        var index = start + 2
        while index + 1 < text.count {
            if text[index] == UInt8(ascii: "*"), text[index + 1] == UInt8(ascii: "/") { return index + 2 }
            index += 1
        }
        return nil
    }
}
