import Telemetry

/// Finds the rows of a block whose lines contain a literal, by shapes and columns: no line is rebuilt unless the literal may stand half in
/// constant text and half in a variable.
struct BlockSearch {
    let reader: BlockReader

    /// Runs of a needle that are looked up before lines are rebuilt for it.
    private static let maximumRuns = 2

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
        let descriptions = try reader.descriptions()
        var candidates: Set<Int> = []
        for (index, description) in descriptions.enumerated() where try mayStand(needle, description, inTexts: inTexts) {
            candidates.insert(index)
        }
        let text = try reader.text(number)
        var result = RowSelection(count: text.ids.count)
        guard !candidates.isEmpty || inTexts || !needle.isWord else { return result }
        // Shapes whose constant text has the needle, and those whose rows must be looked at one by one.
        let decided = text.shapes.map { shape in inTexts && shape.literals.contains { needle.isContained(in: $0[...]) } }
        if !zip(text.counts, decided).contains(where: { $0 > 0 && !$1 }) { return nil }
        if decided.contains(true) {
            for (row, id) in text.ids.enumerated() where decided[Int(id)] { result.insert(row) }
        }
        try search(columns(of: text, candidates, decided), for: needle, inTexts: inTexts, text, into: &result)
        try searchStraddling(needle, number, text, decided, into: &result)
        return result
    }

    private func mayStand(_ needle: Needle, _ column: ColumnDescription, inTexts: Bool) throws(LogStoreError) -> Bool {
        guard column.count > 0, needle.mayStand(in: column) else { return false }
        switch column.type {
        case .strings: return inTexts
        case .hexadecimal(let digits, _) where digits == needle.bytes.count && !needle.runs.isEmpty:
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
        var places: [Int] = []
        var hits: [RowSelection] = []
        for index in columns.sorted() {
            if case .time = try reader.descriptions()[index].type {
                try searchTimes(index, needle, text, into: &result)
            } else if let found = try values(of: index, containing: needle, inTexts: inTexts) {
                // A column that every row has is told from its rows by nothing.
                if found.count == result.count {
                    result.formUnion(found)
                } else {
                    places.append(index)
                    hits.append(found)
                }
            }
        }
        guard !hits.isEmpty else { return }
        text.forEachValue(of: places) { row, column, place in
            if hits[column].contains(place) { result.insert(row) }
        }
    }

    /// Which values of a column contain the needle; nil where none does. Those that are cut again are searched as lines are.
    private func values(
        of index: Int, containing needle: Needle, inTexts: Bool
    ) throws(LogStoreError) -> RowSelection? {
        guard case .strings(let repeated, let single, let shaped) = try reader.descriptions()[index].type else {
            return try reader.column(index).values(containing: needle)
        }
        // Ids are read last: mostly no text has it.
        var distinct = try reader.outline(index).containing(needle)
        if shaped > 0 {
            let found = try texts(shaped, containing: needle, inTexts: inTexts) ?? RowSelection(count: single, all: true)
            if !found.isEmpty {
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

    /// Rebuilds the lines in which the needle may stand partly in constant text, and looks.
    private func searchStraddling(
        _ needle: Needle, _ number: Int, _ text: ShapedRows, _ decided: [Bool], into result: inout RowSelection
    ) throws(LogStoreError) {
        guard !needle.isWord else { return }
        let straddled = text.shapes.indices.map { shape in
            !decided[shape] && text.counts[shape] > 0 && needle.mayStraddle(text.shapes[shape])
        }
        guard straddled.contains(true) else { return }
        var candidates = RowSelection(count: text.ids.count)
        for (row, id) in text.ids.enumerated() where straddled[Int(id)] && !result.contains(row) { candidates.insert(row) }
        for run in needle.runs.prefix(BlockSearch.maximumRuns) {
            let word = Needle(run)
            let inTexts = try reader.trigrams().mayContain(run)
            guard let with = try texts(number, containing: word, inTexts: inTexts) else { continue }
            candidates.formIntersection(with)
        }
        if candidates.isEmpty { return }
        let times = number == 0 ? try reader.times() : nil
        var rebuilt: [UInt8] = []
        var lines: [(row: Int, range: Range<Int>)] = []
        try text.forEach(0..<text.ids.count, selected: candidates, times: times, into: &rebuilt) { row, start, end in
            lines.append((row, start..<end))
        }
        for line in lines where needle.isContained(in: rebuilt[line.range]) { result.insert(line.row) }
    }
}

extension Column {
    /// Which values contain the needle; nil where none does. Not for texts, nor for times, which depend on the entry.
    fileprivate func values(containing needle: Needle) -> RowSelection? {
        var result: RowSelection?
        var buffer: [UInt8] = []
        for index in 0..<description.count {
            buffer.removeAll(keepingCapacity: true)
            append(index, time: 0, to: &buffer)
            guard needle.isContained(in: buffer[...]) else { continue }
            if result == nil { result = RowSelection(count: description.count) }
            result?.insert(index)
        }
        return result
    }
}
