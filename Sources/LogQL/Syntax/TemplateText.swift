/// A text with `{{ … }}` actions, of `line_format` and `label_format`, as Go's templates have them.
///
/// ```
/// {{ .status }}   {{ .path | ToUpper | trunc 8 }}   {{ default "-" .user }}   {{ __line__ }}
/// {{ if and (eq .method "GET") (gt .status 499) }}failed{{ else if .cached }}cached{{ else }}served{{ end }}
/// ```
///
/// A label that is absent is the empty text. Left away are `range`, variables and templates inside templates: there are no lists.
struct TemplateText: Sendable {
    /// Most parts, texts and actions together.
    static let maximumParts = 256
    /// Deepest nesting of actions and of parentheses.
    static let maximumDepth = 32
    /// Longest text that a function makes: one that repeats or pads must not make any amount of it.
    static let maximumBytes = 1 << 20

    /// A value to be worked out.
    indirect enum Expression: Sendable {
        case field(String)
        /// What stands behind `with`.
        case dot
        case literal(TemplateValue)
        case line
        case timestamp
        case call(TemplateFunction, [Expression])
        /// A function of a regular expression, which is read once.
        case match(TemplateFunction, CompiledRegex, [Expression])
    }

    indirect enum Node: Sendable {
        case text(String)
        case action(Expression)
        /// The nodes of the first condition that holds, or the last ones.
        case choice([(condition: Expression, nodes: [Node])], [Node])
        /// As a choice, with the condition's value as the dot.
        case with(Expression, [Node], [Node])
    }

    let nodes: [Node]

    init(_ text: String) throws(LogQLError) {
        nodes = try TemplateParser.parse(text)
    }

    /// The text with its actions carried out.
    func expand(line: ArraySlice<UInt8>, timestamp: Int64, label: (String) -> String?) -> String {
        withoutActuallyEscaping(label) { label in
            var output = ""
            TemplateScope(line: line, timestamp: timestamp, label: label).expand(nodes, into: &output)
            return output
        }
    }
}

/// What a template sees of an entry.
private struct TemplateScope {
    let line: ArraySlice<UInt8>
    let timestamp: Int64
    let label: (String) -> String?
    var dot = TemplateValue.text("")

    func expand(_ nodes: [TemplateText.Node], into output: inout String) {
        for node in nodes {
            switch node {
            case .text(let text): output += text
            case .action(let expression): output += value(expression).text
            case .choice(let branches, let otherwise):
                let branch = branches.first { value($0.condition).isTrue }
                expand(branch?.nodes ?? otherwise, into: &output)
            case .with(let expression, let nodes, let otherwise):
                let value = value(expression)
                guard value.isTrue else {
                    expand(otherwise, into: &output)
                    continue
                }
                var inner = self
                inner.dot = value
                inner.expand(nodes, into: &output)
            }
        }
    }

    private func value(_ expression: TemplateText.Expression) -> TemplateValue {
        switch expression {
        case .field(let name): .text(label(name) ?? "")
        case .dot: dot
        case .literal(let value): value
        case .line: .text(String(decoding: line, as: UTF8.self))
        case .timestamp: .time(timestamp)
        case .call(.and, let arguments): firstValue(arguments) { !$0.isTrue }
        case .call(.or, let arguments): firstValue(arguments) { $0.isTrue }
        case .call(let function, let arguments): function.apply(arguments.map { value($0) })
        case .match(let function, let regex, let arguments): function.apply(regex, arguments.map { value($0).text })
        }
    }

    /// The first value that decides, else the last one; those behind it are not worked out.
    private func firstValue(_ arguments: [TemplateText.Expression], where decides: (TemplateValue) -> Bool) -> TemplateValue {
        var last = TemplateValue.boolean(false)
        for argument in arguments {
            last = value(argument)
            if decides(last) { break }
        }
        return last
    }
}

/// A value inside a template.
enum TemplateValue: Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    /// Nanoseconds since 1970.
    case time(Int64)

    /// As it is written out.
    var text: String {
        switch self {
        case .text(let text): text
        case .integer(let value), .time(let value): String(value)
        case .number(let value): Int64(exactly: value).map { String($0) } ?? String(value)
        case .boolean(let value): String(value)
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
        }
    }

    /// The number that it is or that is written there; what is none counts as 0.
    var number: Double { numberIfAny ?? 0 }

    var numberIfAny: Double? {
        switch self {
        case .text(let text): Double(text)
        case .integer(let value), .time(let value): Double(value)
        case .number(let value): value
        case .boolean: nil
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
