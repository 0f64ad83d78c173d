/// A template carried out for one entry: what it sees, what its variables hold, and what has been written.
struct TemplateRun {
    /// What goes on behind a node.
    private enum Course {
        case next, leave, proceed
    }

    let line: ArraySlice<UInt8>
    let timestamp: Int64
    let label: (String) -> String?
    private(set) var output = ""
    private var variables: [TemplateValue]
    /// Nil where the dot is the entry.
    private var dot: TemplateValue?
    private var steps = 0

    init(line: ArraySlice<UInt8>, timestamp: Int64, label: @escaping (String) -> String?, variables: Int) {
        self.line = line
        self.timestamp = timestamp
        self.label = label
        self.variables = Array(repeating: .nothing, count: variables)
    }

    mutating func expand(_ nodes: [TemplateText.Node]) { _ = carryOut(nodes) }

    private mutating func carryOut(_ nodes: [TemplateText.Node]) -> Course {
        for node in nodes {
            steps += 1
            guard steps <= TemplateText.maximumSteps, output.utf8.count <= TemplateText.maximumBytes else { return .leave }
            let course = carryOut(node)
            if course != .next { return course }
        }
        return .next
    }

    private mutating func carryOut(_ node: TemplateText.Node) -> Course {
        switch node {
        case .text(let text): output += text
        case .action(let expression): output += value(expression).text
        case .assign(let place, let expression): variables[place] = value(expression)
        case .leave: return .leave
        case .proceed: return .proceed
        case .choice(let branches, let otherwise):
            for branch in branches where value(branch.condition).isTrue { return carryOut(branch.nodes) }
            return carryOut(otherwise)
        case .with(let expression, let nodes, let otherwise):
            let value = value(expression)
            return value.isTrue ? carryOut(nodes, dot: value) : carryOut(otherwise)
        case .range(let expression, let key, let element, let nodes, let otherwise):
            let all = value(expression).elements
            if all.isEmpty { return carryOut(otherwise) }
            for one in all {
                if let key { variables[key] = one.key }
                if let element { variables[element] = one.element }
                if carryOut(nodes, dot: one.element) == .leave { break }
            }
        }
        return .next
    }

    private mutating func carryOut(_ nodes: [TemplateText.Node], dot inner: TemplateValue) -> Course {
        let outer = dot
        defer { dot = outer }
        dot = inner
        return carryOut(nodes)
    }

    private func value(_ expression: TemplateText.Expression) -> TemplateValue {
        switch expression {
        case .field(let name):
            if case .map? = dot { dot?.member(name) ?? .nothing } else { .text(label(name) ?? "") }
        case .dot: dot ?? .nothing
        case .root: .nothing
        case .member(.root, let name): .text(label(name) ?? "")
        case .member(let of, let name): value(of).member(name)
        case .variable(let place): variables[place]
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
