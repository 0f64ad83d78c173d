import Telemetry

extension Expression: CustomStringConvertible {
    /// The query on one line. Parsing it gives an equal tree.
    package var description: String {
        switch kind {
        case .number(let value): NumberText.literal(value)
        case .string(let text): StringLiteral.quoted(text)
        case .selector(let selector): selector.text(window: nil)
        case .range(let selector, let window): selector.text(window: window)
        case .subquery(let subquery): subquery.description
        case .call(let name, let arguments): "\(name)(\(arguments.map(\.description).joined(separator: ", ")))"
        case .aggregation(let aggregation): aggregation.description
        case .binary(let operation): operation.description
        case .unary(let negative, let operand): (negative ? "-" : "+") + operand.description
        case .parenthesized(let inner): "(\(inner))"
        }
    }
}

extension VectorSelector: CustomStringConvertible {
    /// As PromQL writes it.
    package var description: String { text(window: nil) }

    /// Words that can't stand bare where a metric name may.
    private static let reserved: Set<String> = [
        "inf", "nan", "and", "or", "unless", "atan2", "offset", "bool", "on", "ignoring", "group_left", "group_right", "by",
        "without",
    ]

    func text(window: DurationExpression?) -> String {
        let named = name.map { name in
            StringLiteral.isMetricName(name) && !VectorSelector.reserved.contains(name.lowercased())
                && !conditions.contains { $0.name == Labels.metricNameLabel }
        }
        var inside = conditions.map { condition in
            let name = StringLiteral.isLabelName(condition.name) ? condition.name : StringLiteral.quoted(condition.name)
            return name + condition.operation.rawValue + StringLiteral.quoted(condition.value)
        }
        if named == false, let name { inside.insert(StringLiteral.quoted(name), at: 0) }
        let braces = inside.isEmpty && named == true ? "" : "{\(inside.joined(separator: ","))}"
        let bare = named == true ? name ?? "" : ""
        return bare + braces + (window.map { "[\($0)]" } ?? "") + shift.description
            + (reach.map { " \($0.rawValue)" } ?? "")
    }
}

extension TimeShift: CustomStringConvertible {
    /// As PromQL writes it.
    package var description: String {
        var text = ""
        switch pin {
        case nil: break
        case .start: text = " @ start()"
        case .end: text = " @ end()"
        case .time(let time): text = " @ \(TimeShift.seconds(time))"
        }
        return text + (offset.map { " offset \($0)" } ?? "")
    }

    /// Seconds with three places, from an integer so that nothing is lost.
    private static func seconds(_ time: Milliseconds) -> String {
        let places = String(time.magnitude % 1000 + 1000).dropFirst()
        return "\(time < 0 ? "-" : "")\(time.magnitude / 1000).\(places)"
    }
}

extension Subquery: CustomStringConvertible {
    /// As PromQL writes it.
    package var description: String {
        "\(expression)[\(window):\(step?.description ?? "")]\(shift)"
    }
}

extension Aggregation: CustomStringConvertible {
    /// As PromQL writes it.
    package var description: String {
        var text = aggregator.rawValue
        if without || !grouping.isEmpty {
            text += " \(without ? "without" : "by") (\(StringLiteral.labelList(grouping))) "
        }
        return text + "(" + (parameter.map { "\($0), " } ?? "") + expression.description + ")"
    }
}

extension BinaryOperation: CustomStringConvertible {
    /// As PromQL writes it.
    package var description: String {
        "\(left) \(self.operator.rawValue)\(returnsBool ? " bool" : "")\(matching) \(right)"
    }
}

extension VectorMatching: CustomStringConvertible {
    /// As PromQL writes it.
    package var description: String {
        var text = ""
        if on || !labels.isEmpty || manySide != nil {
            text += " \(on ? "on" : "ignoring") (\(StringLiteral.labelList(labels)))"
        }
        switch manySide {
        case nil: break
        case .left: text += " group_left (\(StringLiteral.labelList(include)))"
        case .right: text += " group_right (\(StringLiteral.labelList(include)))"
        }
        switch (fill?.left, fill?.right) {
        case (let left?, let right?) where left == right: text += " fill (\(VectorMatching.number(left)))"
        case (let left, let right):
            if let left { text += " fill_left (\(VectorMatching.number(left)))" }
            if let right { text += " fill_right (\(VectorMatching.number(right)))" }
        }
        return text
    }

    private static func number(_ value: Double) -> String { (value < 0 ? "-" : "") + NumberText.literal(value.magnitude) }
}
