/// A template such as `<ip> - <_> "<method> <path>"`: literals that must stand in a line, and names for what is between them.
///
/// As Loki's `pattern` parser reads it: a leading literal must begin the line, a capture ends at the first occurrence of the literal
/// behind it, and a line that lacks a literal gives the rest of itself to the capture before it.
package struct PatternExpression: Sendable, Equatable {
    /// Most captures, `<_>` included.
    package static let maximumCaptures = 64

    /// A literal, or a capture (nil where it is `<_>`).
    package enum Part: Sendable, Equatable {
        case literal([UInt8])
        case capture(String?)
    }

    /// Literals and captures in turn.
    package let parts: [Part]

    /// - Throws: ``PatternSyntaxError`` for captures side by side, a name used twice or too many captures.
    package init(_ text: String) throws(PatternSyntaxError) {
        parts = PatternExpression.split(Array(text.utf8))
        if parts.isEmpty { throw PatternSyntaxError(message: "empty pattern") }
        var wasCapture = false
        var names: Set<String> = []
        var count = 0
        for part in parts {
            guard case .capture(let name) = part else {
                wasCapture = false
                continue
            }
            if wasCapture {
                throw PatternSyntaxError(
                    message: "found consecutive capture \"<\(name ?? "_")>\": a literal must stand between captures")
            }
            wasCapture = true
            count += 1
            if let name, !names.insert(name).inserted {
                throw PatternSyntaxError(message: "duplicate capture name (\(name)): give each capture its own")
            }
        }
        if count > PatternExpression.maximumCaptures {
            throw PatternSyntaxError(message: "more than \(PatternExpression.maximumCaptures) captures")
        }
    }

    /// Names of the captures that have one, in order.
    package var captureNames: [String] {
        parts.compactMap { if case .capture(let name?) = $0 { name } else { nil } }
    }

    /// Literals, in order.
    package var literals: [[UInt8]] {
        parts.compactMap { if case .literal(let bytes) = $0 { bytes } else { nil } }
    }

    /// What stands at the named captures, as far as the line goes; nil where it does not begin as the pattern does.
    package func captures(in line: ArraySlice<UInt8>) -> [(name: String, value: ArraySlice<UInt8>)]? {
        guard !line.isEmpty else { return nil }
        var rest = line
        var found: [(name: String, value: ArraySlice<UInt8>)] = []
        var pending: Part?
        for (position, part) in parts.enumerated() {
            switch part {
            case .capture: pending = part
            case .literal(let literal):
                guard let range = ByteSearch.firstRange(of: literal, in: rest),
                    position > 0 || range.lowerBound == rest.startIndex
                else {
                    if position == 0 { return nil }
                    if case .capture(let name?) = pending { found.append((name, rest)) }
                    return found
                }
                if case .capture(let name?) = pending { found.append((name, rest[..<range.lowerBound])) }
                pending = nil
                rest = rest[range.upperBound...]
            }
        }
        if case .capture(let name?) = pending { found.append((name, rest)) }
        return found
    }

    /// Whether the whole line is as the pattern says; each capture stands for at least one byte.
    package func matches(_ line: ArraySlice<UInt8>) -> Bool {
        var rest = line
        for (position, part) in parts.enumerated() {
            guard case .literal(let literal) = part else { continue }
            if position == 0 {
                guard rest.starts(with: literal) else { return false }
                rest = rest.dropFirst(literal.count)
                continue
            }
            guard let range = ByteSearch.firstRange(of: literal, in: rest.dropFirst()) else { return false }
            rest = rest[range.upperBound...]
        }
        if case .capture = parts[parts.count - 1] { return !rest.isEmpty }
        return rest.isEmpty
    }

    private static func split(_ text: [UInt8]) -> [Part] {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "<"), let end = nameEnd(text, index + 1) {
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = []
                let name = String(decoding: text[index + 1..<end], as: UTF8.self)
                parts.append(.capture(name == "_" ? nil : name))
                index = end + 1
            } else {
                literal.append(text[index])
                index += 1
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    /// The position of the `>` behind a name that begins at `start`; nil where what stands there is no name.
    private static func nameEnd(_ text: [UInt8], _ start: Int) -> Int? {
        guard start < text.count, text[start].isLetter || text[start] == UInt8(ascii: "_") else { return nil }
        var index = start
        while index < text.count, text[index].isLetter || text[index].isDigit || text[index] == UInt8(ascii: "_") { index += 1 }
        return index < text.count && text[index] == UInt8(ascii: ">") ? index : nil
    }
}

/// A pattern that can't be used, and why.
package struct PatternSyntaxError: Error, Sendable, CustomStringConvertible {
    package let message: String

    package var description: String { "invalid pattern: \(message)" }
}
