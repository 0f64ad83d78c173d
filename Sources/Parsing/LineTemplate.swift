import RegularExpressions

/// A form of log message, `Failed <_> for <user> from <source> port`: literals that must stand in a line, in order, and names for what
/// is between them.
///
/// The template must begin the message. `<source>` is an address, `<port>` and `<code>` are digits; `<user>` and `<*>` reach as far as
/// they can, all others no farther than they must: who attacks chooses the account's name and may write anything into it, so the service's own text is
/// looked for at the side of the line that is the service's.
struct LineTemplate: Sendable {
    enum Field: Sendable {
        case user, source, detail
        case other(ServiceLogRecord.Part)
    }

    private let expression: LinearRegex
    private let fields: [Field]
    /// What the message begins with; most messages that are of another form begin otherwise.
    private let prefix: [UInt8]
    /// The longest text between two fields.
    private let literal: [UInt8]

    /// - Precondition: templates are written in this package; one that does not compile is a defect.
    init(_ text: String) {
        var pattern = "^"
        var fields: [Field] = []
        var literals: [[UInt8]] = [[]]
        var rest = Substring(text)
        while let first = rest.first {
            guard first == "<", let close = rest.firstIndex(of: ">"),
                let part = LineTemplate.part(String(rest[..<close].dropFirst()))
            else {
                pattern += LineTemplate.escaped(first)
                literals[literals.count - 1] += Array(first.utf8)
                rest.removeFirst()
                continue
            }
            pattern += part.pattern
            literals.append([])
            if let field = part.field { fields.append(field) }
            rest = rest[rest.index(after: close)...]
        }
        if ["<detail>", "<user>", "<reason>", "<command>"].contains(where: text.hasSuffix) { pattern += "$" }
        self.fields = fields
        prefix = literals[0]
        literal = literals.dropFirst().max { $0.count < $1.count } ?? []
        do {
            expression = try LinearRegex(pattern, latin1: true)
        } catch {
            fatalError("template \(text): \(error)")
        }
    }

    private static func part(_ name: String) -> (pattern: String, field: Field?)? {
        switch name {
        case "_": (".*?", nil)
        case "*": (".*", nil)
        case "user": ("(.*)", .user)
        case "detail": ("(.*?)", .detail)
        case "source": ("([0-9A-Fa-f:.]{3,45})", .source)
        case "port": ("([0-9]+)", .other(.port))
        case "code": ("([0-9]{3})", .other(.code))
        case "local": ("([0-9A-Fa-f:.]{3,45})", .other(.local))
        default: ServiceLogRecord.Part(rawValue: name).map { ("(.*?)", .other($0)) }
        }
    }

    private static func escaped(_ character: Character) -> String {
        "\\.+*?()|[]{}^$".contains(character) ? "\\\(character)" : String(character)
    }

    /// What stands at the fields, or nil where the message is of another form.
    func match(_ message: ArraySlice<UInt8>) -> ServiceLogRecord.Fields? {
        guard message.starts(with: prefix), ByteSearch.contains(literal, in: message) else { return nil }
        let bounds = unsafe message.withUnsafeBytes { unsafe expression.firstMatch(in: $0) }
        guard let bounds else { return nil }
        var result = ServiceLogRecord.Fields()
        for (index, field) in fields.enumerated() {
            guard let range = bounds[index + 1] else { continue }
            let value = message[message.startIndex + range.lowerBound..<message.startIndex + range.upperBound]
            if !result.take(field, value) { return nil }
        }
        return result
    }
}
