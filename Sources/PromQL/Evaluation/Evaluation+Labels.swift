import RegularExpressions
import Telemetry

extension Evaluation {
    /// `label_replace(v, destination, replacement, source, regex)`.
    func labelReplace(_ arguments: [Expression], over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        let destination = try labelName(arguments[1])
        let replacement = try text(arguments[2])
        let source = try text(arguments[3])
        let pattern = try text(arguments[4])
        let regex: LinearRegex
        do {
            regex = try LinearRegex(pattern)
        } catch {
            throw PromQLError(.execution, "\(error)", at: arguments[4].position)
        }
        let template = ReplacementTemplate(replacement)
        try withDistinctRows(false, to: body) { (emit) throws(PromQLError) in
            try rows(of: arguments[0], over: grid) { (row) throws(PromQLError) in
                var row = row
                if let value = template.expand(row.labels[source] ?? "", regex) {
                    row.labels = row.labels.setting(destination, to: value)
                }
                try emit(row)
            }
        }
    }

    /// `label_join(v, destination, separator, sources…)`.
    func labelJoin(_ arguments: [Expression], over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        let destination = try labelName(arguments[1])
        let separator = try text(arguments[2])
        var sources: [String] = []
        for argument in arguments.dropFirst(3) { sources.append(try text(argument)) }
        try withDistinctRows(false, to: body) { (emit) throws(PromQLError) in
            try rows(of: arguments[0], over: grid) { (row) throws(PromQLError) in
                let value = sources.map { row.labels[$0] ?? "" }.joined(separator: separator)
                var row = row
                row.labels = row.labels.setting(destination, to: value)
                try emit(row)
            }
        }
    }

    /// The text of an argument that names a label to be made.
    func labelName(_ expression: Expression) throws(PromQLError) -> String {
        guard case .string(let name) = expression.unwrapped.kind, !name.isEmpty, !UnreadableBytes.stand(in: name) else {
            throw PromQLError(.execution, "invalid label name \(expression.unwrapped)", at: expression.position)
        }
        return name
    }
}

/// A replacement such as `$1-${name}`, taken apart once.
struct ReplacementTemplate {
    private enum Part {
        case text(String)
        case group(String)
    }

    private var parts: [Part] = []

    init(_ text: String) {
        var rest = Array(text.utf8)[...]
        var plain: [UInt8] = []
        func isWord(_ byte: UInt8) -> Bool { StringLiteral.isLetter(byte) || StringLiteral.isDigit(byte) }
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$"), let next = rest.first else {
                plain.append(byte)
                continue
            }
            if next == UInt8(ascii: "$") {
                rest.removeFirst()
                plain.append(next)
                continue
            }
            var name: ArraySlice<UInt8>?
            if next == UInt8(ascii: "{") {
                let inside = rest.dropFirst().prefix { $0 != UInt8(ascii: "}") }
                if inside.endIndex < rest.endIndex, !inside.isEmpty, inside.allSatisfy(isWord) {
                    name = inside
                    rest = rest[(inside.endIndex + 1)...]
                }
            } else {
                let word = rest.prefix(while: isWord)
                if !word.isEmpty {
                    name = word
                    rest = rest.dropFirst(word.count)
                }
            }
            guard let name else {
                plain.append(byte)
                continue
            }
            parts.append(.text(String(decoding: plain, as: UTF8.self)))
            plain = []
            parts.append(.group(String(decoding: name, as: UTF8.self)))
        }
        parts.append(.text(String(decoding: plain, as: UTF8.self)))
    }

    /// The replacement for a text that matches as a whole, or nil if it does not match.
    func expand(_ text: String, _ regex: LinearRegex) -> String? {
        let bytes = Array(text.utf8)
        let match = unsafe bytes.withUnsafeBytes { unsafe regex.firstMatch(in: $0, anchored: true) }
        guard let match else { return nil }
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .group(let name):
                let index = Int(name) ?? regex.groupNames.firstIndex { $0 == name }.map { $0 + 1 }
                guard let index, index < match.count, let range = match[index] else { continue }
                result += String(decoding: bytes[range], as: UTF8.self)
            }
        }
        return result
    }
}
