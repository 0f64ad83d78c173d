import Parsing
import RegularExpressions
import Telemetry

extension QueryCursor {
    private static let lineFilterSymbols: Set<String> = ["|=", "|~", "|>", "!=", "!~", "!>"]

    /// The stages of a pipeline up to something that is none. A stage called `unwrap` ends it and is not taken.
    mutating func stages() throws(LogQLError) -> [Stage] {
        var stages: [Stage] = []
        while true {
            if case .symbol(let symbol) = current.kind, QueryCursor.lineFilterSymbols.contains(symbol) {
                // Behind a selector these are filters; as operators they would follow a closed expression.
                stages.append(.lineFilter(try lineFilter(symbol)))
            } else if at("|"), following.kind != .identifier("unwrap") {
                advance()
                stages.append(try stage())
            } else {
                return stages
            }
            if stages.count > LogQLParser.maximumStages {
                throw failure("more than \(LogQLParser.maximumStages) stages in one pipeline", code: .limit)
            }
        }
    }

    private mutating func lineFilter(_ symbol: String) throws(LogQLError) -> LineFilter {
        advance()
        var filter = LineFilter(isNegated: symbol.hasPrefix("!"), conditions: [])
        repeat {
            if let condition = try condition(symbol) { filter.conditions.append(condition) }
        } while take(word: "or")
        return filter
    }

    /// Nil where the expression is invalid, which is noted.
    private mutating func condition(_ symbol: String) throws(LogQLError) -> LineFilter.Condition? {
        let place = current
        if at(word: "ip"), symbol == "|=" || symbol == "!=" {
            return .address(try address())
        }
        let text = try string()
        switch symbol {
        case "|=", "!=": return .contains(Array(text.utf8))
        case "|~", "!~":
            do throws(LogQLError) {
                return .matches(try regex(text, at: place))
            } catch {
                deferredErrors.append(error)
                return nil
            }
        default:
            let pattern = try self.pattern(text, at: place)
            guard pattern.captureNames.isEmpty else {
                throw failure("named captures are not allowed in a pattern filter: use <_>", at: place)
            }
            return .pattern(pattern)
        }
    }

    mutating func address() throws(LogQLError) -> AddressMatcher {
        advance()
        try expect("(")
        let place = current
        let text = try string()
        guard let matcher = AddressMatcher(text) else {
            throw failure("ip: invalid pattern \"\(text)\": give an address, a range a-b or a network a/n", at: place)
        }
        try expect(")")
        return matcher
    }

    private func pattern(_ text: String, at place: Token) throws(LogQLError) -> PatternExpression {
        do {
            return try PatternExpression(text)
        } catch {
            throw failure("\(error)", at: place)
        }
    }

    /// What stands behind `|`.
    private mutating func stage() throws(LogQLError) -> Stage {
        guard case .identifier(let name) = current.kind, !isLabelFilterAhead else { return .labelFilter(try labelFilter()) }
        advance()
        switch name {
        case "json": return .json(try jsonLabels())
        case "logfmt": return try logfmt()
        case "pattern": return .pattern(try namedPattern())
        case "regexp": return .regexp(try namedGroups())
        case "unpack": return .unpack
        case "decolorize": return .decolorize
        case "line_format": return .lineFormat(try template())
        case "label_format": return .labelFormat(try assignments())
        case "keep": return .keep(try choices())
        case "drop": return .drop(try choices())
        case "shape": return .shape(take(word: "by") ? try names() : [])
        case "distinct": return .distinct(try labelNames())
        default: throw unexpected(expecting: "a comparison behind the label \"\(name)\"")
        }
    }

    /// Any word may be a label's name; what follows it tells.
    private var isLabelFilterAhead: Bool {
        guard case .symbol(let symbol) = following.kind else { return false }
        return ["=", "!=", "=~", "!~", "==", ">", ">=", "<", "<="].contains(symbol) && !(isParserName && symbol.hasPrefix("!"))
    }

    /// Behind `| json` a `!=` begins the next line filter.
    private var isParserName: Bool {
        ["json", "logfmt", "unpack", "decolorize"].contains { at(word: $0) }
    }

    private mutating func template() throws(LogQLError) -> TemplateText {
        let place = current
        let text = try string()
        do throws(LogQLError) {
            return try TemplateText(text)
        } catch {
            throw failure(error.message, code: error.code, at: place)
        }
    }

    private mutating func namedPattern() throws(LogQLError) -> PatternExpression {
        let place = current
        let pattern = try self.pattern(try string(), at: place)
        guard !pattern.captureNames.isEmpty else { throw failure("at least one capture is required", at: place) }
        return pattern
    }

    private mutating func namedGroups() throws(LogQLError) -> CompiledRegex {
        let place = current
        let text = try string()
        let regex: CompiledRegex
        do throws(LogQLError) {
            regex = try self.regex(text, at: place)
        } catch {
            // RE2 refuses a name used twice with words of its own.
            guard error.message.contains("duplicate capture group name") else { throw error }
            throw failure("duplicate extracted label name: \(error.message)", at: place)
        }
        let names = regex.groupNames.compactMap { $0 }
        guard !names.isEmpty else { throw failure("at least one named capture must be supplied", at: place) }
        guard Set(names).count == names.count else { throw failure("duplicate extracted label name", at: place) }
        return regex
    }

    private mutating func jsonLabels() throws(LogQLError) -> [JSONLabel] {
        try renamedLabels().map { (label) throws(LogQLError) in
            guard let path = JSONPath.parse(label.key) else {
                throw failure("cannot parse expression [\(label.key)]: syntax error in the path of \"\(label.name)\"")
            }
            return JSONLabel(name: label.name, path: path)
        }
    }

    private mutating func logfmt() throws(LogQLError) -> Stage {
        var (strict, keepEmpty) = (false, false)
        while case .flag(let flag) = current.kind {
            switch flag {
            case "strict": strict = true
            case "keep-empty": keepEmpty = true
            default: throw failure("syntax error: unknown flag --\(flag): logfmt has --strict and --keep-empty")
            }
            advance()
        }
        return .logfmt(strict: strict, keepEmpty: keepEmpty, try renamedLabels())
    }

    /// `name, other="key"`, as far as it goes.
    private mutating func renamedLabels() throws(LogQLError) -> [RenamedLabel] {
        var labels: [RenamedLabel] = []
        guard case .identifier = current.kind else { return labels }
        repeat {
            let name = try identifier()
            labels.append(RenamedLabel(name: name, key: take("=") ? try string() : name))
        } while take(",")
        return labels
    }

    private mutating func assignments() throws(LogQLError) -> [LabelAssignment] {
        var assignments: [LabelAssignment] = []
        repeat {
            let place = current
            let name = try identifier()
            guard !assignments.contains(where: { $0.name == name }) else {
                throw failure("multiple label name '\(name)' not allowed in a single format operation", at: place)
            }
            try expect("=")
            if case .identifier(let source) = current.kind {
                advance()
                assignments.append(LabelAssignment(name: name, source: .rename(source)))
            } else {
                assignments.append(LabelAssignment(name: name, source: .template(try template())))
            }
        } while take(",")
        return assignments
    }

    private mutating func labelNames() throws(LogQLError) -> [String] {
        var names: [String] = []
        repeat { names.append(try identifier()) } while take(",")
        return names
    }

    private mutating func choices() throws(LogQLError) -> [LabelChoice] {
        var choices: [LabelChoice] = []
        repeat {
            if case .symbol(let symbol) = following.kind, LabelMatcher.Operation(rawValue: symbol) != nil,
                case .identifier(let name) = current.kind
            {
                choices.append(LabelChoice(name: name, matcher: try matcher()))
            } else {
                choices.append(LabelChoice(name: try identifier(), matcher: nil))
            }
        } while take(",")
        return choices
    }
}
