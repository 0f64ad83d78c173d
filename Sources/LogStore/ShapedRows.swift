import Telemetry

/// The rows of a block (or the values of a column that are cut again) as shapes and columns: rebuilt where somebody wants the text.
final class ShapedRows {
    /// Rows between two places from which rebuilding can begin.
    static let windowRows = 1024

    let shapes: [LineShape]
    /// The shape of each row.
    let ids: [Int32]
    /// Rows of each shape.
    let counts: [Int]
    let column: (Int) throws(LogStoreError) -> Column
    /// By shape: columns of its variables, -1 for one that repeats another.
    let targets: [[Int]]
    /// How rows are rebuilt, where somebody asked.
    var knownLayout: RowLayout?
    private var knownPlaces: [Int: [Int32]] = [:]

    init(
        _ shapes: [LineShape], _ ids: [Int32], column: @escaping (Int) throws(LogStoreError) -> Column
    ) throws(LogStoreError) {
        self.shapes = shapes
        self.ids = ids
        self.column = column
        var counts = [Int](repeating: 0, count: shapes.count)
        for id in ids {
            guard id >= 0, id < shapes.count else { throw .corrupt("shape \(id) of \(shapes.count)") }
            counts[Int(id)] += 1
        }
        self.counts = counts
        targets = shapes.map { $0.slots.map { slot in if case .column(let column) = slot { column } else { -1 } } }
    }

    /// The rows among some whose text passes. They are rebuilt for it.
    func rows(
        among selected: RowSelection, times: [Nanoseconds]?, where passes: (ArraySlice<UInt8>) -> Bool
    ) throws(LogStoreError) -> RowSelection {
        var rebuilt: [UInt8] = []
        var lines: [(row: Int, range: Range<Int>)] = []
        try forEach(0..<ids.count, selected: selected, times: times, into: &rebuilt) { row, start, end in
            lines.append((row, start..<end))
        }
        var result = RowSelection(count: ids.count)
        for line in lines where passes(rebuilt[line.range]) { result.insert(line.row) }
        return result
    }

    /// All rows, rebuilt.
    func decoded() throws(LogStoreError) -> ColumnTexts {
        var result = ColumnTexts()
        var ends: [Int] = []
        ends.reserveCapacity(ids.count)
        try forEach(0..<ids.count, selected: nil, times: nil, into: &result.bytes) { _, _, end in ends.append(end) }
        result.ends = ends
        return result
    }

    /// By column: rows that have a value in it.
    var uses: [Int: Int] {
        var uses: [Int: Int] = [:]
        for (shape, own) in targets.enumerated() {
            for column in own where column >= 0 { uses[column, default: 0] += counts[shape] }
        }
        return uses
    }

    /// The column of a variable, nil for one that repeats another.
    func column(of slot: Int, inShape shape: Int) -> Int? {
        let target = targets[shape][slot]
        return target < 0 ? nil : target
    }

    /// Hands the values of some columns to `visit` with the place of each: the cheapest way through a block where no text is wanted.
    /// - Parameter columns: each is told by its place here.
    func forEachValue(of columns: [Int], _ visit: (_ row: Int, _ column: Int, _ place: Int) -> Void) {
        let slots = targets.map { own in own.compactMap { columns.firstIndex(of: $0) } }
        var next = [Int](repeating: 0, count: columns.count)
        for (row, id) in ids.enumerated() {
            for column in slots[Int(id)] {
                visit(row, column, next[column])
                next[column] += 1
            }
        }
    }

    /// The rows whose value in a column is one of these.
    /// - Parameter shapes: those whose rows count; nil for all.
    func rows(ofValues values: RowSelection, in column: Int, shapes: [Bool]? = nil) -> RowSelection {
        let has = targets.map { $0.contains(column) }
        return RowSelection(of: ids, having: has, wanted: shapes ?? has, hits: values)
    }

    /// By row: the place of its value in a column; only for rows whose shape has the column.
    func places(in column: Int) -> [Int32] {
        if let known = knownPlaces[column] { return known }
        let has = targets.map { $0.contains(column) }
        var places: [Int32] = []
        places.reserveCapacity(ids.count)
        var next: Int32 = 0
        for id in ids {
            places.append(next)
            if has[Int(id)] { next += 1 }
        }
        knownPlaces[column] = places
        return places
    }
}
