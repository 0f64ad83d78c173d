/// The message shapes of a block: constant texts, and the column that each variable between them goes to.
///
/// A column is keyed by the constant text left of the variable and by how often that text stood to the left of a variable in the shape
/// before, so `"duration_ms":` is one column whatever shape it stands in.
struct ShapeTable: Sendable {
    /// One shape: one more text than there are columns, variables stand between them.
    struct Shape: Sendable {
        var literals: [[UInt8]]
        var columns: [Int]
    }

    struct ColumnKey: Hashable, Sendable {
        var literal: [UInt8]
        var occurrence: Int
    }

    static let maximumColumns = 4096

    private(set) var shapes: [Shape] = []
    private(set) var columnCount = 0
    private var indexes: [UInt64: Int] = [:]
    private var columnIndexes: [ColumnKey: Int] = [:]

    init() {}

    /// The shape of a line that was cut, added where it is new; nil where a limit or two shapes of one hash forbid it.
    mutating func index(of line: Range<Int>, in text: [UInt8], _ tokenizer: LineTokenizer, limit: Int) -> Int? {
        if let index = indexes[tokenizer.shapeHash] {
            return matches(shapes[index], line, text, tokenizer.variables) ? index : nil
        }
        guard shapes.count < limit, columnCount + tokenizer.variables.count <= ShapeTable.maximumColumns else { return nil }
        var shape = Shape(literals: [], columns: [])
        var occurrences: [[UInt8]: Int] = [:]
        var position = line.lowerBound
        for variable in tokenizer.variables {
            let literal = Array(text[position..<variable.lowerBound])
            let key = ColumnKey(literal: literal, occurrence: occurrences[literal, default: 0])
            occurrences[literal, default: 0] += 1
            if columnIndexes[key] == nil {
                columnIndexes[key] = columnCount
                columnCount += 1
            }
            shape.columns.append(columnIndexes[key] ?? 0)
            shape.literals.append(literal)
            position = variable.upperBound
        }
        shape.literals.append(Array(text[position..<line.upperBound]))
        shapes.append(shape)
        indexes[tokenizer.shapeHash] = shapes.count - 1
        return shapes.count - 1
    }

    private func matches(_ shape: Shape, _ line: Range<Int>, _ text: [UInt8], _ variables: [Range<Int>]) -> Bool {
        guard shape.columns.count == variables.count else { return false }
        let bytes = text.span
        var position = line.lowerBound
        for index in 0...variables.count {
            let end = index < variables.count ? variables[index].lowerBound : line.upperBound
            let literal = shape.literals[index]
            guard literal.count == end - position else { return false }
            for offset in 0..<literal.count where literal[offset] != bytes[position + offset] { return false }
            if index < variables.count { position = variables[index].upperBound }
        }
        return true
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(columnCount)
        writer.count(shapes.count)
        for shape in shapes {
            writer.count(shape.columns.count)
            for column in shape.columns { writer.count(column) }
            for literal in shape.literals { writer.string(literal) }
        }
    }

    init(from reader: inout ByteReader) throws(LogStoreError) {
        columnCount = try reader.count(limit: ShapeTable.maximumColumns)
        let count = try reader.count(limit: reader.remaining)
        for _ in 0..<count {
            var shape = Shape(literals: [], columns: [])
            let variables = try reader.count(limit: LineTokenizer.maximumVariables)
            for _ in 0..<variables {
                let column = try reader.count(limit: ShapeTable.maximumColumns)
                guard column < columnCount else { throw .corrupt("column \(column) of \(columnCount)") }
                shape.columns.append(column)
            }
            for _ in 0...variables { shape.literals.append(Array(try reader.string())) }
            shapes.append(shape)
        }
    }
}
