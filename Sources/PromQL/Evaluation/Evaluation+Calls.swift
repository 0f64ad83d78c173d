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
            try map(operand, over: grid, to: body) { row in
                for step in row.values.indices where !row.values[step].isAbsent {
                    row.values[step] = element(row.values[step], scalars.isEmpty ? [] : scalars[step])
                }
            }
        case .histogram(let number):
            try detectingResets(name != "histogram_stddev" && name != "histogram_stdvar") { () throws(PromQLError) in
                try numbers(of: arguments[0], over: grid, to: body, number)
            }
        case .window(let window):
            try slide(window, arguments, named: name, over: grid, to: body)
        case .special(let function):
            try special(function, arguments, at: position, over: grid, to: body)
        }
    }

    /// Evaluates what stands below with other means to know of resets.
    func detectingResets(_ detects: Bool, _ body: () throws(PromQLError) -> Void) throws(PromQLError) {
        let before = detectsResets
        detectsResets = detects
        defer { detectsResets = before }
        try body()
    }

    /// A number from each histogram of a vector; floats are left out.
    private func numbers(
        of operand: Expression, over grid: Grid, to body: @escaping RowBody, _ number: @escaping (NativeHistogram) -> Double
    ) throws(PromQLError) {
        try map(operand, over: grid, keepsHistograms: true, to: body) { row in
            let histograms = row.histograms
            row = row.emptied(labels: row.labels)
            for step in histograms.indices {
                if let histogram = histograms[step] { row.values[step] = number(histogram) }
            }
        }
    }

    /// The scalar arguments of each step; empty where there are no arguments.
    func stepArguments(_ arguments: [Expression], over grid: Grid) throws(PromQLError) -> [[Double]] {
        guard !arguments.isEmpty else { return [] }
        var steps = Array(repeating: [Double](), count: grid.count)
        for argument in arguments {
            let values = try scalar(argument, over: grid)
            for step in steps.indices { steps[step].append(values[step]) }
        }
        return steps
    }

    func warnOfQuantile(_ quantile: Double, at position: SourcePosition) {
        guard !(0...1).contains(quantile) else { return }
        notes.warn("quantile value should be between 0 and 1, got \(NumberText.format(quantile))", at: position)
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
