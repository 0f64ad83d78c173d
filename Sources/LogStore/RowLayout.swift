import Telemetry

/// Where the values of a row stand in the columns, for whoever rebuilds rows.
struct RowLayout {
    /// By shape: the places of its columns in ``columns``, -1 for a variable that repeats another.
    var slots: [[Int]] = []
    /// The numbers of the columns.
    var targets: [Int] = []
    /// Those read so far: of the shapes of which a row was wanted.
    var columns: [Column?] = []
    /// By window and shape: rows before the window.
    var before: [[Int32]] = []
    let hasRepeats: [Bool]

    init(_ text: ShapedRows) {
        hasRepeats = text.shapes.map(\.hasRepeats)
        var places: [Int: Int] = [:]
        for own in text.targets {
            slots.append(
                own.map { target in
                    guard target >= 0 else { return -1 }
                    if let place = places[target] { return place }
                    places[target] = targets.count
                    targets.append(target)
                    return targets.count - 1
                })
        }
        columns = Array(repeating: nil, count: targets.count)
        var rows = [Int32](repeating: 0, count: text.shapes.count)
        for (row, id) in text.ids.enumerated() {
            if row % ShapedRows.windowRows == 0 { before.append(rows) }
            rows[Int(id)] += 1
        }
    }

    /// By column: values before a window.
    func values(before window: Int) -> [Int] {
        var next = [Int](repeating: 0, count: columns.count)
        for (shape, rows) in before[window].enumerated() where rows > 0 {
            for place in slots[shape] where place >= 0 { next[place] += Int(rows) }
        }
        return next
    }
}

extension ShapedRows {
    /// Rebuilds the rows of a range that are selected, all if there is no selection; hands each one's text to `visit`.
    func forEach(
        _ range: Range<Int>, selected: RowSelection?, times: [Nanoseconds]?, into text: inout [UInt8],
        _ visit: (_ row: Int, _ start: Int, _ end: Int) -> Void
    ) throws(LogStoreError) {
        guard !range.isEmpty else { return }
        let layout = try layout(range, selected)
        let length = ShapedRows.windowRows
        for window in (range.lowerBound / length)...((range.upperBound - 1) / length) {
            let rows = range.clamped(to: (window * length)..<((window + 1) * length))
            var left = selected?.count(in: rows) ?? rows.count
            if left == 0 { continue }
            var next = layout.values(before: window)
            // Rows passed over, by shape: counted when the next wanted one comes.
            var passed = [Int](repeating: 0, count: shapes.count)
            var isBehind = false
            var row = window * length
            while left > 0 {
                let shape = Int(ids[row])
                if row >= rows.lowerBound, selected?.contains(row) ?? true {
                    if isBehind {
                        for shape in passed.indices where passed[shape] > 0 {
                            for place in layout.slots[shape] where place >= 0 { next[place] += passed[shape] }
                            passed[shape] = 0
                        }
                        isBehind = false
                    }
                    let start = text.count
                    append(shape, layout, time: times?[row] ?? 0, &next, to: &text)
                    visit(row, start, text.count)
                    left -= 1
                } else {
                    passed[shape] += 1
                    isBehind = true
                }
                row += 1
            }
        }
    }

    /// Appends the text of a row whose values are the next ones of its shape's columns.
    private func append(_ shape: Int, _ layout: RowLayout, time: Nanoseconds, _ next: inout [Int], to text: inout [UInt8]) {
        let (slots, literals) = (layout.slots[shape], shapes[shape].literals)
        var ranges: [Range<Int>] = []
        for slot in slots.indices {
            text.append(contentsOf: literals[slot])
            let start = text.count
            let place = slots[slot]
            if place >= 0 {
                layout.columns[place]?.append(next[place], time: time, to: &text)
                next[place] += 1
            } else if case .same(let earlier) = shapes[shape].slots[slot] {
                // Byte by byte: a slice of the text would make a copy of all of it.
                for index in ranges[earlier] { text.append(text[index]) }
            }
            if layout.hasRepeats[shape] { ranges.append(start..<text.count) }
        }
        text.append(contentsOf: literals[slots.count])
    }

    /// The layout, with the columns that the selected rows of a range need.
    private func layout(_ range: Range<Int>, _ selected: RowSelection?) throws(LogStoreError) -> RowLayout {
        var layout = knownLayout ?? RowLayout(self)
        knownLayout = nil
        var isWanted = [Bool](repeating: false, count: shapes.count)
        for row in range where selected?.contains(row) ?? true { isWanted[Int(ids[row])] = true }
        for shape in shapes.indices where isWanted[shape] {
            for place in layout.slots[shape] where place >= 0 && layout.columns[place] == nil {
                layout.columns[place] = try column(layout.targets[place])
            }
        }
        knownLayout = layout
        return layout
    }
}
