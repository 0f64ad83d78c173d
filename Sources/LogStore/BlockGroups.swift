import Telemetry

/// The wanted rows of a block by message shape.
struct BlockGroups {
    private var groups: [BlockRowGroup] = []

    init(_ reader: BlockReader, _ range: Range<Nanoseconds>, selected: RowSelection?) throws(LogStoreError) {
        if selected?.isEmpty ?? false { return }
        let times = try reader.times()
        let rows = times.rows(in: range)
        // Damage is found before rows are handed out.
        _ = try reader.metadata()
        let text = try reader.text()
        if text.shapes.count == 1, selected == nil, rows.count == times.count {
            groups = [BlockRowGroup(reader, text, shape: 0, rows: nil)]
            return
        }
        var byShape = [[Int32]](repeating: [], count: text.shapes.count)
        for row in rows where selected?.contains(row) ?? true { byShape[Int(text.ids[row])].append(Int32(row)) }
        for (shape, rows) in byShape.enumerated() where !rows.isEmpty {
            groups.append(BlockRowGroup(reader, text, shape: shape, rows: rows))
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
    private let text: ShapedRows
    private let shape: Int
    /// Nil for all rows of the block.
    private let rows: [Int32]?

    init(_ reader: BlockReader, _ text: ShapedRows, shape: Int, rows: [Int32]?) {
        self.reader = reader
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

    var metadata: [Labels]? {
        guard let known = try? reader.metadata() else { return nil }
        let own = rows.map { $0.map { known.labels[Int(known.ids[Int($0)])] } } ?? known.ids.map { known.labels[Int($0)] }
        return own.contains { !$0.isEmpty } ? own : nil
    }

    /// The column of a variable and the place of each row's value in it, nil where value and row are one.
    private func column(of variable: Int) throws(LogStoreError) -> (column: Column, places: [Int32]?) {
        var variable = variable
        if case .same(let earlier) = text.shapes[shape].slots[variable] { variable = earlier }
        guard case .column(let index) = text.shapes[shape].slots[variable] else { throw .corrupt("a repetition of a repetition") }
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
            if ids.isEmpty { (distinct, ids) = BlockRowGroup.distinct(distinct) }
            var result = LogStringColumn(bytes: [], ends: [], ids: pick(ids, places))
            for number in distinct {
                form.append(number, to: &result.bytes)
                result.ends.append(result.bytes.count)
            }
            return result
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

    /// A table with open addressing: a dictionary takes five times as long, and this is most of what top values cost.
    private static func distinct(_ numbers: [Int64]) -> (values: [Int64], ids: [Int32]) {
        var capacity = 1024
        while capacity < 2 * numbers.count { capacity *= 2 }
        let shift = UInt64(capacity.leadingZeroBitCount + 1)
        var slots = [Int32](repeating: -1, count: capacity)
        var values: [Int64] = []
        var ids: [Int32] = []
        ids.reserveCapacity(numbers.count)
        for number in numbers {
            var slot = Int((UInt64(bitPattern: number) &* 0x9e37_79b9_7f4a_7c15) >> shift)
            while slots[slot] >= 0, values[Int(slots[slot])] != number { slot = (slot + 1) & (capacity - 1) }
            if slots[slot] < 0 {
                slots[slot] = Int32(values.count)
                values.append(number)
            }
            ids.append(slots[slot])
        }
        return (values, ids)
    }

    func bytes(of variable: Int) throws -> ByteSet {
        var variable = variable
        if case .same(let earlier) = text.shapes[shape].slots[variable] { variable = earlier }
        guard let index = text.column(of: variable, inShape: shape) else {
            throw LogStoreError.corrupt("a repetition of a repetition")
        }
        return try reader.bytes(ofColumn: index)
    }

    func numbers(of variable: Int) throws -> LogNumberColumn? {
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
