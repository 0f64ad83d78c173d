import Telemetry

extension Evaluation {
    /// Functions with code of their own that yield a vector.
    func special(
        _ function: SpecialFunction, _ arguments: [Expression], at position: SourcePosition, over grid: Grid,
        to body: @escaping RowBody
    ) throws(PromQLError) {
        switch function {
        case .absent, .absentOverTime:
            try absent(arguments[0], over: grid, to: body)
        case .vector:
            try body(Row(labels: .empty, values: try scalar(arguments[0], over: grid)))
        case .timestamp:
            try timestamps(arguments[0], over: grid, to: body)
        case .histogramQuantile, .histogramFraction:
            try histogram(function, arguments, over: grid, to: body)
        case .labelReplace:
            try labelReplace(arguments, over: grid, to: body)
        case .labelJoin:
            try labelJoin(arguments, over: grid, to: body)
        case .sort, .sortDescending, .sortByLabel, .sortByLabelDescending:
            try sort(function, arguments, at: position, over: grid, to: body)
        case .scalar, .time, .pi, .start, .end, .step, .range, .minimumOf, .maximumOf:
            throw PromQLError(.execution, "expected an instant vector", at: position)
        }
    }

    /// `timestamp`: of the samples themselves where the operand is a selector, else of the steps.
    private func timestamps(_ operand: Expression, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        if case .selector(let selector) = operand.unwrapped.kind {
            return try withDistinctRows(selector.fixesName, to: body) { (emit) throws(PromQLError) in
                try select(selector, over: grid, timestamps: true) { (row) throws(PromQLError) in
                    try emit(Row(labels: row.labels.withoutName, values: row.values))
                }
            }
        }
        try map(operand, over: grid, to: body) { values, _ in
            for step in values.indices where !values[step].isAbsent { values[step] = Double(grid.time(step)) / 1000 }
        }
    }

    /// 1 at the steps at which nothing is there.
    private func absent(_ operand: Expression, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        var values = Array(repeating: 1.0, count: grid.count)
        if operand.type == .range {
            let present = WindowFunction { _, _ in 1 }
            let call = try presence(operand, over: grid, present)
            for step in values.indices where call[step] { values[step] = .absent }
        } else {
            try rows(of: operand, over: grid) { (row) throws(PromQLError) in
                for step in values.indices where !row.values[step].isAbsent { values[step] = .absent }
            }
        }
        guard !values.allSatisfy(\.isAbsent) else { return }
        try body(Row(labels: labelsOfAbsent(operand), values: values))
    }

    private func presence(
        _ operand: Expression, over grid: Grid, _ function: WindowFunction
    ) throws(PromQLError) -> [Bool] {
        var present = Array(repeating: false, count: grid.count)
        try series(of: operand, over: grid) { (_, columns, bounds) throws(PromQLError) in
            var (low, high) = (0, 0)
            for step in present.indices {
                while high < columns.count, columns.timestamps[high] <= bounds.end(step) { high += 1 }
                while low < high, columns.timestamps[low] <= bounds.end(step) - bounds.length { low += 1 }
                if low < high { present[step] = true }
            }
        }
        return present
    }

    /// The labels that a missing series would surely have: those that the selector pins to one value.
    private func labelsOfAbsent(_ operand: Expression) -> Labels {
        let selector: VectorSelector
        switch operand.unwrapped.kind {
        case .selector(let plain): selector = plain
        case .range(let ranged, _): selector = ranged
        default: return .empty
        }
        var pinned: [String: String?] = [:]
        for matcher in selector.matchers where matcher.name != Labels.metricNameLabel {
            // A label with two conditions, or one that is no equality, is not sure.
            let isSure = matcher.operation == .equal && pinned[matcher.name] == nil
            pinned[matcher.name] = .some(isSure ? matcher.value : nil)
        }
        return Labels(pinned.compactMap { name, value in value.map { Label(name, $0) } })
    }

    private func sort(
        _ function: SpecialFunction, _ arguments: [Expression], at position: SourcePosition, over grid: Grid,
        to body: @escaping RowBody
    ) throws(PromQLError) {
        let vector = try vector(arguments[0], over: grid)
        if queried.step > 0 {
            notes.warn(
                "sort is ineffective for range queries since results are always ordered by labels", at: position)
        }
        var rows = vector.rows
        switch function {
        case .sort: rows.sort { Ordering.ascending($0.values[0], $1.values[0]) }
        case .sortDescending: rows.sort { Ordering.descending($0.values[0], $1.values[0]) }
        default:
            var names: [String] = []
            for argument in arguments.dropFirst() { names.append(try text(argument)) }
            rows.sort { Ordering.byLabels(names, $0.labels, $1.labels) }
            if function == .sortByLabelDescending { rows.reverse() }
        }
        for row in rows { try body(row) }
    }
}

/// Orders of values and labels. NaN stands last in every order of values.
enum Ordering {
    static func ascending(_ left: Double, _ right: Double) -> Bool { left < right || (!left.isNaN && right.isNaN) }
    static func descending(_ left: Double, _ right: Double) -> Bool { left > right || (!left.isNaN && right.isNaN) }

    /// By the named labels first, then by all.
    static func byLabels(_ names: [String], _ left: Labels, _ right: Labels) -> Bool {
        for name in names {
            let (a, b) = (left[name] ?? "", right[name] ?? "")
            if a != b { return natural(a, b) }
        }
        return left < right
    }

    /// Numbers within text count as numbers: `cpu2` stands before `cpu10`.
    static func natural(_ left: String, _ right: String) -> Bool {
        var (a, b) = (Array(left.utf8)[...], Array(right.utf8)[...])
        while let x = a.first, let y = b.first {
            if StringLiteral.isDigit(x), StringLiteral.isDigit(y) {
                let (p, q) = (a.prefix(while: StringLiteral.isDigit), b.prefix(while: StringLiteral.isDigit))
                let (m, n) = (p.drop { $0 == 0x30 }, q.drop { $0 == 0x30 })
                if m.count != n.count { return m.count < n.count }
                if !m.elementsEqual(n) { return m.lexicographicallyPrecedes(n) }
                if p.count != q.count { return p.count < q.count }
                (a, b) = (a.dropFirst(p.count), b.dropFirst(q.count))
            } else {
                if x != y { return x < y }
                (a, b) = (a.dropFirst(), b.dropFirst())
            }
        }
        return a.count < b.count
    }
}
