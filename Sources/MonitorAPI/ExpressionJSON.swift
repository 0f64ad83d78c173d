import PromQL
import Telemetry

/// The syntax tree of a query as Prometheus' user interface reads it.
extension JSONWriter {
    /// A node and what hangs below it.
    mutating func expression(_ expression: Expression) {
        object { writer in
            switch expression.kind {
            case .number(let value):
                writer.members(type: "numberLiteral", [("val", NumberText.format(value))])
            case .string(let text):
                writer.members(type: "stringLiteral", [("val", text)])
            case .selector(let selector):
                writer.members(type: "vectorSelector")
                writer.selector(selector)
            case .range(let selector, let window):
                writer.members(type: "matrixSelector")
                writer.selector(selector)
                writer.member("range", window.milliseconds)
            case .subquery(let subquery): writer.subquery(subquery)
            case .call(let name, let arguments): writer.call(name, arguments, returning: expression.type)
            case .aggregation(let aggregation): writer.aggregation(aggregation)
            case .binary(let operation): writer.binary(operation)
            case .unary(let negative, let operand):
                writer.members(type: "unaryExpr", [("op", negative ? "-" : "+")])
                writer.key("expr")
                writer.expression(operand)
            default:
                // Parentheses are all that is left.
                writer.members(type: "parenExpr")
                writer.child("expr", expression.kind.children.first)
            }
        }
    }

    private mutating func subquery(_ subquery: Subquery) {
        members(type: "subquery")
        child("expr", subquery.expression)
        member("range", subquery.window.milliseconds)
        member("step", subquery.step?.milliseconds ?? 0)
        shift(subquery.shift)
    }

    private mutating func aggregation(_ aggregation: Aggregation) {
        members(type: "aggregation", [("op", aggregation.aggregator.rawValue)])
        child("expr", aggregation.expression)
        child("param", aggregation.parameter)
        key("grouping")
        strings(aggregation.grouping)
        key("without")
        boolean(aggregation.without)
    }

    private mutating func binary(_ operation: BinaryOperation) {
        members(type: "binaryExpr", [("op", operation.operator.rawValue)])
        child("lhs", operation.left)
        child("rhs", operation.right)
        key("bool")
        boolean(operation.returnsBool)
        key("matching")
        guard operation.left.type == .vector, operation.right.type == .vector else { return null() }
        matching(operation)
    }

    private mutating func matching(_ operation: BinaryOperation) {
        let matching = operation.matching
        let isSet = [.and, .or, .unless].contains(operation.operator)
        object { writer in
            writer.key("card")
            switch matching.manySide {
            case .left: writer.string("many-to-one")
            case .right: writer.string("one-to-many")
            case nil: writer.string(isSet ? "many-to-many" : "one-to-one")
            }
            writer.key("labels")
            writer.strings(matching.labels)
            writer.key("on")
            writer.boolean(matching.on)
            writer.key("include")
            writer.strings(matching.include)
        }
    }

    private mutating func call(_ name: String, _ arguments: [Expression], returning type: ValueType) {
        members(type: "call")
        let signature = FunctionSignature(name, arguments)
        key("func")
        object { writer in
            writer.member("name", name)
            writer.key("argTypes")
            writer.strings(signature.parameters.map(\.shortName))
            writer.member("variadic", signature.variadic)
            writer.member("returnType", type.shortName)
        }
        key("args")
        array { writer in for argument in arguments { writer.expression(argument) } }
    }

    private mutating func selector(_ selector: VectorSelector) {
        member("name", selector.name ?? "")
        let named = selector.name.map { [LabelMatcher.equal(Labels.metricNameLabel, $0)] } ?? []
        key("matchers")
        array { writer in
            for matcher in selector.conditions + named {
                writer.map([("name", matcher.name), ("type", matcher.operation.rawValue), ("value", matcher.value)])
            }
        }
        shift(selector.shift)
    }

    private mutating func shift(_ shift: TimeShift) {
        member("offset", shift.offset?.milliseconds ?? 0)
        key("timestamp")
        if case .time(let time)? = shift.pin { integer(time) } else { null() }
        key("startOrEnd")
        switch shift.pin {
        case .start?: string("start")
        case .end?: string("end")
        default: null()
        }
    }

    private mutating func members(type: String, _ texts: [(String, String)] = []) {
        member("type", type)
        for (name, text) in texts { member(name, text) }
    }

    private mutating func child(_ name: String, _ expression: Expression?) {
        key(name)
        if let expression { self.expression(expression) } else { null() }
    }

    private mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    private mutating func member(_ name: String, _ number: some BinaryInteger) {
        key(name)
        integer(number)
    }
}

/// What a function takes, as far as the user interface wants to know it.
private struct FunctionSignature {
    var parameters: [ValueType]
    /// How many more arguments there may be than parameters; -1 for any number.
    var variadic = 0

    /// Functions whose arguments in a query do not show what they take.
    private static let flexible: [String: ([ValueType], Int)] = [
        "round": ([.vector, .scalar], 1), "label_join": ([.vector, .string, .string, .string], -1),
        "sort_by_label": ([.vector, .string], -1), "sort_by_label_desc": ([.vector, .string], -1),
        "year": ([.vector], 1), "month": ([.vector], 1), "day_of_month": ([.vector], 1), "day_of_week": ([.vector], 1),
        "day_of_year": ([.vector], 1), "days_in_month": ([.vector], 1), "hour": ([.vector], 1), "minute": ([.vector], 1),
    ]

    init(_ name: String, _ arguments: [Expression]) {
        (parameters, variadic) = FunctionSignature.flexible[name] ?? (arguments.map(\.type), 0)
    }
}

extension ValueType {
    /// As Prometheus names it in answers.
    fileprivate var shortName: String {
        switch self {
        case .scalar: "scalar"
        case .vector: "vector"
        case .range: "matrix"
        case .string: "string"
        }
    }
}

extension DurationExpression {
    /// The value where it does not depend on the query's step and range, else 0.
    fileprivate var milliseconds: Milliseconds {
        switch self {
        case .literal(let seconds): Milliseconds((seconds * 1000).rounded())
        case .negative(let inner): -inner.milliseconds
        case .parenthesized(let inner): inner.milliseconds
        default: 0
        }
    }
}
