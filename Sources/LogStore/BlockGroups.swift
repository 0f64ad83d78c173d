import Telemetry

/// The wanted rows of a block by message shape.
struct BlockGroups {
    private var groups: [BlockRowGroup] = []

    init(
        _ reader: BlockReader, _ entry: BlockFile.Entry, _ range: Range<Nanoseconds>, selected: RowSelection?
    ) throws(LogStoreError) {
        if selected?.isEmpty ?? false { return }
        // Damage is found before rows are handed out.
        let rows = try reader.times().rows(in: range)
        _ = try reader.metadata()
        let text = try reader.text()
        if text.shapes.count == 1, selected == nil, rows.count == reader.rowCount {
            groups = [BlockRowGroup(reader, entry, text, shape: 0, rows: nil)]
            return
        }
        var byShape = [[Int32]](repeating: [], count: text.shapes.count)
        if selected == nil { for (shape, count) in text.counts.enumerated() { byShape[shape].reserveCapacity(count) } }
        for row in rows where selected?.contains(row) ?? true { byShape[Int(text.ids[row])].append(Int32(row)) }
        for (shape, rows) in byShape.enumerated() where !rows.isEmpty {
            groups.append(BlockRowGroup(reader, entry, text, shape: shape, rows: rows))
        }
    }

    /// False where `visit` wanted no more.
    func forEach(_ visit: (any LogRowGroup) throws -> Bool) throws -> Bool {
        for group in groups where try !visit(group) { return false }
        return true
    }
}

/// Rows of a block that have one shape.
struct BlockRowGroup: LogRowGroup {
    private let reader: BlockReader
    private let entry: BlockFile.Entry
    private let text: ShapedRows
    private let shape: Int
    /// Nil for all rows of the block.
    private let rows: [Int32]?

    init(_ reader: BlockReader, _ entry: BlockFile.Entry, _ text: ShapedRows, shape: Int, rows: [Int32]?) {
        self.reader = reader
        self.entry = entry
        self.text = text
        self.shape = shape
        self.rows = rows
    }

    var texts: [[UInt8]] { text.shapes[shape].literals }
    var count: Int { rows?.count ?? text.ids.count }

    var times: [Nanoseconds] {
        // Read when the group was made; a block whose times are damaged has no groups.
        guard let all = try? reader.times() else { return [] }
        return rows.map { $0.map { all[Int($0)] } } ?? all
    }

    func forEachStretch(
        endingAt end: (Nanoseconds) -> Nanoseconds, _ visit: (_ rows: Int, _ end: Nanoseconds) throws -> Void
    ) throws {
        let edge = end(entry.first)
        if rows == nil, entry.last <= edge { return try visit(count, edge) }
        let times = times
        try times.forEachStretch(0..<times.count, endingAt: end) { try visit($0.count, $1) }
    }

    var metadata: [Labels]? {
        guard let known = try? reader.metadata() else { return nil }
        let own = rows.map { $0.map { known.labels[Int(known.ids[Int($0)])] } } ?? known.ids.map { known.labels[Int($0)] }
        return own.contains { !$0.isEmpty } ? own : nil
    }

    private func index(of variable: Int) throws(LogStoreError) -> Int {
        var variable = variable
        if case .same(let earlier) = text.shapes[shape].slots[variable] { variable = earlier }
        guard let index = text.column(of: variable, inShape: shape) else { throw .corrupt("a repetition of a repetition") }
        return index
    }

    /// The column of a variable and the place of each row's value in it, nil where value and row are one.
    private func column(of variable: Int) throws(LogStoreError) -> (column: Column, places: [Int32]?) {
        let index = try index(of: variable)
        let column = try reader.column(index)
        guard let rows else { return (column, nil) }
        let places = text.places(in: index)
        return (column, rows.map { places[Int($0)] })
    }

    private func pick<Value>(_ values: [Value], _ places: [Int32]?) -> [Value] {
        places.map { $0.map { values[Int($0)] } } ?? values
    }

    func strings(of variable: Int) throws -> LogStringColumn {
        let (column, places) = try column(of: variable)
        switch column.description.type {
        case .strings:
            return LogStringColumn(bytes: column.texts.bytes, ends: column.texts.ends, ids: pick(column.ids, places))
        case .numbers(let form, _, _):
            var (distinct, ids) = (column.storedNumbers, column.ids)
            if ids.isEmpty {
                var table = DistinctNumbers(expecting: distinct.count)
                ids = distinct.map { table.place(of: $0) }
                distinct = table.numbers
            }
            let numbers = LogStringColumn.Numbers(distinct, form: "\(form)") { form.append($0, to: &$1) }
            return LogStringColumn(numbers, ids: pick(ids, places))
        case .hexadecimal, .time:
            let times = times
            var result = LogStringColumn(bytes: [], ends: [], ids: Array(0..<Int32(count)))
            for row in 0..<count {
                column.append(places.map { Int($0[row]) } ?? row, time: times[row], to: &result.bytes)
                result.ends.append(result.bytes.count)
            }
            return result
        }
    }

    func bytes(of variable: Int) throws -> ByteSet { try reader.bytes(ofColumn: index(of: variable)) }

    func isNumeric(_ variable: Int) throws -> Bool {
        switch try reader.descriptions()[index(of: variable)].type {
        case .numbers(.fixed, _, _), .numbers(.trimmed, _, _): true
        default: false
        }
    }

    func numbers(of variable: Int) throws -> LogNumberColumn? {
        guard try isNumeric(variable) else { return nil }
        let (column, places) = try column(of: variable)
        switch column.description.type {
        case .numbers(.fixed(let scale, _), _, _), .numbers(.trimmed(let scale, _), _, _):
            return LogNumberColumn(mantissas: pick(column.numbers, places), scale: scale)
        default:
            return nil
        }
    }

    func forEachRow(where wanted: (Int) -> Bool, _ visit: (Int, LogRow) throws -> Bool) throws {
        var selected = RowSelection(count: text.ids.count)
        var indexes: [Int] = []
        for index in 0..<count where wanted(index) {
            selected.insert(rows.map { Int($0[index]) } ?? index)
            indexes.append(index)
        }
        let rebuilt = try reader.rows(selected: selected)
        for (place, index) in indexes.enumerated() {
            guard try visit(index, rebuilt.row(place)) else { return }
        }
    }
}
