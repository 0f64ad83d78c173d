import Telemetry

extension Evaluation {
    /// An operator with a vector on at least one side.
    func binary(_ operation: BinaryOperation, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        switch (operation.left.type, operation.right.type) {
        case (.scalar, _):
            let numbers = try scalar(operation.left, over: grid)
            try withScalar(operation, operation.right, numbers, scalarIsLeft: true, over: grid, to: body)
        case (_, .scalar):
            let numbers = try scalar(operation.right, over: grid)
            try withScalar(operation, operation.left, numbers, scalarIsLeft: false, over: grid, to: body)
        default:
            let left = try vector(operation.left, over: grid)
            let right = try vector(operation.right, over: grid)
            if operation.operator.isSet {
                try combine(operation, left, right, to: body)
            } else {
                try join(operation, left, right, over: grid, to: body)
            }
        }
    }

    private func withScalar(
        _ operation: BinaryOperation, _ operand: Expression, _ numbers: [Double], scalarIsLeft: Bool, over grid: Grid,
        to body: @escaping RowBody
    ) throws(PromQLError) {
        let op = operation.operator
        let filters = op.isComparison && !operation.returnsBool
        try map(operand, over: grid, keepsName: filters, to: body) { values, _ in
            for step in values.indices where !values[step].isAbsent {
                let (left, right) = scalarIsLeft ? (numbers[step], values[step]) : (values[step], numbers[step])
                if filters {
                    if !Arithmetic.holds(op, left, right) { values[step] = .absent }
                } else {
                    values[step] = Arithmetic.apply(op, left, right)
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
                let key = operation.matching.key(of: row.labels)
                var steps = present.removeValue(forKey: key) ?? Array(repeating: false, count: row.values.count)
                for step in steps.indices where !row.values[step].isAbsent { steps[step] = true }
                present[key] = steps
            }
            return present
        }
        func masked(_ row: Row, by present: [Bool]?, keepWhere wanted: Bool) -> Row? {
            var row = row
            for step in row.values.indices where (present?[step] ?? false) != wanted { row.values[step] = .absent }
            return row.values.allSatisfy(\.isAbsent) ? nil : row
        }
        if operation.operator == .or {
            let inLeft = presence(left)
            return try withDistinctRows(false, to: body) { (emit) throws(PromQLError) in
                for row in left.rows { try emit(row) }
                for row in right.rows {
                    let present = inLeft[operation.matching.key(of: row.labels)]
                    if let kept = masked(row, by: present, keepWhere: false) { try emit(kept) }
                }
            }
        }
        let inRight = presence(right)
        for row in left.rows {
            let present = inRight[operation.matching.key(of: row.labels)]
            if let kept = masked(row, by: present, keepWhere: operation.operator == .and) { try body(kept) }
        }
    }
}

extension VectorMatching {
    /// What must be equal in two series for them to match.
    func key(of labels: Labels) -> Labels {
        on ? labels.keeping(self.labels) : labels.withoutName.removing(self.labels)
    }
}
