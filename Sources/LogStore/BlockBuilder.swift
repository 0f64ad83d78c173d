/// Collects what a block is made of: the sections, the directory of its columns, and the words for its filter.
struct BlockBuilder {
    private(set) var block: BlockWriter
    private var directory: [ColumnDescription] = []
    private var textCount = 0
    private var words = HashSet()
    private var trigrams = TrigramFilter()

    init(rows: Int, textBytes: Int) {
        block = BlockWriter(rows: rows, textBytes: textBytes)
    }

    mutating func add(_ kind: BlockFormat.SectionKind, _ bytes: [UInt8]) { block.add(kind, bytes) }

    /// Adds shapes and all their columns. The lines are number 0; values of a column that are cut into shapes have numbers from 1.
    mutating func add(_ text: ShapedText, _ bytes: [UInt8], depth: Int) -> Int {
        let number = textCount
        textCount += 1
        let first = directory.count
        for column in text.columns {
            directory.append(ColumnDescription(type: .strings(repeated: 0, single: 0, shapedText: 0), count: column.values.count))
        }
        var shapes = ByteWriter()
        LineShape.encode(text.shapes, firstColumn: first, into: &shapes)
        // Values that are cut again are in the filters as a whole already.
        if depth == 0 {
            for shape in text.shapes {
                for literal in shape.literals { addText(literal, 0..<literal.count) }
            }
        }
        block.add(.shapes, number: number, shapes.bytes)
        if text.shapes.count > 1 {
            var ids = ByteWriter()
            BitFrames.encode(text.ids, into: &ids)
            block.add(.shapeIDs, number: number, ids.bytes)
        }
        let encoder = ColumnEncoder(bytes: bytes)
        for (index, column) in text.columns.enumerated() {
            encoder.encode(column, number: first + index, depth: depth, into: &self)
        }
        return number
    }

    /// Takes the words of a constant text or value into the filters.
    mutating func addText(_ bytes: [UInt8], _ range: Range<Int>) {
        addWords(bytes, range)
        trigrams.insert(bytes, range)
    }

    /// Takes the words of an identifier into the filter of whole words alone.
    mutating func addWords(_ bytes: [UInt8], _ range: Range<Int>) {
        Words.forEachHash(bytes, range) { words.insert($0) }
    }

    /// Adds a column that was encoded.
    mutating func add(_ description: ColumnDescription, _ number: Int, _ values: [UInt8], ids: [UInt8]? = nil) {
        directory[number] = description
        block.add(.values, number: number, values, isText: ids != nil)
        if let ids { block.add(.ids, number: number, ids) }
    }

    /// The whole block.
    mutating func finish() -> [UInt8] {
        var columns = ByteWriter()
        columns.count(directory.count)
        for description in directory { description.encode(into: &columns) }
        block.add(.columns, columns.bytes)
        block.add(.filter, BloomFilter(hashes: words).encoded)
        block.add(.trigrams, trigrams.encoded)
        return block.encoded
    }
}
