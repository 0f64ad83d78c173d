/// A form of log message, `Failed <_> for <user> from <source> port`: literals that must all stand in a line, in order, and names
/// for what is between them.
///
/// Stricter than ``PatternExpression``: a message that lacks a literal is not of the form, and `<source>` must be an address. The first
/// literal must begin the message unless the template begins with `<_>`. The last occurrence of the literal behind `<user>` ends it, as
/// who attacks chooses the name and may write anything into it.
struct LineTemplate: Sendable {
    enum Field: String, Sendable { case user, source, detail, ignored = "_" }

    private enum Part: Sendable {
        case literal([UInt8])
        case field(Field)
    }

    private let parts: [Part]

    /// - Precondition: fields are known and separated by literals; templates are written in this package.
    init(_ text: String) {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = Substring(text)
        while let first = rest.first {
            guard first == "<", let close = rest.firstIndex(of: ">"),
                let field = Field(rawValue: String(rest[..<close].dropFirst()))
            else {
                literal += String(first).utf8
                rest.removeFirst()
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
            parts.append(.field(field))
            rest = rest[rest.index(after: close)...]
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    /// What stands at the fields, or nil where the message is of another form.
    func match(_ message: ArraySlice<UInt8>) -> ServiceLogRecord.Fields? {
        var fields = ServiceLogRecord.Fields()
        var rest = message
        var pending: Field?
        for (position, part) in parts.enumerated() {
            switch part {
            case .field(let field): pending = field
            case .literal(let literal):
                guard let range = find(literal, in: rest, position, after: pending) else { return nil }
                if let pending, !fields.take(pending, rest[..<range.lowerBound]) { return nil }
                pending = nil
                rest = rest[range.upperBound...]
            }
        }
        if let pending, !fields.take(pending, rest) { return nil }
        return fields
    }

    private func find(_ literal: [UInt8], in rest: ArraySlice<UInt8>, _ position: Int, after field: Field?) -> Range<Int>? {
        guard var found = ByteSearch.firstRange(of: literal, in: rest) else { return nil }
        if position == 0 { return found.lowerBound == rest.startIndex ? found : nil }
        if field == .user {
            while let later = ByteSearch.firstRange(of: literal, in: rest[(found.lowerBound + 1)...]) { found = later }
        }
        return found
    }
}
