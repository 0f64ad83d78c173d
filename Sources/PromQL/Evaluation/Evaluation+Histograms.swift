import Telemetry

/// What the histogram functions work on: the classic buckets, series that differ only in `le`, and native histograms of the same
/// labels, which must not stand beside each other at one step.
struct HistogramGroup {
    let labels: Labels
    let metricName: String
    var buckets: [(bound: Double, values: [Double])] = []
    var native: [NativeHistogram?] = []

    init(labels: Labels) {
        self.labels = labels
        metricName = labels.metricName ?? ""
    }

    /// What a step has of either kind.
    func step(_ step: Int) -> (classic: [ClassicHistogram.Bucket], native: NativeHistogram?) {
        let classic = buckets.compactMap { bucket in
            bucket.values[step].isAbsent
                ? nil : ClassicHistogram.Bucket(upperBound: bucket.bound, count: bucket.values[step])
        }
        return (classic, native.isEmpty ? nil : native[step])
    }
}

extension Evaluation {
    /// `histogram_quantile`, `histogram_fraction` and `histogram_quantiles`.
    func histogram(
        _ function: SpecialFunction, _ arguments: [Expression], over grid: Grid, to body: @escaping RowBody
    ) throws(PromQLError) {
        let isMany = function == .histogramQuantiles
        let operand = isMany ? arguments[0] : arguments[arguments.count - 1]
        let limits = isMany ? Array(arguments.dropFirst(2)) : Array(arguments.dropLast())
        var numbers: [[Double]] = []
        for limit in limits { numbers.append(try scalar(limit, over: grid)) }
        if function != .histogramFraction {
            for (limit, values) in zip(limits, numbers) {
                for quantile in values { warnOfQuantile(quantile, at: limit.position) }
            }
        }
        var groups: [HistogramGroup] = []
        try detectingResets(false) { () throws(PromQLError) in groups = try self.groups(of: operand, over: grid) }
        var merger = RowMerger()
        if isMany {
            let name = try labelName(arguments[1])
            for group in groups {
                for quantiles in numbers { try add(group, name, quantiles, at: operand.position, to: &merger) }
            }
        } else {
            for group in groups {
                let row = row(of: group, function, numbers, at: operand.position, over: grid)
                if !row.isEmpty { try merger.add(row, &budget) }
            }
        }
        for row in merger.rows { try body(row) }
    }

    private func row(
        of group: HistogramGroup, _ function: SpecialFunction, _ limits: [[Double]], at position: SourcePosition,
        over grid: Grid
    ) -> Row {
        var row = Row(labels: group.labels.withoutName, values: Array(repeating: .absent, count: grid.count))
        for step in row.values.indices {
            if function == .histogramFraction {
                row.values[step] = fraction(of: group, step, limits[0][step], limits[1][step], at: position)
            } else {
                row.values[step] = quantile(of: group, step, limits[0][step], at: position)
            }
        }
        return row
    }

    /// One of several quantiles; it may change from step to step, and its label with it.
    private func add(
        _ group: HistogramGroup, _ name: String, _ quantiles: [Double], at position: SourcePosition, to merger: inout RowMerger
    ) throws(PromQLError) {
        var rows: [String: Row] = [:]
        for step in quantiles.indices {
            let value = quantile(of: group, step, quantiles[step], at: position)
            if value.isAbsent { continue }
            let label = NumberText.openMetrics(quantiles[step])
            let labels = group.labels.withoutName.setting(name, to: label)
            rows[label, default: Row(labels: labels, values: Array(repeating: .absent, count: quantiles.count))].values[step] =
                value
        }
        for (_, row) in rows.sorted(by: { $0.key < $1.key }) { try merger.add(row, &budget) }
    }

    private func fraction(
        of group: HistogramGroup, _ step: Int, _ lower: Double, _ upper: Double, at position: SourcePosition
    ) -> Double {
        switch kind(of: group, step, at: position) {
        case nil: return .absent
        case .classic(let histogram): return histogram.fraction(from: lower, to: upper)
        case .native(let histogram):
            if histogram.sum.isNaN { notes.add(.fractionHasNaN, metric: group.metricName, at: position) }
            return histogram.fraction(from: lower, to: upper)
        }
    }

    private func quantile(
        of group: HistogramGroup, _ step: Int, _ quantile: Double, at position: SourcePosition
    ) -> Double {
        switch kind(of: group, step, at: position) {
        case nil: return .absent
        case .classic(var histogram):
            let value = histogram.quantile(quantile)
            if histogram.wasForcedMonotonic { informOfMonotonicity(group.metricName, at: position) }
            return value
        case .native(let histogram):
            let (value, note) = histogram.quantile(quantile)
            if let note { notes.add(note, metric: group.metricName, at: position) }
            return value
        }
    }

    private enum Kind {
        case classic(ClassicHistogram)
        case native(NativeHistogram)
    }

    private func kind(of group: HistogramGroup, _ step: Int, at position: SourcePosition) -> Kind? {
        let (classic, native) = group.step(step)
        guard let native else { return classic.isEmpty ? nil : .classic(ClassicHistogram(classic)) }
        if classic.isEmpty { return .native(native) }
        notes.add(.mixedWithClassic, metric: group.metricName, at: position)
        return nil
    }

    private func groups(of operand: Expression, over grid: Grid) throws(PromQLError) -> [HistogramGroup] {
        var groups: [HistogramGroup] = []
        var indexes: [Labels: Int] = [:]
        func index(_ labels: Labels) -> Int {
            let index = indexes[labels] ?? groups.count
            if index == groups.count {
                indexes[labels] = index
                groups.append(HistogramGroup(labels: labels))
            }
            return index
        }
        try rows(of: operand, over: grid) { (row) throws(PromQLError) in
            try self.use(samples: grid.count)
            if row.hasHistograms { groups[index(row.labels)].native = row.histograms }
            if row.hasHistograms, row.values.allSatisfy(\.isAbsent) { return }
            guard let text = row.labels["le"], let bound = NumberReader.signedNumber(text) else {
                let (value, name) = (row.labels["le"] ?? "", row.labels.metricName ?? "")
                self.notes.warn(
                    "bucket label \"le\" is missing or has a malformed value of \(StringLiteral.quoted(value)) for metric name "
                        + StringLiteral.quoted(name), at: operand.position)
                return
            }
            groups[index(row.labels.setting("le", to: nil))].buckets.append((bound, row.values))
        }
        return groups
    }

    private func informOfMonotonicity(_ name: String, at position: SourcePosition) {
        notes.inform(
            "input to histogram_quantile needed to be fixed for monotonicity (buckets must not hold fewer observations than "
                + "those below them) for metric name \(StringLiteral.quoted(name))", at: position)
    }
}
