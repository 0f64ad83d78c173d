import Telemetry

/// Where a value stands in a buffer.
struct ValueRange: Sendable {
    var start: Int32
    var length: Int32

    init(_ range: Range<Int>) {
        start = Int32(truncatingIfNeeded: range.lowerBound)
        length = Int32(truncatingIfNeeded: range.count)
    }

    init(start: Int32, length: Int32) {
        self.start = start
        self.length = length
    }

    var range: Range<Int> { Int(start)..<(Int(start) + Int(length)) }
}

/// Texts cut into message shapes and the columns of their variables.
///
/// A column is keyed by the constant text left of the variable and by how often that text stood to the left of a variable in the shape
/// before, so `"duration_ms":` is one column whatever shape it stands in. Texts whose shape is rare are variables as a whole.
struct ShapedText {
    /// Lines looked at to decide whether tokens make too many shapes, and how many are too many.
    static let probeRows = 1000
    static let probeShapes = 64
    /// A word is common that is in one of so many lines: the fewer words are, the fewer shapes and columns share the same texts.
    private static let commonShare = 4
    /// Most shapes, and most columns; further lines are variables as a whole.
    static let maximumShapes = 1024
    static let maximumColumns = 2048
    /// Shorter values equal to another of their line are so by accident.
    private static let leastRepeatedLength = 3

    /// The values of one variable.
    struct Column {
        var values: [ValueRange] = []
        /// Differences to the time of the entry, for times.
        var differences: [Int64] = []
        var time: TimeForm?
    }

    private(set) var shapes: [LineShape] = []
    /// The shape of each text.
    private(set) var ids: [Int64] = []
    private(set) var columns: [Column] = []
    /// Texts that are variables as a whole.
    private(set) var wholeCount = 0
    /// Shapes that the first rows have.
    private(set) var shapesOfFirstRows = 0

    private struct ColumnKey: Hashable {
        var literal: [UInt8]
        var occurrence: Int
        var time: Int32
    }

    /// A shape as it was met first.
    private struct Draft {
        var row: Int
        var count = 0
        /// Slots that so far were always equal to an earlier one.
        var repeats: [(slot: Int, of: Int)] = []
    }

    /// Cuts lines: by tokens; where these make too many shapes, by quoted strings as well, and where these do, by uncommon words.
    static func lines(_ text: [UInt8], _ lines: [ValueRange], _ times: [Nanoseconds], leastRows: Int) -> ShapedText {
        for cut in [LineScanner.Cut.tokens, .quotedStrings] {
            let shaped = ShapedText(text, lines, times: times, cut, leastRows: leastRows)
            if shaped.shapesOfFirstRows <= probeShapes { return shaped }
        }
        let words = LineScanner.Cut.uncommonWords(CommonWords(text, lines, share: commonShare))
        return ShapedText(text, lines, times: times, words, leastRows: leastRows, takesAll: true)
    }

    /// Cuts texts.
    /// - Parameters:
    ///   - times: those of the entries, nil for values of a column.
    ///   - leastRows: texts of a shape with fewer are variables as a whole.
    ///   - takesAll: whether it goes on where the first rows make too many shapes.
    init(
        _ text: [UInt8], _ rows: [ValueRange], times: [Nanoseconds]?, _ cut: LineScanner.Cut, leastRows: Int,
        takesAll: Bool = false
    ) {
        var scanner = LineScanner(cut, findsTimes: times != nil)
        var drafts: [Draft] = []
        var known: [UInt64: Int] = [:]
        var draftOfRow: [Int32] = []
        var variables: [LineScanner.Variable] = []
        var ends: [Int] = []
        draftOfRow.reserveCapacity(rows.count)
        ends.reserveCapacity(rows.count)
        for index in rows.indices {
            scanner.scan(text, rows[index].range, time: times.map { $0[index] } ?? 0)
            let first = variables.count
            variables.append(contentsOf: scanner.variables)
            ends.append(variables.count)
            if let draft = known[scanner.shapeHash] {
                drafts[draft].count += 1
                if !drafts[draft].repeats.isEmpty {
                    drafts[draft].repeats.removeAll { pair in
                        !ShapedText.equal(text, variables[first + pair.slot], variables[first + pair.of])
                    }
                }
                draftOfRow.append(Int32(draft))
                continue
            }
            if index < ShapedText.probeRows { shapesOfFirstRows += 1 }
            // Then another cut is tried, and what would be found out here is not needed.
            if shapesOfFirstRows > ShapedText.probeShapes, !takesAll { return }
            guard drafts.count < ShapedText.maximumShapes * 16 else {
                draftOfRow.append(-1)
                continue
            }
            known[scanner.shapeHash] = drafts.count
            draftOfRow.append(Int32(drafts.count))
            drafts.append(Draft(row: index, count: 1, repeats: ShapedText.repeats(text, variables[first...])))
        }
        let places = keep(drafts, text, rows, variables, ends, leastRows: leastRows)
        fill(rows, variables, ends, draftOfRow, places)
    }

    private static func equal(_ text: [UInt8], _ left: LineScanner.Variable, _ right: LineScanner.Variable) -> Bool {
        guard left.length == right.length else { return false }
        let (a, b) = (Int(left.start), Int(right.start))
        for offset in 0..<Int(left.length) where text[a + offset] != text[b + offset] { return false }
        return true
    }

    private static func repeats(_ text: [UInt8], _ variables: ArraySlice<LineScanner.Variable>) -> [(slot: Int, of: Int)] {
        var result: [(slot: Int, of: Int)] = []
        let first = variables.startIndex
        for slot in variables.indices where variables[slot].time == 0 && variables[slot].length >= leastRepeatedLength {
            let earlier = (first..<slot).first { variables[$0].time == 0 && equal(text, variables[$0], variables[slot]) }
            if let earlier { result.append((slot - first, earlier - first)) }
        }
        return result
    }

    /// Makes shapes of the drafts that are not rare. Gives the place of each, -1 for those that are.
    private mutating func keep(
        _ drafts: [Draft], _ text: [UInt8], _ rows: [ValueRange], _ variables: [LineScanner.Variable], _ ends: [Int],
        leastRows: Int
    ) -> [Int] {
        var keys: [ColumnKey: Int] = [:]
        return drafts.map { draft in
            let range = (draft.row == 0 ? 0 : ends[draft.row - 1])..<ends[draft.row]
            guard draft.count >= leastRows, shapes.count < ShapedText.maximumShapes,
                columns.count + range.count < ShapedText.maximumColumns
            else { return -1 }
            var shape = LineShape(literals: [], slots: [])
            var occurrences: [[UInt8]: Int] = [:]
            let line = rows[draft.row].range
            var position = line.lowerBound
            for (slot, variable) in variables[range].enumerated() {
                let literal = Array(text[position..<Int(variable.start)])
                position = Int(variable.start) + Int(variable.length)
                shape.literals.append(literal)
                if let pair = draft.repeats.first(where: { $0.slot == slot }) {
                    shape.slots.append(.same(pair.of))
                    continue
                }
                let key = ColumnKey(literal: literal, occurrence: occurrences[literal, default: 0], time: variable.time)
                occurrences[literal, default: 0] += 1
                if keys[key] == nil {
                    keys[key] = columns.count
                    let form = variable.time == 0 ? nil : try? TimeForm(code: UInt8(truncatingIfNeeded: variable.time - 1))
                    columns.append(Column(time: form))
                }
                shape.slots.append(.column(keys[key] ?? 0))
            }
            shape.literals.append(Array(text[position..<line.upperBound]))
            shapes.append(shape)
            return shapes.count - 1
        }
    }

    private mutating func fill(
        _ rows: [ValueRange], _ variables: [LineScanner.Variable], _ ends: [Int], _ draftOfRow: [Int32], _ places: [Int]
    ) {
        var whole = -1
        ids.reserveCapacity(rows.count)
        let targets = shapes.map { $0.slots.map { slot in if case .column(let column) = slot { column } else { -1 } } }
        for index in rows.indices {
            let draft = Int(draftOfRow[index])
            let place = draft < 0 ? -1 : places[draft]
            guard place >= 0 else {
                if whole < 0 {
                    whole = shapes.count
                    shapes.append(LineShape(literals: [[], []], slots: [.column(columns.count)]))
                    columns.append(Column())
                }
                ids.append(Int64(whole))
                columns[columns.count - 1].values.append(rows[index])
                wholeCount += 1
                continue
            }
            ids.append(Int64(place))
            var variable = index == 0 ? 0 : ends[index - 1]
            for column in targets[place] {
                if column >= 0 {
                    let found = variables[variable]
                    if found.time > 0 {
                        columns[column].differences.append(found.difference)
                    } else {
                        columns[column].values.append(ValueRange(start: found.start, length: found.length))
                    }
                }
                variable += 1
            }
        }
    }
}
