/// A text with `{{ … }}` actions, of `line_format` and `label_format`, as Go's templates have them.
///
/// ```
/// {{ .status }}   {{ .path | ToUpper | trunc 8 }}   {{ default "-" .user }}   {{ __line__ }}
/// {{ if and (eq .method "GET") (gt .status 499) }}failed{{ else if .cached }}cached{{ else }}served{{ end }}
/// {{ range $i, $item := fromJson .items }}{{ if $i }}, {{ end }}{{ $item.sku }}{{ else }}nothing{{ end }}
/// ```
///
/// A label that is absent is the empty text, as is what JSON does not have. Left away are templates inside templates.
struct TemplateText: Sendable {
    /// Most parts, texts and actions together.
    static let maximumParts = 256
    /// Deepest nesting of actions and of parentheses.
    static let maximumDepth = 32
    /// Longest text that a function makes: one that repeats or pads must not make any amount of it.
    static let maximumBytes = 1 << 20
    /// Most nodes carried out for one entry, those of a loop each time: what is beyond is left out.
    static let maximumSteps = 100_000

    /// A value to be worked out.
    indirect enum Expression: Sendable {
        case field(String)
        /// What stands behind `with`, or the element of a `range`.
        case dot
        /// What the template began with: its fields are the labels.
        case root
        /// A variable by its place.
        case variable(Int)
        /// A field of a value that has some.
        case member(Expression, String)
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
        /// The nodes once for each element, with it as the dot; the last ones where there is none.
        case range(Expression, key: Int?, element: Int?, [Node], [Node])
        /// Gives a variable a value.
        case assign(Int, Expression)
        case leave
        case proceed
    }

    let nodes: [Node]
    /// How many places for variables there are.
    let variables: Int

    init(_ text: String) throws(LogQLError) {
        (nodes, variables) = try TemplateParser.parse(text)
    }

    /// The text with its actions carried out.
    func expand(line: ArraySlice<UInt8>, timestamp: Int64, label: (String) -> String?) -> String {
        withoutActuallyEscaping(label) { label in
            var run = TemplateRun(line: line, timestamp: timestamp, label: label, variables: variables)
            run.expand(nodes)
            return run.output
        }
    }
}
