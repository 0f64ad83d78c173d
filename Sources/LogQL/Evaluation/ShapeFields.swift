import Parsing
import Telemetry

/// The fields that a parser stage finds in every line of one shape: the shape is parsed instead of its lines.
///
/// That is possible where the variables can't change the line's structure: inside a quoted value they must not hold a quote, as a number
/// they must be one. What is not certain is left to the parser, line by line.
struct ShapeFields {
    /// A stretch of a value: constant, or a variable.
    enum Piece: Equatable {
        case text([UInt8])
        case variable(Int)
    }

    /// One field, in the order they stand in the line.
    struct Field: Equatable {
        var name: String
        var pieces: [Piece]
        /// Whether it stands in quotes, where escapes are read.
        var isQuoted = false
    }

    var fields: [Field]

    /// The fields that `json` finds; nil where lines must be parsed one by one.
    /// - Parameters:
    ///   - texts: the constant texts, one more than there are variables.
    ///   - kinds: what can be said about all values of each variable.
    static func json(_ texts: [[UInt8]], _ kinds: [VariableKind]) -> ShapeFields? {
        var scanner = ShapeScanner(texts, kinds)
        guard scanner.object(path: [], depth: 0), scanner.isAtEnd else { return nil }
        return ShapeFields(fields: scanner.fields)
    }

    /// The fields that `logfmt` finds; nil where lines must be parsed one by one.
    static func logfmt(_ texts: [[UInt8]], _ kinds: [VariableKind]) -> ShapeFields? {
        var scanner = ShapeScanner(texts, kinds)
        return scanner.pairs() ? ShapeFields(fields: scanner.fields) : nil
    }
}

/// Reads the bytes and variables of a shape.
private struct ShapeScanner {
    /// A byte of constant text, or a variable.
    private enum Unit: Equatable {
        case byte(UInt8)
        case variable(Int)
    }

    private let units: [Unit]
    private let kinds: [VariableKind]
    private var index = 0
    private(set) var fields: [ShapeFields.Field] = []

    init(_ texts: [[UInt8]], _ kinds: [VariableKind]) {
        self.kinds = kinds
        units = texts.enumerated().flatMap { index, text in
            text.map { Unit.byte($0) } + (index < kinds.count ? [.variable(index)] : [])
        }
    }

    private var peek: UInt8? {
        guard index < units.count, case .byte(let byte) = units[index] else { return nil }
        return byte
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { index += 1 }
    }

    var isAtEnd: Bool {
        mutating get {
            skipBlanks()
            return index == units.count
        }
    }

    // MARK: JSON

    /// Reads an object; false where that is not certain to be one in every line.
    mutating func object(path: [String], depth: Int) -> Bool {
        guard depth < JSONFields.maximumDepth else { return false }
        skipBlanks()
        guard take("{") else { return false }
        skipBlanks()
        if take("}") { return true }
        while true {
            skipBlanks()
            guard let key = quoted(), key.count <= 1 else { return false }
            var name = ""
            if case .text(let bytes)? = key.first { name = JSONText.unescape(bytes[...]) }
            if case .variable? = key.first { return false }
            skipBlanks()
            guard take(":") else { return false }
            skipBlanks()
            guard value(path: path + [name], depth: depth + 1) else { return false }
            skipBlanks()
            if take("}") { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func value(path: [String], depth: Int) -> Bool {
        guard depth < JSONFields.maximumDepth else { return false }
        switch peek {
        case UInt8(ascii: "{"): return object(path: path, depth: depth)
        case UInt8(ascii: "["): return false
        case UInt8(ascii: "\""):
            guard let value = quoted() else { return false }
            add(path, value, isQuoted: true)
            return true
        default: return scalar(path)
        }
    }

    private mutating func add(_ path: [String], _ pieces: [ShapeFields.Piece], isQuoted: Bool = false) {
        let name = FieldParser.name(of: path.map { .key($0) })
        if !name.isEmpty {
            fields.append(ShapeFields.Field(name: name, pieces: pieces, isQuoted: isQuoted))
        }
    }

    /// A number or a word. One with a variable in it must be that variable, a number, with a sign at most.
    private mutating func scalar(_ path: [String]) -> Bool {
        var pieces = Pieces()
        while index < units.count {
            if let byte = peek, [0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x7d, 0x5d].contains(byte) { break }
            pieces.append(units[index])
            index += 1
        }
        let found = pieces.done
        if found.count == 1, case .text(let bytes) = found[0] {
            if bytes == Array("null".utf8) { return true }
            let isWord = bytes == Array("true".utf8) || bytes == Array("false".utf8)
            guard isWord || isNumber(bytes) else { return false }
            add(path, found)
            return true
        }
        guard case .variable(let variable)? = found.last, kinds[variable] == .number,
            found.count == 1 || found.count == 2 && found[0] == .text([UInt8(ascii: "-")])
        else { return false }
        add(path, found)
        return true
    }

    private func isNumber(_ bytes: [UInt8]) -> Bool {
        let digits = bytes.first == 0x2d ? bytes.dropFirst() : bytes[...]
        guard let first = digits.first, first &- 0x30 < 10 else { return false }
        return digits.allSatisfy { $0 &- 0x30 < 10 || [0x2e, 0x65, 0x45, 0x2b, 0x2d].contains($0) }
    }

    /// A string in quotes, without them; nil where it may end elsewhere in some line.
    private mutating func quoted() -> [ShapeFields.Piece]? {
        guard take("\"") else { return nil }
        var pieces = Pieces()
        while index < units.count {
            let unit = units[index]
            index += 1
            switch unit {
            case .byte(UInt8(ascii: "\"")): return pieces.done
            case .byte(UInt8(ascii: "\\")):
                // What is escaped must be constant, the digits of \u included.
                guard let escaped = peek, escaped != UInt8(ascii: "u") else { return nil }
                pieces.append(unit)
                pieces.append(units[index])
                index += 1
            case .byte: pieces.append(unit)
            case .variable(let variable):
                guard kinds[variable] != .text else { return nil }
                pieces.append(unit)
            }
        }
        return nil
    }

    // MARK: logfmt

    /// Reads pairs; false where some line may have others.
    mutating func pairs() -> Bool {
        while true {
            while let byte = peek, byte <= 0x20 { index += 1 }
            if index == units.count { return true }
            guard pair() else { return false }
        }
    }

    private mutating func pair() -> Bool {
        guard let key = bare() else { return false }
        // A word alone has no value, and no label comes of it.
        guard take("=") else { return key.isEmpty == false }
        guard key.count == 1, case .text(let bytes) = key[0] else { return false }
        let name = EntryLabels.sanitized(bytes)
        if peek == UInt8(ascii: "\"") {
            guard let value = quoted() else { return false }
            add(name, value, isQuoted: true)
            return true
        }
        guard let value = bare() else { return false }
        if peek == UInt8(ascii: "=") { return false }
        add(name, value)
        return true
    }

    private mutating func add(_ name: String, _ pieces: [ShapeFields.Piece], isQuoted: Bool = false) {
        if !name.isEmpty, !pieces.isEmpty {
            fields.append(ShapeFields.Field(name: name, pieces: pieces, isQuoted: isQuoted))
        }
    }

    /// Text up to a blank or `=`; nil where a quote or a variable that may hold one stands in it.
    private mutating func bare() -> [ShapeFields.Piece]? {
        var pieces = Pieces()
        while index < units.count {
            switch units[index] {
            case .byte(let byte) where byte <= 0x20 || byte == UInt8(ascii: "="): return pieces.done
            case .byte(UInt8(ascii: "\"")): return nil
            case .variable(let variable) where kinds[variable] == .plain || kinds[variable] == .text:
                return nil
            default: pieces.append(units[index])
            }
            index += 1
        }
        return pieces.done
    }

    /// Bytes and variables on their way to pieces.
    private struct Pieces {
        private var found: [ShapeFields.Piece] = []
        private var text: [UInt8] = []

        mutating func append(_ unit: Unit) {
            switch unit {
            case .byte(let byte): text.append(byte)
            case .variable(let index):
                if !text.isEmpty { found.append(.text(text)) }
                text = []
                found.append(.variable(index))
            }
        }

        var done: [ShapeFields.Piece] { text.isEmpty ? found : found + [.text(text)] }
    }
}
