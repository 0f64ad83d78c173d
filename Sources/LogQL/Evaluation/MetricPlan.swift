import RegularExpressions
import Telemetry

/// A metric query made ready: its samples are read, and it answers step after step.
indirect enum MetricPlan {
    case number(Double)
    case vector(Double)
    case window(RangeWindow)
    case aggregation(VectorAggregation, MetricPlan)
    case binary(BinaryExpression, MetricPlan, MetricPlan)
    case labelReplace(LabelReplace, MetricPlan)

    enum Value {
        case number(Double)
        case elements([Element])
    }

    /// Reads what the expression needs for steps, ascending.
    /// - Parameter isOrdered: false where nobody minds in which order elements come.
    init(
        _ expression: Expression, _ source: any LogSource, _ budget: QueryBudget, steps: [Nanoseconds], maximumSeries: Int,
        isOrdered: Bool = true
    ) throws(LogQLError) {
        func plan(_ inner: Expression, isOrdered: Bool = true) throws(LogQLError) -> MetricPlan {
            try MetricPlan(inner, source, budget, steps: steps, maximumSeries: maximumSeries, isOrdered: isOrdered)
        }
        switch expression {
        case .literal(let value): self = .number(value)
        case .vector(let value): self = .vector(value)
        case .rangeAggregation(let aggregation):
            try aggregation.log.refuseDistinct("a metric query")
            let window = RangeWindow(aggregation, isOrdered: isOrdered)
            try window.load(source, budget, steps: steps, maximumSeries: maximumSeries)
            self = .window(window)
        case .vectorAggregation(let aggregation):
            if aggregation.operation == .approximateTopK, steps.count > 1 {
                throw LogQLError(.execution, "approx_topk is only supported on instant queries: use topk")
            }
            let inner = try plan(
                aggregation.innerWithGrouping, isOrdered: aggregation.isPushedDown ? isOrdered : !aggregation.picks)
            // Series told apart by the labels that a sum keeps are its sums already.
            self = aggregation.isPushedDown ? inner : .aggregation(aggregation, inner)
        case .binary(let binary): self = .binary(binary, try plan(binary.left), try plan(binary.right))
        case .labelReplace(let replace): self = .labelReplace(replace, try plan(replace.inner))
        case .log: throw LogQLError(.parse, "a log query can't stand inside a metric query")
        }
    }

    /// Whether elements come in an order that means something.
    private var isOrdered: Bool {
        if case .window(let window) = self { window.isOrdered } else { true }
    }

    /// The value at one step. Steps must be asked for in ascending order.
    func value(at time: Nanoseconds) throws(LogQLError) -> Value {
        switch self {
        case .number(let value): return .number(value)
        case .vector(let value): return .elements([Element(labels: .empty, value: value)])
        case .window(let window): return .elements(window.elements(at: time))
        case .aggregation(let aggregation, let inner):
            guard case .elements(let elements) = try inner.value(at: time) else {
                throw LogQLError(.execution, "\(aggregation.operation.rawValue) takes a vector, not a number")
            }
            return .elements(aggregation.apply(to: elements, isOrdered: inner.isOrdered))
        case .labelReplace(let replace, let inner):
            guard case .elements(let elements) = try inner.value(at: time) else {
                throw LogQLError(.execution, "label_replace takes a vector, not a number")
            }
            return .elements(elements.map { Element(labels: replace.apply(to: $0.labels), value: $0.value) })
        case .binary(let binary, let left, let right):
            switch (try left.value(at: time), try right.value(at: time)) {
            case (.number(let left), .number(let right)): return .number(binary.operation.apply(left, right))
            case (.elements(let elements), .number(let number)):
                return .elements(binary.apply(elements, number, numberIsLeft: false))
            case (.number(let number), .elements(let elements)):
                return .elements(binary.apply(elements, number, numberIsLeft: true))
            case (.elements(let left), .elements(let right)): return .elements(try binary.apply(left, right))
            }
        }
    }
}

extension VectorAggregation {
    /// The operand, with the grouping of a sum pushed down into counts: their series need no labels beyond those that the sum keeps, and
    /// fields that nobody looks at are not read.
    fileprivate var innerWithGrouping: Expression {
        guard isPushedDown, case .rangeAggregation(var range) = inner else { return inner }
        range.grouping = Grouping(isWithout: false, labels: grouping?.labels ?? [])
        return .rangeAggregation(range)
    }
}

extension VectorAggregation {
    fileprivate var isPushedDown: Bool {
        guard operation == .sum, !(grouping?.isWithout ?? false), case .rangeAggregation(let range) = inner else { return false }
        return range.unwrap == nil && range.grouping == nil && range.addsUp && range.operation != .absent
    }
}

extension LabelReplace {
    /// The labels with the destination set from the source, where the whole of its value matches; an empty text removes it.
    func apply(to labels: Labels) -> Labels {
        var text = labels[source] ?? ""
        let bytes = Array(text.utf8)
        let found = text.withUTF8 { unsafe regex.firstMatch(in: UnsafeRawBufferPointer($0), anchored: true) }
        guard let ranges = found else { return labels }
        let groups = ranges.map { range in range.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "" }
        return labels.setting(destination, to: expanded(groups))
    }

    /// `$1`, `${1}` and `${name}` stand for groups, `$$` for a dollar.
    private func expanded(_ groups: [String]) -> String {
        var output = ""
        var rest = Substring(replacement)
        while let dollar = rest.firstIndex(of: "$") {
            output += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                output += "$"
                rest = rest.dropFirst()
                continue
            }
            let isBraced = rest.first == "{"
            if isBraced { rest = rest.dropFirst() }
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            rest = rest[name.endIndex...]
            if isBraced, rest.first == "}" { rest = rest.dropFirst() }
            let number = Int(name) ?? regex.groupNames.firstIndex(of: String(name)).map { $0 + 1 }
            if let number, groups.indices.contains(number) { output += groups[number] }
        }
        return output + rest
    }
}
