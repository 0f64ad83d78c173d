import Telemetry

extension Evaluation {
    private struct Group {
        var labels: Labels
        var buckets: [(bound: Double, values: [Double])] = []
        var metricName = ""
    }

    /// `histogram_quantile` and `histogram_fraction` over classic buckets: series that differ only in `le`.
    func histogram(
        _ function: SpecialFunction, _ arguments: [Expression], over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        let operand = arguments[arguments.count - 1]
        var limits: [[Double]] = []
        for argument in arguments.dropLast() { limits.append(try scalar(argument, over: grid)) }
        if function == .histogramQuantile {
            for quantile in limits[0] { warnOfQuantile(quantile, at: arguments[0].position) }
        }
        var merger = RowMerger()
        for group in try groups(of: operand, over: grid) {
            var values = Array(repeating: Double.absent, count: grid.count)
            for step in values.indices {
                let buckets = group.buckets.compactMap { bucket in
                    bucket.values[step].isAbsent
                        ? nil : ClassicHistogram.Bucket(upperBound: bucket.bound, count: bucket.values[step])
                }
                guard !buckets.isEmpty else { continue }
                var histogram = ClassicHistogram(buckets)
                if function == .histogramFraction {
                    values[step] = histogram.fraction(from: limits[0][step], to: limits[1][step])
                    continue
                }
                values[step] = histogram.quantile(limits[0][step])
                if histogram.wasForcedMonotonic { informOfMonotonicity(group.metricName, at: operand.position) }
            }
            if !values.allSatisfy(\.isAbsent) { try merger.add(Row(labels: group.labels.withoutName, values: values)) }
        }
        for row in merger.rows { try body(row) }
    }

    private func groups(of operand: Expression, over grid: Grid) throws(PromQLError) -> [Group] {
        var groups: [Group] = []
        var indexes: [Labels: Int] = [:]
        try rows(of: operand, over: grid) { (row) throws(PromQLError) in
            let name = row.labels.metricName ?? ""
            guard let text = row.labels["le"], let bound = NumberReader.signedNumber(text) else {
                let value = StringLiteral.quoted(row.labels["le"] ?? "")
                self.notes.warn(
                    "bucket label \"le\" is missing or has a malformed value of \(value) for metric name "
                        + StringLiteral.quoted(name), at: operand.position)
                return
            }
            try self.use(samples: grid.count)
            let labels = row.labels.setting("le", to: nil)
            let index = indexes[labels] ?? groups.count
            if index == groups.count {
                indexes[labels] = index
                groups.append(Group(labels: labels, metricName: name))
            }
            groups[index].buckets.append((bound, row.values))
        }
        return groups
    }

    private func informOfMonotonicity(_ name: String, at position: SourcePosition) {
        notes.inform(
            "input to histogram_quantile needed to be fixed for monotonicity (buckets must not hold fewer observations than "
                + "those below them) for metric name \(StringLiteral.quoted(name))", at: position)
    }
}
