import Parsing

/// Reads JSON into values of templates: objects are maps, null is nothing.
struct TemplateJSON {
    /// Deepest nesting read.
    static let maximumDepth = 64

    private let bytes: [UInt8]
    private var index = 0

    /// The value that a text writes, nil where it is no JSON.
    static func value(of text: String) -> TemplateValue? {
        var reader = TemplateJSON(bytes: Array(text.utf8))
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipBlanks()
        return reader.index == reader.bytes.count ? value : nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func skipBlanks() {
        while index < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) -> TemplateValue? {
        guard depth < TemplateJSON.maximumDepth else { return nil }
        if take("{") { return object(depth) }
        if take("[") { return array(depth) }
        if take("\"") { return string().map { .text($0) } }
        let start = index
        while index < bytes.count, isWordByte(bytes[index]) { index += 1 }
        switch String(decoding: bytes[start..<index], as: UTF8.self) {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "null": return .nothing
        case let word: return Int64(word).map { .integer($0) } ?? Double(word).map { .number($0) }
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
            || [UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: ".")].contains(byte)
    }

    private mutating func object(_ depth: Int) -> TemplateValue? {
        var members: [String: TemplateValue] = [:]
        if take("}") { return .map(members) }
        repeat {
            guard take("\""), let name = string(), take(":"), let value = value(depth: depth + 1) else { return nil }
            members[name] = value
        } while take(",")
        return take("}") ? .map(members) : nil
    }

    private mutating func array(_ depth: Int) -> TemplateValue? {
        var elements: [TemplateValue] = []
        if take("]") { return .list(elements) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
        } while take(",")
        return take("]") ? .list(elements) : nil
    }

    /// What follows a quote, up to the one that ends it.
    private mutating func string() -> String? {
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return JSONText.unescape(bytes[start..<index - 1])
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }
}
