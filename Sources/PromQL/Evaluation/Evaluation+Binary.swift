import Telemetry

extension Evaluation {
    /// An operator with a vector on at least one side.
    func binary(
        _ operation: BinaryOperation, at position: SourcePosition, over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        switch (operation.left.type, operation.right.type) {
        case (.scalar, _):
            let numbers = try scalar(operation.left, over: grid)
            try withScalar(operation, at: position, operation.right, numbers, scalarIsLeft: true, over: grid, to: body)
        case (_, .scalar):
            let numbers = try scalar(operation.right, over: grid)
            try withScalar(operation, at: position, operation.left, numbers, scalarIsLeft: false, over: grid, to: body)
        default:
            var (left, right) = (StepVector(), StepVector())
            // Set operations show histograms as they are, so what is known of their resets must be what their series tell.
            try detectingResets(detectsResets && !operation.operator.isSet) { () throws(PromQLError) in
                left = try vector(operation.left, over: grid)
                right = try vector(operation.right, over: grid)
            }
            if operation.operator.isSet {
                try combine(operation, left, right, to: body)
            } else {
                try join(operation, at: position, left, right, over: grid, to: body)
            }
        }
    }

    private func withScalar(
        _ operation: BinaryOperation, at position: SourcePosition, _ operand: Expression, _ numbers: [Double],
        scalarIsLeft: Bool, over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        let op = operation.operator
        let filters = op.isComparison && !operation.returnsBool
        try map(operand, over: grid, keepsName: filters || op.isTrim, keepsHistograms: true, to: body) { row in
            if row.hasHistograms || op.isTrim {
                for step in row.values.indices {
                    guard let sample = row.sample(step) else { continue }
                    let number = SampleValue.number(numbers[step])
                    let result =
                        scalarIsLeft
                        ? self.combine(operation, number, sample, at: position)
                        : self.combine(operation, sample, number, at: position)
                    row.set(filters && result != nil ? sample : result, at: step)
                }
                return
            }
            for step in row.values.indices where !row.values[step].isAbsent {
                let (left, right) = scalarIsLeft ? (numbers[step], row.values[step]) : (row.values[step], numbers[step])
                if filters {
                    if !Arithmetic.holds(op, left, right) { row.values[step] = .absent }
                } else {
                    row.values[step] = Arithmetic.apply(op, left, right)
                }
            }
        }
    }

    /// `and`, `or`, `unless`: whole series of either side, chosen by what the other side has.
    private func combine(
        _ operation: BinaryOperation, _ left: StepVector, _ right: StepVector, to body: @escaping RowBody
    ) throws(PromQLError) {
        func presence(_ vector: StepVector) -> [Labels: [Bool]] {
            var present: [Labels: [Bool]] = [:]
            for row in vector.rows {
                let key = operation.key(of: row.labels)
                var steps = present.removeValue(forKey: key) ?? Array(repeating: false, count: row.values.count)
                for step in steps.indices where row.isPresent(step) { steps[step] = true }
                present[key] = steps
            }
            return present
        }
        func masked(_ row: Row, by present: [Bool]?, keepWhere wanted: Bool) -> Row? {
            var row = row
            for step in row.values.indices where (present?[step] ?? false) != wanted { row.clear(step) }
            return row.isEmpty ? nil : row
        }
        if operation.operator == .or {
            let inLeft = presence(left)
            return try withDistinctRows(false, to: body) { (emit) throws(PromQLError) in
                for row in left.rows { try emit(row) }
                for row in right.rows {
                    let present = inLeft[operation.key(of: row.labels)]
                    if let kept = masked(row, by: present, keepWhere: false) { try emit(kept) }
                }
            }
        }
        let inRight = presence(right)
        for row in left.rows {
            let present = inRight[operation.key(of: row.labels)]
            if let kept = masked(row, by: present, keepWhere: operation.operator == .and) { try body(kept) }
        }
    }
}

extension BinaryOperation {
    /// What must be equal in two series for them to match.
    func key(of labels: Labels) -> Labels {
        if matching.on { return labels.keeping(matching.labels) }
        if `operator`.isSet { return labels.withoutName.removing(matching.labels) }
        // Where numbers are computed with, type and unit count, unlike the name: seconds don't match bytes.
        return labels.removing(matching.labels + CollectionOfOne(Labels.metricNameLabel))
    }
}
