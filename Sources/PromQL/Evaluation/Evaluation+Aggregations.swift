import Telemetry

extension Evaluation {
    /// Brings the rows of a vector together in groups.
    func aggregate(_ aggregation: Aggregation, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        switch aggregation.aggregator {
        case .topk, .bottomk: try choose(aggregation, over: grid, to: body)
        case .limitk: try limit(aggregation, over: grid, to: body)
        case .limitRatio: try limitRatio(aggregation, over: grid, to: body)
        case .quantile: try quantile(aggregation, over: grid, to: body)
        case .countValues: try countValues(aggregation, over: grid, to: body)
        default: try fold(aggregation, over: grid, to: body)
        }
    }

    /// Aggregations that take in one series after the other and keep only a state a group and step.
    private func fold(_ aggregation: Aggregation, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        var groups: [AggregateGroup] = []
        var indexes: [Labels: Int] = [:]
        let position = aggregation.expression.position
        let wantsValues = aggregation.aggregator != .count && aggregation.aggregator != .group
        let read = wantsValues ? rows(of:over:to:) : presentRows(of:over:to:)
        try read(aggregation.expression, grid) { (row) throws(PromQLError) in
            let key = aggregation.key(of: row.labels)
            let index = indexes[key] ?? groups.count
            if index == groups.count {
                indexes[key] = index
                groups.append(AggregateGroup(labels: key, aggregation.aggregator, steps: grid.count))
                try self.check(series: groups.count)
                try self.budget.hold(rows: 1, steps: grid.count)
                try self.use(samples: grid.count)
            }
            groups[index].add(row.values, aggregation.aggregator)
            guard row.hasHistograms else { return }
            for step in row.histograms.indices {
                guard let histogram = row.histograms[step] else { continue }
                if let note = groups[index].add(histogram, at: step, aggregation.aggregator) {
                    self.notes.add(note, metric: row.labels.metricName ?? "", at: position)
                }
            }
        }
        for group in groups {
            let row = group.row(aggregation.aggregator) { self.notes.add($0, metric: "", at: position) }
            if !row.isEmpty { try body(row) }
        }
    }

    /// The rows of a vector, by group.
    func groups(of aggregation: Aggregation, over grid: Grid) throws(PromQLError) -> [(labels: Labels, rows: [Row])] {
        var groups: [(labels: Labels, rows: [Row])] = []
        var indexes: [Labels: Int] = [:]
        for row in try vector(aggregation.expression, over: grid).rows {
            let key = aggregation.key(of: row.labels)
            if let index = indexes[key] {
                groups[index].rows.append(row)
            } else {
                indexes[key] = groups.count
                groups.append((key, [row]))
            }
        }
        return groups
    }

    /// The groups for an aggregation that looks at floats only, and tells of histograms it leaves out.
    private func floatGroups(
        of aggregation: Aggregation, over grid: Grid
    ) throws(PromQLError) -> [(labels: Labels, rows: [Row])] {
        let groups = try groups(of: aggregation, over: grid)
        guard groups.contains(where: { $0.rows.contains(where: \.hasHistograms) }) else { return groups }
        let note = HistogramNote.ignoredInAggregation(aggregation.aggregator.rawValue)
        notes.add(note, metric: "", at: aggregation.expression.position)
        return groups.map { group in
            (group.labels, group.rows.map { Row(labels: $0.labels, values: $0.values) })
        }
    }

    /// The argument before the vector.
    func parameter(_ aggregation: Aggregation) throws(PromQLError) -> Expression {
        guard let parameter = aggregation.parameter else {
            throw PromQLError(.execution, "\(aggregation.aggregator.rawValue) needs a parameter")
        }
        return parameter
    }

    private func quantile(_ aggregation: Aggregation, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        let parameter = try parameter(aggregation)
        let quantiles = try scalar(parameter, over: grid)
        for quantile in quantiles { warnOfQuantile(quantile, at: parameter.position) }
        for group in try floatGroups(of: aggregation, over: grid) {
            var values = Array(repeating: Double.absent, count: grid.count)
            for step in values.indices {
                let present = group.rows.map { $0.values[step] }.filter { !$0.isAbsent }
                if !present.isEmpty { values[step] = Quantile.of(present, quantiles[step]) }
            }
            let row = Row(labels: group.labels, values: values)
            if !row.isEmpty { try body(row) }
        }
    }

    /// `topk` and `bottomk`: whole series, chosen at each step.
    private func choose(_ aggregation: Aggregation, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        let counts = try counts(aggregation, over: grid)
        let isTop = aggregation.aggregator == .topk
        for group in try floatGroups(of: aggregation, over: grid) {
            var kept = group.rows.map { $0.emptied(labels: $0.labels) }
            var order: [Int] = []
            for step in 0..<grid.count where counts[step] >= 1 {
                order = BestRows.indexes(of: group.rows, at: step, count: Int(counts[step]), isTop: isTop)
                for index in order { kept[index].values[step] = group.rows[index].values[step] }
            }
            // At one step the rows come in the order of their values; over many steps that order has no meaning.
            let emitted = grid.count == 1 ? order : Array(kept.indices)
            for index in emitted where !kept[index].isEmpty { try body(kept[index]) }
        }
    }

    /// How many series each step may keep.
    func counts(_ aggregation: Aggregation, over grid: Grid) throws(PromQLError) -> [Double] {
        let counts = try scalar(try parameter(aggregation), over: grid)
        for count in counts {
            guard !count.isNaN else { throw PromQLError(.execution, "Parameter value is NaN") }
            guard count.magnitude < 9.2e18 else { throw PromQLError(.execution, "parameter \(count) is out of range") }
        }
        return counts
    }

    private func countValues(_ aggregation: Aggregation, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        let label = try labelName(try parameter(aggregation))
        var counts: [Labels: [Double]] = [:]
        try rows(of: aggregation.expression, over: grid) { (row) throws(PromQLError) in
            let key = aggregation.key(of: row.labels)
            for step in row.values.indices where row.isPresent(step) {
                let text = row.histogram(step)?.description ?? NumberText.format(row.values[step])
                let labels = key.setting(label, to: text)
                if counts[labels] == nil { try self.budget.hold(rows: 1, steps: grid.count) }
                let before = counts[labels]?[step] ?? .absent
                counts[labels, default: Array(repeating: .absent, count: grid.count)][step] = before.isAbsent ? 1 : before + 1
            }
            try self.check(series: counts.count)
            try self.use(samples: grid.count)
        }
        for (labels, values) in counts.sorted(by: { $0.key < $1.key }) { try body(Row(labels: labels, values: values)) }
    }
}

extension Aggregation {
    /// The labels of the group that a series belongs to.
    func key(of labels: Labels) -> Labels {
        if without { return labels.removing(grouping).withoutName }
        return grouping.isEmpty ? .empty : labels.keeping(grouping)
    }
}
