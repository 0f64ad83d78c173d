package import Telemetry

/// Reads the text of a label set as Loki's clients send it: `{app="x", level="info"}`.
package enum LokiLabels {
    /// The labels, of which there must be at least one.
    package static func parse(_ text: ArraySlice<UInt8>) throws(IngestError) -> Labels {
        var rest = text
        func failure() -> IngestError {
            IngestError(.badBody, "not a label set: \(String(decoding: text.prefix(200), as: UTF8.self))")
        }
        var labels: [Label] = []
        skipBlanks(&rest)
        guard rest.popFirst() == UInt8(ascii: "{") else { throw failure() }
        skipBlanks(&rest)
        while let next = rest.first, next != UInt8(ascii: "}") {
            let name = rest.prefix { isNameByte($0) }
            rest = rest.dropFirst(name.count)
            skipBlanks(&rest)
            guard !name.isEmpty, labels.count < SampleBatch.maximumLabels, rest.popFirst() == UInt8(ascii: "=") else {
                throw failure()
            }
            skipBlanks(&rest)
            guard let value = quoted(&rest) else { throw failure() }
            labels.append(Label(String(decoding: name, as: UTF8.self), value))
            skipBlanks(&rest)
            if rest.first == UInt8(ascii: ",") { rest.removeFirst() }
            skipBlanks(&rest)
        }
        guard rest.popFirst() == UInt8(ascii: "}") else { throw failure() }
        skipBlanks(&rest)
        let result = Labels(labels)
        guard rest.isEmpty, !result.isEmpty else { throw failure() }
        return result
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), 0x80...: true
        default: false
        }
    }

    private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
        while let byte = rest.first, byte == 0x20 || byte == 9 { rest.removeFirst() }
    }

    /// A string of Go: in quotes with escapes, or raw between backquotes.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "`") else { return nil }
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == quote { return String(decoding: value, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "`") else {
                value.append(byte)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            switch escaped {
            case UInt8(ascii: "n"): value.append(10)
            case UInt8(ascii: "t"): value.append(9)
            case UInt8(ascii: "r"): value.append(13)
            case UInt8(ascii: "x"):
                guard let code = code(&rest, 2) else { return nil }; value.append(UInt8(truncatingIfNeeded: code))
            case UInt8(ascii: "u"): guard append(code(&rest, 4), to: &value) else { return nil }
            case UInt8(ascii: "U"): guard append(code(&rest, 8), to: &value) else { return nil }
            default: value.append(escaped)
            }
        }
        return nil
    }

    private static func code(_ rest: inout ArraySlice<UInt8>, _ digits: Int) -> UInt32? {
        let text = String(decoding: rest.prefix(digits), as: UTF8.self)
        guard text.utf8.count == digits, let value = UInt32(text, radix: 16) else { return nil }
        rest = rest.dropFirst(digits)
        return value
    }

    private static func append(_ code: UInt32?, to value: inout [UInt8]) -> Bool {
        guard let code, let scalar = Unicode.Scalar(code) else { return false }
        value.append(contentsOf: String(Character(scalar)).utf8)
        return true
    }
}
