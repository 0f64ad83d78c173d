import Telemetry

extension Evaluation {
    /// The answer to an instant query.
    func instantResult(_ expression: Expression) throws(PromQLError) -> QueryValue {
        let time = queried.start
        if expression.type == .range { return .matrix(try matrix(expression)) }
        switch try value(of: expression, over: queried) {
        case .scalar(let values): return .scalar(Sample(time, values[0]))
        case .string(let text): return .string(time, text)
        case .vector(let vector):
            return .vector(
                vector.rows.filter { $0.isPresent(0) }
                    .map {
                        VectorElement(labels: $0.labels, timestamp: time, value: $0.values[0], histogram: $0.histogram(0))
                    })
        }
    }

    /// The samples of a range vector as they are.
    private func matrix(_ expression: Expression) throws(PromQLError) -> [MatrixSeries] {
        var matrix: [MatrixSeries] = []
        try series(of: expression, over: queried) { (labels, columns, _) throws(PromQLError) in
            matrix.append(MatrixSeries(labels: labels, columns: columns))
        }
        return matrix.sorted { $0.labels < $1.labels }
    }

    /// The answer to a range query.
    func rangeResult(_ expression: Expression) throws(PromQLError) -> QueryValue {
        let rows: [Row]
        switch expression.type {
        case .scalar: rows = [Row(labels: .empty, values: try scalar(expression, over: queried))]
        case .vector: rows = try vector(expression, over: queried).rows
        case .range, .string:
            throw PromQLError(
                .parse, "a range query needs a scalar or instant vector, not a \(expression.type.rawValue)",
                at: expression.position)
        }
        var matrix: [MatrixSeries] = []
        for row in rows {
            let columns = row.columns(over: queried)
            if !columns.isEmpty { matrix.append(MatrixSeries(labels: row.labels, columns: columns)) }
        }
        return .matrix(matrix.sorted { $0.labels < $1.labels })
    }
}

extension Row {
    /// The samples that are there, as a series of their own.
    func columns(over grid: Grid) -> SampleColumns {
        if histograms.isEmpty {
            // Two plain arrays of this module's own are filled faster than columns of another's.
            var (times, present): ([Milliseconds], [Double]) = ([], [])
            times.reserveCapacity(values.count)
            present.reserveCapacity(values.count)
            for step in values.indices where !values[step].isAbsent {
                times.append(grid.time(step))
                present.append(values[step])
            }
            return SampleColumns(timestamps: times, values: present)
        }
        var columns = SampleColumns()
        for step in values.indices {
            if let histogram = histograms[step] {
                columns.append(grid.time(step), histogram)
            } else if !values[step].isAbsent {
                columns.append(grid.time(step), values[step])
            }
        }
        return columns
    }
}
