import Telemetry

/// The answer to a range query, with the steps that it is the answer for.
struct RangeResult: Sendable {
    private(set) var grid: Grid
    private var series: [MatrixSeries]
    private var warnings: [String]
    private var infos: [String]

    /// - Returns: `nil` where the result is no matrix.
    init?(_ result: QueryResult, over grid: Grid) {
        guard case .matrix(let series) = result.value else { return nil }
        self.grid = grid
        self.series = series
        (warnings, infos) = (result.warnings, result.infos)
    }

    var result: QueryResult { QueryResult(value: .matrix(series), warnings: warnings, infos: infos) }

    /// Samples, and one more a series for its labels.
    var sampleCount: Int { series.reduce(0) { $0 + $1.columns.count + 1 } }

    func covers(_ other: Grid) -> Bool { grid.start <= other.start && grid.end >= other.end }

    /// The beginning of a grid as far as it is known; `nil` where its first step is not. Both grids are of one phase.
    func part(over wanted: Grid) -> RangeResult? {
        guard grid.start <= wanted.start, wanted.start <= grid.end else { return nil }
        let count = min(wanted.count, Int((grid.end - wanted.start) / grid.step) + 1)
        var part = self
        part.cut(to: Grid(start: wanted.start, step: grid.step, count: count))
        return part
    }

    /// Forgets what is later.
    mutating func keep(through time: Milliseconds) {
        guard time < grid.end else { return }
        let count = time < grid.start ? 0 : Int((time - grid.start) / grid.step) + 1
        cut(to: Grid(start: grid.start, step: grid.step, count: count))
    }

    /// This, as far as the other one does not begin, and then the other; `nil` where that would leave a gap or begin later. Both grids are of
    /// one phase.
    func extended(with other: RangeResult) -> RangeResult? {
        guard other.grid.count > 0, grid.start < other.grid.start, other.grid.start <= grid.end + grid.step else { return nil }
        var before = self
        before.keep(through: other.grid.start - grid.step)
        return before.joined(with: other)
    }

    /// This and what follows it.
    func joined(with later: RangeResult) -> RangeResult {
        var joined = self
        joined.grid = Grid(start: grid.start, step: grid.step, count: grid.count + later.grid.count)
        joined.series = []
        joined.series.reserveCapacity(max(series.count, later.series.count))
        var (left, right) = (series[...], later.series[...])
        while let first = left.first, let second = right.first {
            if first.labels == second.labels {
                var both = first
                both.columns.append(contentsOf: second.columns)
                joined.series.append(both)
                left.removeFirst()
                right.removeFirst()
            } else if first.labels < second.labels {
                joined.series.append(left.removeFirst())
            } else {
                joined.series.append(right.removeFirst())
            }
        }
        joined.series += left
        joined.series += right
        joined.warnings = RangeResult.union(warnings, later.warnings)
        joined.infos = RangeResult.union(infos, later.infos)
        return joined
    }

    private static func union(_ notes: [String], _ more: [String]) -> [String] {
        Array((notes + more.filter { !notes.contains($0) }).prefix(Notes.maximum))
    }

    private mutating func cut(to grid: Grid) {
        self.grid = grid
        guard grid.count > 0 else { return series = [] }
        series = series.compactMap { series in
            let columns = series.columns.steps(from: grid.start, through: grid.end)
            return columns.isEmpty ? nil : MatrixSeries(labels: series.labels, columns: columns)
        }
    }
}

extension SampleColumns {
    fileprivate func steps(from start: Milliseconds, through end: Milliseconds) -> SampleColumns {
        let low = timestamps.firstIndex { $0 >= start } ?? count
        let high = timestamps.lastIndex { $0 <= end }.map { $0 + 1 } ?? 0
        guard low < high else { return SampleColumns() }
        if low == 0, high == count { return self }
        var columns = SampleColumns(timestamps: Array(timestamps[low..<high]), values: Array(values[low..<high]))
        if hasHistograms { columns.histograms = Array(histograms[low..<high]) }
        return columns
    }

    fileprivate mutating func append(contentsOf later: SampleColumns) {
        guard !hasHistograms, !later.hasHistograms else {
            for index in 0..<later.count { append(from: later, at: index) }
            return
        }
        timestamps += later.timestamps
        values += later.values
    }
}
