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
            try timestamps(arguments[0], .timestamp, over: grid, to: body)
        case .startTimestamp:
            try timestamps(arguments[0], .startTimestamp, over: grid, to: body)
        case .info:
            try info(arguments, over: grid, to: body)
        case .histogramQuantile, .histogramQuantiles, .histogramFraction:
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

    /// `timestamp` and `start_timestamp`: of the samples themselves where the operand is a selector. Else the samples are computed: their
    /// time is that of the step, and when they began is not known.
    private func timestamps(
        _ operand: Expression, _ reading: Reading, over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        if case .selector(let selector) = operand.unwrapped.kind {
            return try withDistinctRows(selector.fixesName, to: body) { (emit) throws(PromQLError) in
                try select(selector, at: operand.position, over: grid, reading) { (row) throws(PromQLError) in
                    try emit(Row(labels: row.labels.withoutName, values: row.values))
                }
            }
        }
        guard reading == .timestamp else { return }
        try map(operand, over: grid, keepsHistograms: true, to: body) { row in
            for step in row.values.indices where row.isPresent(step) {
                row.set(.number(Double(grid.time(step)) / 1000), at: step)
            }
        }
    }

    /// 1 at the steps at which nothing is there.
    private func absent(_ operand: Expression, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        var values = Array(repeating: 1.0, count: grid.count)
        if operand.type == .range {
            let present = try presence(operand, over: grid)
            for step in values.indices where present[step] { values[step] = .absent }
        } else {
            try presentRows(of: operand, over: grid) { (row) throws(PromQLError) in
                for step in values.indices where row.isPresent(step) { values[step] = .absent }
            }
        }
        guard !values.allSatisfy(\.isAbsent) else { return }
        try body(Row(labels: labelsOfAbsent(operand), values: values))
    }

    private func presence(_ operand: Expression, over grid: Grid) throws(PromQLError) -> [Bool] {
        var present = Array(repeating: false, count: grid.count)
        try series(of: operand, over: grid, in: .presence) { (_, columns, bounds) throws(PromQLError) in
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
        case .sort, .sortDescending:
            let precedes = function == .sort ? Ordering.ascending : Ordering.descending
            if rows.contains(where: \.hasHistograms) {
                notes.add(.ignoredInSort, metric: "", at: arguments[0].position)
                rows = rows.map { Row(labels: $0.labels, values: $0.values) }.filter { !$0.isEmpty }
            }
            rows.sort { precedes($0.values[0], $1.values[0]) }
        default:
            var names: [String] = []
            for argument in arguments.dropFirst() { names.append(try text(argument)) }
            rows.sort { Ordering.byLabels(names, $0.labels, $1.labels) }
            if function == .sortByLabelDescending { rows.reverse() }
        }
        for row in rows { try body(row) }
    }
}
