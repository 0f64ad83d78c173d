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
    /// By shape: where its pieces stand.
    private(set) var parts: [Range<Int>] = []
    private(set) var pieces: [Piece] = []
    /// The constant texts of all shapes, one after the other.
    private(set) var literals: [UInt8] = []

    /// A constant text and the variable behind it, if one is.
    struct Piece {
        var literal: Range<Int>
        /// A column's place in ``RowLayout/columns``, or an earlier variable.
        var variable: LineShape.Slot?
    }

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
        for (shape, own) in zip(text.shapes, slots) {
            let first = pieces.count
            for (number, literal) in shape.literals.enumerated() {
                let start = literals.count
                literals.append(contentsOf: literal)
                var variable = number < own.count ? shape.slots[number] : nil
                if case .column = variable { variable = .column(own[number]) }
                pieces.append(Piece(literal: start..<literals.count, variable: variable))
            }
            parts.append(first..<pieces.count)
        }
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
        var variables: [Range<Int>] = []
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
                    append(shape, layout, time: times?[row] ?? 0, &next, &variables, to: &text)
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
    private func append(
        _ shape: Int, _ layout: borrowing RowLayout, time: Nanoseconds, _ next: inout [Int], _ variables: inout [Range<Int>],
        to text: inout [UInt8]
    ) {
        let hasRepeats = layout.hasRepeats[shape]
        if hasRepeats { variables.removeAll(keepingCapacity: true) }
        for index in layout.parts[shape] {
            let part = layout.pieces[index]
            Bytes.append(layout.literals, part.literal, to: &text)
            let start = text.count
            switch part.variable {
            case .column(let place):
                layout.columns[place]?.append(next[place], time: time, to: &text)
                next[place] += 1
            case .same(let earlier):
                // Byte by byte: a slice of the text would make a copy of all of it.
                for index in variables[earlier] { text.append(text[index]) }
            case nil: break
            }
            if hasRepeats { variables.append(start..<text.count) }
        }
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
