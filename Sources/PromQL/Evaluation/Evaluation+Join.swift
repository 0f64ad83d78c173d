import Telemetry

extension Evaluation {
    /// Arithmetic and comparison between two vectors: series with equal keys meet, at each step at most one on the "one" side.
    func join(
        _ operation: BinaryOperation, at position: SourcePosition, _ left: StepVector, _ right: StepVector, over grid: Grid,
        to body: @escaping RowBody
    ) throws(PromQLError) {
        // "Many" is the left side unless group_right says otherwise; without grouping both sides are "one".
        let manyIsLeft = operation.matching.manySide != .right
        let (many, one) = manyIsLeft ? (left, right) : (right, left)
        let fill = operation.matching.fill
        guard !many.rows.isEmpty && !one.rows.isEmpty || fill != nil else { return }
        let ones = try onesByKey(operation, one, manyIsLeft: manyIsLeft, over: grid)
        var joined = JoinedRows(
            operation: operation, manyIsLeft: manyIsLeft, stepCount: grid.count, evaluation: self, position: position)
        var partners: [Labels: [Row]] = [:]
        for row in many.rows {
            let key = operation.key(of: row.labels)
            for other in ones[key] ?? [] { try joined.add(row, other, key: key) }
            if fill != nil { partners[key, default: []].append(row) }
        }
        if let fill {
            // Prometheus turns the sides of group_right round but not its fills, so the left one always fills in for the many.
            let (forMany, forOne) = (fill.left, fill.right)
            for row in many.rows {
                let key = operation.key(of: row.labels)
                if let other = row.filler(forOne, besides: ones[key], labels: key) { try joined.add(row, other, key: key) }
            }
            for row in one.rows {
                let key = operation.key(of: row.labels)
                if let other = row.filler(forMany, besides: partners[key], labels: key) { try joined.add(other, row, key: key) }
            }
        }
        try check(series: joined.rows.count)
        try use(samples: joined.rows.count * grid.count)
        for row in joined.rows where !row.isEmpty { try body(row) }
    }

    private func onesByKey(
        _ operation: BinaryOperation, _ one: StepVector, manyIsLeft: Bool, over grid: Grid
    ) throws(PromQLError) -> [Labels: [Row]] {
        var ones: [Labels: [Row]] = [:]
        for row in one.rows { ones[operation.key(of: row.labels), default: []].append(row) }
        for (key, rows) in ones where rows.count > 1 {
            for step in 0..<grid.count {
                let present = rows.lazy.filter { $0.isPresent(step) }.prefix(2).map(\.labels.description)
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

extension Row {
    /// What stands in for a partner at the steps at which this row has none of those; nil if that is nowhere.
    fileprivate func filler(_ value: Double?, besides partners: [Row]?, labels: Labels) -> Row? {
        guard let value else { return nil }
        var filler = emptied(labels: labels)
        for step in values.indices where isPresent(step) && !(partners?.contains { $0.isPresent(step) } ?? false) {
            filler.values[step] = value
        }
        return filler.isEmpty ? nil : filler
    }
}

/// Results of a join, and a check that no two of them fall together.
private struct JoinedRows {
    let operation: BinaryOperation
    let manyIsLeft: Bool
    let stepCount: Int
    let evaluation: Evaluation
    let position: SourcePosition
    private(set) var rows: [Row] = []
    private var indexes: [Labels: Int] = [:]
    /// Which steps have been matched, by what must be matched only once.
    private var matched: [Labels: [Bool]] = [:]

    init(
        operation: BinaryOperation, manyIsLeft: Bool, stepCount: Int, evaluation: Evaluation, position: SourcePosition
    ) {
        self.operation = operation
        self.manyIsLeft = manyIsLeft
        self.stepCount = stepCount
        self.evaluation = evaluation
        self.position = position
    }

    mutating func add(_ many: Row, _ one: Row, key: Labels) throws(PromQLError) {
        let labels = resultLabels(many.labels, one.labels)
        let index = indexes[labels] ?? rows.count
        if index == rows.count {
            try evaluation.budget.hold(rows: 1, steps: stepCount)
            indexes[labels] = index
            rows.append(Row(labels: labels, values: Array(repeating: .absent, count: stepCount)))
        }
        let matchedOnce = operation.matching.manySide == nil ? key : labels
        var steps = matched.removeValue(forKey: matchedOnce) ?? Array(repeating: false, count: stepCount)
        let filters = operation.operator.isComparison && !operation.returnsBool
        let (left, right) = manyIsLeft ? (many, one) : (one, many)
        let isPlain = !many.hasHistograms && !one.hasHistograms && !operation.operator.isTrim
        for step in 0..<stepCount {
            guard many.isPresent(step), one.isPresent(step) else { continue }
            guard !steps[step] else { throw ambiguous(key) }
            steps[step] = true
            if !isPlain {
                guard let a = left.sample(step), let b = right.sample(step) else { continue }
                if let result = evaluation.combine(operation, a, b, at: position) { rows[index].set(result, at: step) }
            } else if !filters {
                rows[index].values[step] = Arithmetic.apply(operation.operator, left.values[step], right.values[step])
            } else if Arithmetic.holds(operation.operator, left.values[step], right.values[step]) {
                rows[index].values[step] = left.values[step]
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
        let keepsName = operation.operator.isTrim || (operation.operator.isComparison && !operation.returnsBool)
        if !keepsName { labels = labels.withoutName }
        if matching.manySide == nil {
            return matching.on ? labels.keeping(matching.labels) : labels.removing(matching.labels)
        }
        for name in matching.include { labels = labels.setting(name, to: one[name]) }
        return labels
    }
}
