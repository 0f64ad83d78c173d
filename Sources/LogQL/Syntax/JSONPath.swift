import Parsing

/// Paths of the `json` parser: `response.code`, `servers[0]`, `headers["X-API-KEY"]`.
enum JSONPath {
    /// Longest path.
    static let maximumElements = 64

    /// The steps of a path; nil where it is none.
    static func parse(_ text: String) -> [JSONFields.PathElement]? {
        let bytes = Array(text.utf8)
        var index = 0
        var path: [JSONFields.PathElement] = []
        while index < bytes.count, path.count < maximumElements {
            switch bytes[index] {
            case UInt8(ascii: "["):
                guard let element = bracket(bytes, &index) else { return nil }
                path.append(element)
            case UInt8(ascii: ".") where !path.isEmpty:
                index += 1
                guard let key = name(bytes, &index) else { return nil }
                path.append(.key(key))
            default:
                guard path.isEmpty, let key = name(bytes, &index) else { return nil }
                path.append(.key(key))
            }
        }
        return path.isEmpty || index < bytes.count ? nil : path
    }

    private static func name(_ bytes: [UInt8], _ index: inout Int) -> String? {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            let isLetter = (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") || byte >= 0x80
            guard isLetter || index > start && (byte &- 0x30 < 10 || byte == UInt8(ascii: "-")) else { break }
            index += 1
        }
        return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
    }

    private static func bracket(_ bytes: [UInt8], _ index: inout Int) -> JSONFields.PathElement? {
        guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let inside = bytes[(index + 1)..<end]
        index = end + 1
        if inside.first == UInt8(ascii: "\""), inside.count >= 2, inside.last == UInt8(ascii: "\"") {
            return .key(JSONText.unescape(inside.dropFirst().dropLast()))
        }
        guard !inside.isEmpty, inside.allSatisfy({ $0 &- 0x30 < 10 }), let position = Int(String(decoding: inside, as: UTF8.self))
        else { return nil }
        return .index(position)
    }
}
