import Telemetry

/// Finds the rows of a block whose lines contain a literal, by shapes and columns: no line is rebuilt unless the literal may stand half in
/// constant text and half in a variable.
struct BlockSearch {
    let reader: BlockReader

    /// The rows whose lines contain all the literals; nil where all do.
    func rows(containing needles: [Needle]) throws(LogStoreError) -> RowSelection? {
        var result: RowSelection?
        guard try mayContain(needles) else { return RowSelection(count: reader.rowCount) }
        for needle in needles where !needle.bytes.isEmpty {
            guard let found = try rows(containing: needle) else { continue }
            if result == nil { result = found } else { result?.formIntersection(found) }
            if result?.isEmpty ?? false { return result }
        }
        return result
    }

    /// False only where the filters know that no line contains all the literals.
    private func mayContain(_ needles: [Needle]) throws(LogStoreError) -> Bool {
        guard needles.contains(where: { !$0.wholeWords.isEmpty }) else { return true }
        let filter = try reader.filter()
        return needles.allSatisfy { needle in needle.wholeWords.allSatisfy { filter.mayContain($0) } }
    }

    private func rows(containing needle: Needle) throws(LogStoreError) -> RowSelection? {
        let inTexts = try reader.trigrams().mayContain(needle.bytes)
        if !inTexts && needle.isWord && !needle.mayStandOutsideTexts { return RowSelection(count: reader.rowCount) }
        return try texts(0, containing: needle, inTexts: inTexts)
    }

    /// The lines, or the values that a column cut again, that contain the needle; nil where all do.
    private func texts(_ number: Int, containing needle: Needle, inTexts: Bool) throws(LogStoreError) -> RowSelection? {
        var candidates: Set<Int> = []
        for (index, description) in try reader.descriptions().enumerated()
        where try mayStand(needle, description, inTexts: inTexts) {
            candidates.insert(index)
        }
        let text = try reader.text(number)
        var result = RowSelection(count: text.ids.count)
        guard !candidates.isEmpty || inTexts || !needle.isWord else { return result }
        // Shapes whose constant text has the needle, and those whose rows must be looked at one by one.
        let decided = text.shapes.map { shape in inTexts && shape.literals.contains { needle.isContained(in: $0[...]) } }
        if !zip(text.counts, decided).contains(where: { $0 > 0 && !$1 }) { return nil }
        if decided.contains(true) { result = RowSelection(of: text.ids, in: RowSelection(decided)) }
        try search(columns(of: text, candidates, decided), for: needle, inTexts: inTexts, text, into: &result)
        guard !needle.isWord, !result.isFull else { return result }
        var straddling = StraddlingSearch(self, number, text, needle)
        try straddling.insertRows(ofShapes: decided.map { !$0 }, into: &result)
        return result
    }

    private func mayStand(_ needle: Needle, _ column: ColumnDescription, inTexts: Bool) throws(LogStoreError) -> Bool {
        guard column.count > 0, needle.mayStand(in: column) else { return false }
        switch column.type {
        case .strings: return inTexts
        case .hexadecimal(let digits, _) where digits == needle.bytes.count && needle.hasWords:
            // As long as the identifiers are, it must be a whole one.
            return try reader.filter().mayContain(Words.hash(needle.bytes))
        default: return true
        }
    }

    /// Columns of the lines, among the candidates, that undecided shapes have.
    private func columns(of text: ShapedRows, _ candidates: Set<Int>, _ decided: [Bool]) -> Set<Int> {
        var used: Set<Int> = []
        for (shape, isDecided) in decided.enumerated() where !isDecided && text.counts[shape] > 0 {
            for slot in text.shapes[shape].slots.indices {
                if let column = text.column(of: slot, inShape: shape) { used.insert(column) }
            }
        }
        return used.intersection(candidates)
    }

    private func search(
        _ columns: Set<Int>, for needle: Needle, inTexts: Bool, _ text: ShapedRows, into result: inout RowSelection
    ) throws(LogStoreError) {
        for index in columns.sorted() where !result.isFull {
            if case .time = try reader.descriptions()[index].type {
                try searchTimes(index, needle, text, into: &result)
            } else if let found = try values(of: index, containing: needle, inTexts: inTexts) {
                // A column that every row has is told from its rows by nothing.
                result.formUnion(found.count == result.count ? found : text.rows(ofValues: found, in: index))
            }
        }
    }

    /// Which values of a column contain the needle; nil where none does. Those that are cut again are searched as lines are.
    private func values(
        of index: Int, containing needle: Needle, inTexts: Bool
    ) throws(LogStoreError) -> RowSelection? {
        guard case .strings(let repeated, let single, let shaped) = try reader.descriptions()[index].type else {
            return try reader.column(index).values { _ in
                0
            } where: {
                needle.isContained(in: $0)
            }
        }
        // Ids are read last: mostly no text has it.
        var distinct = try reader.outline(index).containing(needle)
        if shaped > 0 {
            let found = try texts(shaped, containing: needle, inTexts: inTexts) ?? RowSelection(count: single, all: true)
            if distinct != nil || !found.isEmpty {
                var all = RowSelection(count: repeated + single)
                distinct?.forEach { all.insert($0) }
                found.forEach { all.insert(repeated + $0) }
                distinct = all
            }
        }
        guard let distinct else { return nil }
        return RowSelection(of: try reader.ids(ofTexts: index), in: distinct)
    }

    /// Times depend on those of their entries, so they are written out row by row.
    private func searchTimes(
        _ index: Int, _ needle: Needle, _ text: ShapedRows, into result: inout RowSelection
    ) throws(LogStoreError) {
        let times = try reader.times()
        let column = try reader.column(index)
        var buffer: [UInt8] = []
        text.forEachValue(of: [index]) { row, _, place in
            guard !result.contains(row) else { return }
            buffer.removeAll(keepingCapacity: true)
            column.append(place, time: times[row], to: &buffer)
            if needle.isContained(in: buffer[...]) { result.insert(row) }
        }
    }
}
