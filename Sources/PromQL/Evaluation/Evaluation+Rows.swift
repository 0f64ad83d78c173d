import Telemetry

extension Evaluation {
    /// Takes one series of a node's result.
    typealias RowBody = (Row) throws(PromQLError) -> Void

    /// Computes a node that yields a vector, a series at a time. Rows without any value are left out.
    func rows(of expression: Expression, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        switch expression.kind {
        case .selector(let selector):
            try select(selector, at: expression.position, over: grid, .value, to: body)
        case .parenthesized(let inner):
            try rows(of: inner, over: grid, to: body)
        case .unary(let negative, let operand):
            guard negative else { return try rows(of: operand, over: grid, to: body) }
            try map(operand, over: grid, keepsHistograms: true, to: body) { row in
                for step in row.values.indices where !row.values[step].isAbsent { row.values[step] = -row.values[step] }
                if row.hasHistograms { row.histograms = row.histograms.map { $0?.scaled(by: -1) } }
            }
        case .binary(let operation):
            try binary(operation, at: expression.position, over: grid, to: body)
        case .aggregation(let aggregation):
            try aggregate(aggregation, over: grid, to: body)
        case .call(let name, let arguments):
            try call(name, arguments, at: expression.position, over: grid, to: body)
        case .number, .string, .range, .subquery:
            throw PromQLError(.execution, "expected an instant vector", at: expression.position)
        }
    }

    /// The same for who only wants to know at which steps rows have a value: of a selector's series none is decoded then.
    func presentRows(of expression: Expression, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        guard case .selector(let selector) = expression.unwrapped.kind, selector.reach == nil else {
            return try rows(of: expression, over: grid, to: body)
        }
        try select(selector, at: expression.position, over: grid, .presence, to: body)
    }

    /// Whether dropping the metric's name from a node's rows leaves them distinct.
    func staysDistinctWithoutName(_ expression: Expression) -> Bool {
        switch expression.kind {
        case .selector(let selector), .range(let selector, _): selector.fixesName
        case .parenthesized(let inner), .unary(_, let inner): staysDistinctWithoutName(inner)
        case .subquery(let subquery): staysDistinctWithoutName(subquery.expression)
        case .aggregation(let aggregation):
            aggregation.parameter == nil
                && (aggregation.without || !aggregation.grouping.contains(Labels.metricNameLabel))
        case .binary(let operation): dropsName(operation)
        case .call(let name, _):
            switch FunctionTable.named(name)?.implementation {
            case .element, .histogram: true
            case .window(let window): !window.keepsName
            case .special(.vector), .special(.histogramQuantile), .special(.histogramFraction), .special(.histogramQuantiles):
                true
            default: false
            }
        default: false
        }
    }

    private func dropsName(_ operation: BinaryOperation) -> Bool {
        let op = operation.operator
        return !op.isSet && !op.isTrim && (!op.isComparison || operation.returnsBool)
    }

    /// Changes the values of each row of a node and drops the metric's name, and the histograms unless the change handles them.
    func map(
        _ operand: Expression, over grid: Grid, keepsName: Bool = false, keepsHistograms: Bool = false,
        to body: @escaping RowBody, _ change: @escaping (inout Row) -> Void
    ) throws(PromQLError) {
        try withDistinctRows(keepsName || staysDistinctWithoutName(operand), to: body) { (emit) throws(PromQLError) in
            try rows(of: operand, over: grid) { (row) throws(PromQLError) in
                var row = row
                if !keepsHistograms { row.histograms = [] }
                change(&row)
                if !keepsName { row.labels = row.labels.withoutName }
                if !row.isEmpty { try emit(row) }
            }
        }
    }

    /// Runs `produce`; where its rows may have equal labels, they are collected and joined before they go on.
    func withDistinctRows(
        _ areDistinct: Bool, to body: @escaping RowBody, _ produce: (@escaping RowBody) throws(PromQLError) -> Void
    ) throws(PromQLError) {
        if areDistinct { return try produce(body) }
        var merger = RowMerger()
        try produce { (row) throws(PromQLError) in try merger.add(row, &self.budget) }
        for row in merger.rows { try body(row) }
    }
}

extension Labels {
    /// What says what a metric is: its name, and its type and unit where a sender gave them as labels.
    private static let identity = [Labels.metricNameLabel, "__type__", "__unit__"]

    /// Without the metric's name, type and unit, none of which hold for what is computed from it.
    var withoutName: Labels {
        // These labels sort before nearly all others; one that begins otherwise can't be among them or have them behind it.
        labels.contains { $0.name.utf8.starts(with: [0x5f, 0x5f]) && Labels.identity.contains($0.name) }
            ? removing(Labels.identity) : self
    }
}
