/// Scans a JSON object's bytes for its values and their key paths, without building a tree.
///
/// ```
/// {"a":1,"b":{"c":"x"}}   →   ["a"] number 1,  ["b", "c"] string x
/// ```
///
/// The scanner checks the grammar as it goes and has reported everything before the place where it breaks.
package struct JSONFields {
    /// Deepest nesting followed; a deeper document is malformed.
    package static let maximumDepth = 64

    /// What a value is.
    package enum Kind: Sendable {
        case string, number, boolean, null, array, object
    }

    /// One step from a value to one inside it.
    package enum PathElement: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    /// A scalar, or a container as raw JSON.
    package struct Value: Sendable {
        package let kind: Kind
        /// A string without quotes and escapes; the raw text of anything else.
        package let text: String
    }

    private let bytes: ArraySlice<UInt8>
    private var index: Int
    private var path: [PathElement] = []
    private var arrayDepth = 0

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// Hands every scalar that is in no array to `visit`, with the keys that lead to it, in the order they stand.
    /// - Throws: ``JSONSyntaxError`` where the bytes are no JSON object.
    package static func forEachLeaf(
        of bytes: ArraySlice<UInt8>, _ visit: ([PathElement], Value) -> Void
    ) throws(JSONSyntaxError) {
        var scanner = JSONFields(bytes)
        scanner.skipBlanks()
        guard scanner.peek == UInt8(ascii: "{") else { throw scanner.error("expected an object") }
        try scanner.value(depth: 0) { path, kind, range in
            guard kind != .object, kind != .array, isOutsideArrays(path) else { return }
            visit(path, JSONFields.value(kind, bytes[range]))
        }
        try scanner.end()
    }

    /// The values at some paths, nil for one that leads nowhere. The first of equal keys counts.
    package static func values(
        at paths: [[PathElement]], of bytes: ArraySlice<UInt8>
    ) throws(JSONSyntaxError) -> [Value?] {
        var scanner = JSONFields(bytes)
        var found = [Value?](repeating: nil, count: paths.count)
        scanner.skipBlanks()
        guard scanner.peek == UInt8(ascii: "{") else { throw scanner.error("expected an object") }
        try scanner.value(depth: 0) { path, kind, range in
            for index in paths.indices where found[index] == nil && paths[index] == path {
                found[index] = JSONFields.value(kind, bytes[range])
            }
        }
        try scanner.end()
        return found
    }

    private static func isOutsideArrays(_ path: [PathElement]) -> Bool {
        path.allSatisfy { if case .key = $0 { true } else { false } }
    }

    private static func value(_ kind: Kind, _ raw: ArraySlice<UInt8>) -> Value {
        guard kind == .string else { return Value(kind: kind, text: String(decoding: raw, as: UTF8.self)) }
        return Value(kind: .string, text: JSONText.unescape(raw.dropFirst().dropLast()))
    }

    // MARK: Scanning

    private var peek: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while index < bytes.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[index]) { index += 1 }
    }

    private mutating func end() throws(JSONSyntaxError) {
        skipBlanks()
        if index < bytes.endIndex { throw error("unexpected text behind the object") }
    }

    private func error(_ message: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: index - bytes.startIndex, message: message)
    }

    private typealias Visitor = (_ path: [PathElement], _ kind: Kind, _ range: Range<Int>) -> Void

    private mutating func value(depth: Int, _ visit: Visitor) throws(JSONSyntaxError) {
        guard depth < JSONFields.maximumDepth else { throw error("nested deeper than \(JSONFields.maximumDepth)") }
        let start = index
        let kind: Kind
        switch peek {
        case UInt8(ascii: "{"):
            kind = .object
            try object(depth: depth, visit)
        case UInt8(ascii: "["):
            kind = .array
            try array(depth: depth, visit)
        case UInt8(ascii: "\""):
            kind = .string
            try string()
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            kind = peek == UInt8(ascii: "n") ? .null : .boolean
            try word()
        case .some(let byte) where byte == 0x2d || byte.isDigit:
            kind = .number
            try number()
        default: throw error("expected a value")
        }
        visit(path, kind, start..<index)
    }

    private mutating func object(depth: Int, _ visit: Visitor) throws(JSONSyntaxError) {
        index += 1
        skipBlanks()
        if take("}") { return }
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw error("expected a key") }
            let start = index
            try string()
            path.append(.key(JSONText.unescape(bytes[start + 1..<index - 1])))
            skipBlanks()
            guard take(":") else { throw error("expected ':'") }
            skipBlanks()
            try value(depth: depth + 1, visit)
            path.removeLast()
            skipBlanks()
            if take("}") { return }
            guard take(",") else { throw error("expected ',' or '}'") }
        }
    }

    private mutating func array(depth: Int, _ visit: Visitor) throws(JSONSyntaxError) {
        index += 1
        skipBlanks()
        if take("]") { return }
        var position = 0
        while true {
            skipBlanks()
            path.append(.index(position))
            try value(depth: depth + 1, visit)
            path.removeLast()
            position += 1
            skipBlanks()
            if take("]") { return }
            guard take(",") else { throw error("expected ',' or ']'") }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func string() throws(JSONSyntaxError) {
        index += 1
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "\""):
                index += 1
                return
            default: index += 1
            }
        }
        index = bytes.endIndex
        throw error("unterminated string")
    }

    private mutating func word() throws(JSONSyntaxError) {
        for literal in ["true", "false", "null"] where bytes[index...].starts(with: literal.utf8) {
            index += literal.utf8.count
            return
        }
        throw error("expected a value")
    }

    private mutating func number() throws(JSONSyntaxError) {
        if peek == 0x2d { index += 1 }
        guard let first = peek, first.isDigit else { throw error("expected a digit") }
        while let byte = peek, byte.isDigit || [0x2e, 0x65, 0x45, 0x2b, 0x2d].contains(byte) { index += 1 }
    }
}

/// Bytes that are no JSON object, and where that shows.
package struct JSONSyntaxError: Error, Sendable, CustomStringConvertible {
    /// Bytes from the start.
    package let offset: Int
    package let message: String

    package var description: String { "\(message) at byte \(offset)" }
}
