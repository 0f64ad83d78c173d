import Telemetry

extension Evaluation {
    /// A function that yields a vector.
    func call(
        _ name: String, _ arguments: [Expression], at position: SourcePosition, over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        guard let function = FunctionTable.named(name) else {
            throw PromQLError(.execution, "there is no function \"\(name)\"", at: position)
        }
        switch function.implementation {
        case .element(let element):
            let scalars = try stepArguments(Array(arguments.dropFirst()), over: grid)
            guard let operand = arguments.first else {
                // The calendar functions look at the time itself where they are given nothing.
                let values = (0..<grid.count).map { element(Double(grid.time($0)) / 1000, []) }
                return try body(Row(labels: .empty, values: values))
            }
            try map(operand, over: grid, to: body) { values, _ in
                for step in values.indices where !values[step].isAbsent {
                    values[step] = element(values[step], scalars.isEmpty ? [] : scalars[step])
                }
            }
        case .window(let window):
            try slide(window, arguments, named: name, over: grid, to: body)
        case .special(let function):
            try special(function, arguments, at: position, over: grid, to: body)
        }
    }

    /// The scalar arguments of each step; empty where there are no arguments.
    private func stepArguments(_ arguments: [Expression], over grid: Grid) throws(PromQLError) -> [[Double]] {
        guard !arguments.isEmpty else { return [] }
        var steps = Array(repeating: [Double](), count: grid.count)
        for argument in arguments {
            let values = try scalar(argument, over: grid)
            for step in steps.indices { steps[step].append(values[step]) }
        }
        return steps
    }

    /// Slides a window over each series, both ends moving forward only.
    private func slide(
        _ function: WindowFunction, _ arguments: [Expression], named name: String, over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        let operandIndex = function.scalarsBefore.count
        let operand = arguments[operandIndex]
        var others = arguments
        others.remove(at: operandIndex)
        let scalars = try stepArguments(others, over: grid)
        if name == "quantile_over_time" { warnOfQuantiles(scalars, at: others[0].position) }
        try withDistinctRows(function.keepsName || staysDistinctWithoutName(operand), to: body) { (emit) throws(PromQLError) in
            try series(of: operand, over: grid) { (labels, columns, bounds) throws(PromQLError) in
                let values = try self.slide(function, columns, bounds, scalars)
                guard !values.allSatisfy(\.isAbsent) else { return }
                if function.wantsCounter { self.informOfCounter(labels, at: operand.position) }
                try emit(Row(labels: function.keepsName ? labels : labels.withoutName, values: values))
            }
        }
    }

    private func slide(
        _ function: WindowFunction, _ columns: SampleColumns, _ bounds: WindowBounds, _ scalars: [[Double]]
    ) throws(PromQLError) -> [Double] {
        var values = Array(repeating: Double.absent, count: bounds.grid.count)
        var window = Window(columns: columns, range: 0..<0, start: 0, end: 0, evaluationTime: 0)
        var (low, high) = (0, 0)
        for step in values.indices {
            window.end = bounds.end(step)
            window.start = window.end - bounds.length
            window.evaluationTime = bounds.grid.time(step)
            while high < columns.count, columns.timestamps[high] <= window.end { high += 1 }
            while low < high, columns.timestamps[low] <= window.start { low += 1 }
            guard low < high else { continue }
            window.range = low..<high
            values[step] = try function.body(window, scalars.isEmpty ? [] : scalars[step])
        }
        return values
    }

    private func warnOfQuantiles(_ scalars: [[Double]], at position: SourcePosition) {
        for arguments in scalars { warnOfQuantile(arguments[0], at: position) }
    }

    func warnOfQuantile(_ quantile: Double, at position: SourcePosition) {
        guard !(0...1).contains(quantile) else { return }
        notes.warn("quantile value should be between 0 and 1, got \(NumberText.format(quantile))", at: position)
    }

    private func informOfCounter(_ labels: Labels, at position: SourcePosition) {
        guard let name = labels.metricName,
            !["_total", "_sum", "_count", "_bucket"].contains(where: name.hasSuffix)
        else { return }
        notes.inform(
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \(StringLiteral.quoted(name))",
            at: position)
    }

    /// A function that yields a number a step.
    func scalarCall(_ name: String, _ arguments: [Expression], over grid: Grid) throws(PromQLError) -> [Double] {
        guard case .special(let function) = FunctionTable.named(name)?.implementation else {
            throw PromQLError(.execution, "\(name) yields no scalar")
        }
        let constant: Double
        switch function {
        case .time: return (0..<grid.count).map { Double(grid.time($0)) / 1000 }
        case .scalar: return try onlyValues(try vector(arguments[0], over: grid), over: grid)
        case .minimumOf, .maximumOf:
            let (left, right) = (try scalar(arguments[0], over: grid), try scalar(arguments[1], over: grid))
            let choose = function == .minimumOf ? FunctionTable.minimum : FunctionTable.maximum
            return zip(left, right).map(choose)
        case .pi: constant = .pi
        case .start: constant = Double(queried.start) / 1000
        case .end: constant = Double(queryEnd) / 1000
        case .step: constant = Double(queried.step) / 1000
        case .range: constant = Double(queryEnd - queried.start) / 1000
        default: throw PromQLError(.execution, "\(name) yields no scalar")
        }
        return Array(repeating: constant, count: grid.count)
    }

    /// At each step the value of the only series that has one, or NaN.
    private func onlyValues(_ vector: StepVector, over grid: Grid) throws(PromQLError) -> [Double] {
        (0..<grid.count).map { step in
            var only: Double?
            for row in vector.rows where !row.values[step].isAbsent {
                if only != nil { return .nan }
                only = row.values[step]
            }
            return only ?? .nan
        }
    }
}
