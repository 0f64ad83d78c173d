import Telemetry

/// Turns rows of one stream into a block, and proves before it is written that the block gives them back to the byte.
enum BlockEncoder {
    /// Lines looked at to decide whether tokens make too many shapes, and how many are too many.
    static let probeLines = 1000
    static let probeShapes = 64
    /// More shapes than this and the block stores plain text.
    static let maximumShapes = 1024

    /// - Parameter rows: sorted and packed, at most ``BlockFormat/maximumRows``.
    static func encode(_ rows: RowSet) throws(LogStoreError) -> [UInt8] {
        for layout in [BlockFormat.Layout.tokens, .quotes] {
            guard let encoded = encodeShapes(rows, layout) else { continue }
            if (try? BlockReader(bytes: encoded).rows()).map({ equal($0, rows) }) == true { return encoded }
        }
        let plain = encodePlain(rows)
        guard equal(try BlockReader(bytes: plain).rows(), rows) else {
            throw .corrupt("a plain block of \(rows.count) rows does not read back as written; the rows stay in the log")
        }
        return plain
    }

    private static func equal(_ left: RowSet, _ right: RowSet) -> Bool {
        guard left.count == right.count, left.buffers == right.buffers else { return false }
        for index in left.rows.indices {
            let (a, b) = (left.rows[index], right.rows[index])
            guard a.timestamp == b.timestamp, a.start == b.start, a.end == b.end else { return false }
            if a.metadata == 0 && b.metadata == 0 { continue }
            guard left.metadata[Int(a.metadata)] == right.metadata[Int(b.metadata)] else { return false }
        }
        return true
    }

    private static func encodeShapes(_ rows: RowSet, _ layout: BlockFormat.Layout) -> [UInt8]? {
        let text = rows.buffers[0]
        var tokenizer = LineTokenizer(quotesAreVariables: layout == .quotes)
        var shapes = ShapeTable()
        var ids: [Int64] = []
        ids.reserveCapacity(rows.count)
        var columns: [[Range<Int>]] = []
        let limit = min(maximumShapes, rows.count / 4 + 16)
        for (index, row) in rows.rows.enumerated() {
            let line = row.start..<row.end
            tokenizer.scan(text, line)
            let probing = layout == .tokens && index < probeLines
            guard let id = shapes.index(of: line, in: text, tokenizer, limit: probing ? min(limit, probeShapes) : limit)
            else { return nil }
            ids.append(Int64(id))
            while columns.count < shapes.columnCount { columns.append([]) }
            let targets = shapes.shapes[id].columns
            for (slot, variable) in tokenizer.variables.enumerated() { columns[targets[slot]].append(variable) }
        }
        var words: Set<UInt64> = []
        for shape in shapes.shapes {
            for literal in shape.literals { Words.forEachHash(literal[...]) { words.insert($0) } }
        }
        let encoded = columns.map { ColumnEncoder(bytes: text, values: $0).encode(words: &words) }
        var block = BlockWriter(layout: layout, rows: rows.count, textBytes: text.count)
        addCommon(rows, words, to: &block)
        var writer = ByteWriter()
        shapes.encode(into: &writer)
        block.add(.shapes, writer.bytes)
        if shapes.shapes.count > 1 {
            var writer = ByteWriter()
            IntegerColumn.encode(ids, into: &writer)
            block.add(.shapeIDs, writer.bytes)
        }
        for (index, bytes) in encoded.enumerated() { block.add(.column, column: index, bytes) }
        return block.encoded
    }

    private static func encodePlain(_ rows: RowSet) -> [UInt8] {
        var words: Set<UInt64> = []
        for index in 0..<rows.count { Words.forEachHash(rows.line(index)) { words.insert($0) } }
        var block = BlockWriter(layout: .plain, rows: rows.count, textBytes: rows.buffers[0].count)
        addCommon(rows, words, to: &block)
        var writer = ByteWriter()
        IntegerColumn.encode(rows.rows.map { Int64($0.end - $0.start) }, into: &writer)
        block.add(.lengths, writer.bytes)
        block.add(.text, rows.buffers[0])
        return block.encoded
    }

    private static func addCommon(_ rows: RowSet, _ words: Set<UInt64>, to block: inout BlockWriter) {
        block.add(.filter, BloomFilter(hashes: words).encoded)
        block.add(.times, TimeColumn.encode(rows.rows.map(\.timestamp)))
        guard rows.rows.contains(where: { $0.metadata != 0 }) else { return }
        var writer = ByteWriter()
        var indexes: [Int32: Int64] = [0: 0]
        var used: [Labels] = []
        let ids = rows.rows.map { row in
            if let index = indexes[row.metadata] { return index }
            used.append(rows.metadata[Int(row.metadata)])
            indexes[row.metadata] = Int64(used.count)
            return Int64(used.count)
        }
        writer.count(used.count)
        for labels in used { writer.string(labels.canonicalBytes) }
        IntegerColumn.encode(ids, into: &writer)
        block.add(.metadata, writer.bytes)
    }
}
