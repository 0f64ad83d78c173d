import Telemetry

/// Turns rows of one stream into a block, and proves before it is written that the block gives them back to the byte.
enum BlockEncoder {
    /// Lines of a shape with fewer are stored as a whole.
    static let leastRowsOfShape = 2

    /// - Parameter rows: sorted and packed, at most ``BlockFormat/maximumRows``.
    static func encode(_ rows: RowSet) throws(LogStoreError) -> [UInt8] {
        let encoded = encode(rows, cuts: true)
        if (try? BlockReader(bytes: encoded).rows()).map({ equal($0, rows) }) == true { return encoded }
        // Two shapes of one hash, once in a very long while: the lines are stored as they are.
        let plain = encode(rows, cuts: false)
        guard equal(try BlockReader(bytes: plain).rows(), rows) else {
            throw .corrupt("a block of \(rows.count) rows does not read back as written; the rows stay in the log")
        }
        return plain
    }

    private static func equal(_ left: RowSet, _ right: RowSet) -> Bool {
        guard left.count == right.count, left.buffers.count == right.buffers.count,
            zip(left.buffers, right.buffers).allSatisfy({ Bytes.equal($0, $1) })
        else { return false }
        for index in left.rows.indices {
            let (a, b) = (left.rows[index], right.rows[index])
            guard a.timestamp == b.timestamp, a.start == b.start, a.end == b.end else { return false }
            if a.metadata == 0 && b.metadata == 0 { continue }
            guard left.metadata[Int(a.metadata)] == right.metadata[Int(b.metadata)] else { return false }
        }
        return true
    }

    private static func encode(_ rows: RowSet, cuts: Bool) -> [UInt8] {
        let text = rows.buffers[0]
        let times = rows.rows.map(\.timestamp)
        let lines = rows.rows.map { ValueRange($0.start..<$0.end) }
        var builder = BlockBuilder(rows: rows.count, textBytes: text.count)
        let shaped = ShapedText.lines(text, lines, times, leastRows: cuts ? leastRowsOfShape : .max)
        _ = builder.add(shaped, text, depth: 0)
        builder.add(.times, TimeColumn.encode(times))
        if rows.rows.contains(where: { $0.metadata != 0 }) { builder.add(.metadata, encodeMetadata(rows)) }
        return builder.finish()
    }

    private static func encodeMetadata(_ rows: RowSet) -> [UInt8] {
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
        return writer.bytes
    }
}
