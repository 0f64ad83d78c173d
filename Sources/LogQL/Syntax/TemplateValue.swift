/// A value inside a template.
enum TemplateValue: Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    /// Nanoseconds since 1970.
    case time(Int64)
    case list([TemplateValue])
    case map([String: TemplateValue])

    static let nothing = TemplateValue.text("")

    /// As it is written out.
    var text: String {
        switch self {
        case .text(let text): text
        case .integer(let value), .time(let value): String(value)
        case .number(let value): Int64(exactly: value).map { String($0) } ?? String(value)
        case .boolean(let value): String(value)
        case .list(let elements): "[" + elements.map(\.text).joined(separator: " ") + "]"
        case .map(let members):
            "map[" + members.sorted { $0.key < $1.key }.map { "\($0):\($1.text)" }.joined(separator: " ") + "]"
        }
    }

    /// Neither empty nor nothing.
    var isTrue: Bool {
        switch self {
        case .text(let text): !text.isEmpty
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .boolean(let value): value
        case .time: true
        case .list(let elements): !elements.isEmpty
        case .map(let members): !members.isEmpty
        }
    }

    /// What a loop over it sees: elements by their places, members by their names in order, numbers below it.
    var elements: [(key: TemplateValue, element: TemplateValue)] {
        switch self {
        case .list(let elements): elements.enumerated().map { (.integer(Int64($0)), $1) }
        case .map(let members): members.sorted { $0.key < $1.key }.map { (.text($0), $1) }
        case .integer(let count):
            (0..<max(0, min(count, Int64(TemplateText.maximumSteps)))).map { (.integer($0), .integer($0)) }
        default: []
        }
    }

    /// Elements, members, or bytes of what is written.
    var count: Int {
        switch self {
        case .list(let elements): elements.count
        case .map(let members): members.count
        default: text.utf8.count
        }
    }

    /// The member of that name, nothing where there is none.
    func member(_ name: String) -> TemplateValue {
        guard case .map(let members) = self else { return .nothing }
        return members[name] ?? .nothing
    }

    /// The element at a place or of a name.
    func element(_ key: TemplateValue) -> TemplateValue {
        switch self {
        case .map: return member(key.text)
        case .list(let elements):
            let index = key.integer
            return elements.indices.contains(Int(clamping: index)) ? elements[Int(index)] : .nothing
        case .text(let text):
            let bytes = Array(text.utf8)
            let index = key.integer
            return bytes.indices.contains(Int(clamping: index)) ? .integer(Int64(bytes[Int(index)])) : .nothing
        default: return .nothing
        }
    }

    /// The number that it is or that is written there; what is none counts as 0.
    var number: Double { numberIfAny ?? 0 }

    var numberIfAny: Double? {
        switch self {
        case .text(let text): Double(text)
        case .integer(let value), .time(let value): Double(value)
        case .number(let value): value
        case .boolean, .list, .map: nil
        }
    }

    /// The whole number, fractions cut.
    var integer: Int64 {
        switch self {
        case .integer(let value), .time(let value): value
        case .text(let text): Int64(text) ?? Int64(exactly: number.rounded(.towardZero)) ?? 0
        default: Int64(exactly: number.rounded(.towardZero)) ?? 0
        }
    }
}
