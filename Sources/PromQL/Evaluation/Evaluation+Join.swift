import Telemetry

extension Evaluation {
    /// Arithmetic and comparison between two vectors: series with equal keys meet, at each step at most one on the "one" side.
    func join(
        _ operation: BinaryOperation, _ left: StepVector, _ right: StepVector, over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        // "Many" is the left side unless group_right says otherwise; without grouping both sides are "one".
        let manyIsLeft = operation.matching.manySide != .right
        let (many, one) = manyIsLeft ? (left, right) : (right, left)
        guard !many.rows.isEmpty, !one.rows.isEmpty else { return }
        let ones = try onesByKey(operation, one, manyIsLeft: manyIsLeft, over: grid)
        var joined = JoinedRows(operation: operation, manyIsLeft: manyIsLeft, stepCount: grid.count)
        for row in many.rows {
            let key = operation.matching.key(of: row.labels)
            for other in ones[key] ?? [] { try joined.add(row, other, key: key) }
        }
        try check(series: joined.rows.count)
        try use(samples: joined.rows.count * grid.count)
        for row in joined.rows where !row.values.allSatisfy(\.isAbsent) { try body(row) }
    }

    private func onesByKey(
        _ operation: BinaryOperation, _ one: StepVector, manyIsLeft: Bool, over grid: Grid
    ) throws(PromQLError) -> [Labels: [Row]] {
        var ones: [Labels: [Row]] = [:]
        for row in one.rows { ones[operation.matching.key(of: row.labels), default: []].append(row) }
        for (key, rows) in ones where rows.count > 1 {
            for step in 0..<grid.count {
                let present = rows.lazy.filter { !$0.values[step].isAbsent }.prefix(2).map(\.labels.description)
                guard present.count > 1 else { continue }
                throw PromQLError(
                    .execution,
                    "found duplicate series for the match group \(key) on the \(manyIsLeft ? "right" : "left") side of the "
                        + "operation: \(present.joined(separator: ", ")); many-to-many matching is not allowed, labels must be "
                        + "unique on one side")
            }
        }
        return ones
    }
}

/// Results of a join, and a check that no two of them fall together.
private struct JoinedRows {
    let operation: BinaryOperation
    let manyIsLeft: Bool
    let stepCount: Int
    private(set) var rows: [Row] = []
    private var indexes: [Labels: Int] = [:]
    /// Which steps have been matched, by what must be matched only once.
    private var matched: [Labels: [Bool]] = [:]

    init(operation: BinaryOperation, manyIsLeft: Bool, stepCount: Int) {
        self.operation = operation
        self.manyIsLeft = manyIsLeft
        self.stepCount = stepCount
    }

    mutating func add(_ many: Row, _ one: Row, key: Labels) throws(PromQLError) {
        let labels = resultLabels(many.labels, one.labels)
        let index = indexes[labels] ?? rows.count
        if index == rows.count {
            indexes[labels] = index
            rows.append(Row(labels: labels, values: Array(repeating: .absent, count: stepCount)))
        }
        let matchedOnce = operation.matching.manySide == nil ? key : labels
        var steps = matched.removeValue(forKey: matchedOnce) ?? Array(repeating: false, count: stepCount)
        let filters = operation.operator.isComparison && !operation.returnsBool
        for step in 0..<stepCount {
            guard !many.values[step].isAbsent, !one.values[step].isAbsent else { continue }
            guard !steps[step] else { throw ambiguous(key) }
            steps[step] = true
            let left = manyIsLeft ? many.values[step] : one.values[step]
            let right = manyIsLeft ? one.values[step] : many.values[step]
            if !filters {
                rows[index].values[step] = Arithmetic.apply(operation.operator, left, right)
            } else if Arithmetic.holds(operation.operator, left, right) {
                rows[index].values[step] = left
            }
        }
        matched[matchedOnce] = steps
    }

    private func ambiguous(_ key: Labels) -> PromQLError {
        operation.matching.manySide == nil
            ? PromQLError(
                .execution, "multiple matches for labels \(key): many-to-one matching must be explicit (group_left/group_right)")
            : PromQLError(.execution, "multiple matches for labels \(key): grouping labels must ensure unique matches")
    }

    private func resultLabels(_ many: Labels, _ one: Labels) -> Labels {
        let matching = operation.matching
        var labels = many
        if !operation.operator.isComparison || operation.returnsBool { labels = labels.withoutName }
        if matching.manySide == nil {
            return matching.on ? labels.keeping(matching.labels) : labels.removing(matching.labels)
        }
        for name in matching.include { labels = labels.setting(name, to: one[name]) }
        return labels
    }
}
