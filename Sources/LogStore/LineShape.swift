/// A message shape: constant texts, and the variables between them. There is one text more than there are variables.
struct LineShape: Sendable {
    /// Where a variable's value comes from.
    enum Slot: Sendable, Equatable {
        case column(Int)
        /// The same text as an earlier variable of the line.
        case same(Int)
    }

    var literals: [[UInt8]]
    var slots: [Slot]

    var hasRepeats: Bool {
        slots.contains { slot in if case .same = slot { true } else { false } }
    }

    /// Writes shapes. Columns are numbered in the whole block: `firstColumn` is added to those of the shapes.
    static func encode(_ shapes: [LineShape], firstColumn: Int, into writer: inout ByteWriter) {
        writer.count(shapes.count)
        for shape in shapes {
            writer.count(shape.slots.count)
            for slot in shape.slots {
                switch slot {
                case .column(let column): writer.count((firstColumn + column) << 1)
                case .same(let earlier): writer.count(earlier << 1 | 1)
                }
            }
            for literal in shape.literals { writer.string(literal) }
        }
    }

    static func decode(from reader: inout ByteReader, columns: Int) throws(LogStoreError) -> [LineShape] {
        var shapes: [LineShape] = []
        for _ in 0..<(try reader.count(limit: ShapedText.maximumShapes + 1)) {
            var shape = LineShape(literals: [], slots: [])
            for index in 0..<(try reader.count(limit: LineScanner.maximumVariables)) {
                let code = try reader.count(limit: 2 * max(columns, LineScanner.maximumVariables))
                if code & 1 == 0 {
                    guard code >> 1 < columns else { throw .corrupt("column \(code >> 1) of \(columns)") }
                    shape.slots.append(.column(code >> 1))
                } else {
                    guard code >> 1 < index else { throw .corrupt("variable \(index) repeats \(code >> 1)") }
                    shape.slots.append(.same(code >> 1))
                }
            }
            for _ in 0...shape.slots.count { shape.literals.append(Array(try reader.string())) }
            shapes.append(shape)
        }
        return shapes
    }
}
