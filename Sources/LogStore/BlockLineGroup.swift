import Telemetry

/// The wanted rows of a block, whatever their shapes: times are read only where the stretches of its first and last row differ, and shapes
/// and columns only by whoever wants a line.
struct BlockLineGroup: LogRowGroup {
    private let reader: BlockReader
    private let entry: BlockFile.Entry
    /// The rows of the range of time.
    private let rows: Range<Int>
    private let selected: RowSelection?
    private let labels: (labels: [Labels], ids: [Int64])?
    let count: Int

    /// Nil where no row is wanted.
    init?(
        _ reader: BlockReader, _ entry: BlockFile.Entry, _ range: Range<Nanoseconds>, selected: RowSelection?
    ) throws(LogStoreError) {
        if range.contains(entry.first), range.contains(entry.last) {
            rows = 0..<reader.rowCount
        } else {
            rows = try reader.times().rows(in: range)
        }
        count = selected?.count(in: rows) ?? rows.count
        guard count > 0 else { return nil }
        labels = try reader.metadata()
        self.reader = reader
        self.entry = entry
        self.selected = selected
    }

    var texts: [[UInt8]] { [[], []] }

    private func forEachWanted(_ visit: (Int) -> Void) {
        for row in rows where selected?.contains(row) ?? true { visit(row) }
    }

    /// Each wanted row's own.
    private func pick<Value>(_ value: (Int) -> Value) -> [Value] {
        var result: [Value] = []
        result.reserveCapacity(count)
        forEachWanted { result.append(value($0)) }
        return result
    }

    /// A block whose times are damaged has no rows.
    var times: [Nanoseconds] {
        guard let times = try? reader.times() else { return [] }
        return count == times.count ? times : pick { times[$0] }
    }

    var metadata: [Labels]? {
        guard let labels else { return nil }
        let own = pick { labels.labels[Int(labels.ids[$0])] }
        return own.contains { !$0.isEmpty } ? own : nil
    }

    func forEachStretch(
        endingAt end: (Nanoseconds) -> Nanoseconds, _ visit: (_ rows: Int, _ end: Nanoseconds) throws -> Void
    ) throws {
        if rows.count == reader.rowCount {
            let edge = end(entry.first)
            if entry.last <= edge { return try visit(count, edge) }
        }
        try reader.times().forEachStretch(rows, endingAt: end) { rows, edge in
            let wanted = selected?.count(in: rows) ?? rows.count
            if wanted > 0 { try visit(wanted, edge) }
        }
    }

    func strings(of variable: Int) throws -> LogStringColumn {
        var column = LogStringColumn(bytes: [], ends: [], ids: Array(0..<Int32(count)))
        try forEachRow { _, row in
            column.bytes.append(contentsOf: row.line)
            column.ends.append(column.bytes.count)
            return true
        }
        return column
    }

    func numbers(of variable: Int) -> LogNumberColumn? { nil }

    func forEachRow(where wanted: (Int) -> Bool, _ visit: (Int, LogRow) throws -> Bool) throws {
        var picked = RowSelection(count: reader.rowCount)
        var indexes: [Int] = []
        var index = 0
        forEachWanted { row in
            if wanted(index) {
                picked.insert(row)
                indexes.append(index)
            }
            index += 1
        }
        let rebuilt = try reader.rows(rows, selected: picked)
        for (place, index) in indexes.enumerated() {
            guard try visit(index, rebuilt.row(place)) else { return }
        }
    }
}

extension [Nanoseconds] {
    /// Where the times of a range stand among these, ascending.
    func rows(in range: Range<Nanoseconds>) -> Range<Int> {
        let first = partitioningIndex { $0 >= range.lowerBound }
        return first..<Swift.max(first, partitioningIndex { $0 >= range.upperBound })
    }
}
