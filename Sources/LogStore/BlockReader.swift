import CLinux
import Compression
import Telemetry

/// Reads a block: section by section, as they are wanted, each checked against its checksum.
final class BlockReader {
    private let source: (_ offset: Int, _ count: Int) throws(LogStoreError) -> [UInt8]
    private let table: BlockFormat.Table
    private let bodyOffset: Int
    private var columns: [Int: ColumnValues] = [:]
    private var cachedLayout: (shapes: ShapeTable, ids: [Int64], counts: [Int])?

    /// A block read through `source`, which gives bytes by their offset in the block.
    init(length: Int, source: @escaping (_ offset: Int, _ count: Int) throws(LogStoreError) -> [UInt8]) throws(LogStoreError) {
        self.source = source
        var prefix = ByteReader(try source(0, BlockFormat.prefixBytes)[...])
        let tableLength = Int(try prefix.fixed32())
        let checksum = try prefix.fixed32()
        guard tableLength <= length - BlockFormat.prefixBytes else { throw .corrupt("block table of \(tableLength) bytes") }
        let bytes = try source(BlockFormat.prefixBytes, tableLength)
        guard CRC32C.checksum(bytes) == checksum else { throw .corrupt("block table fails its checksum") }
        var reader = ByteReader(bytes[...])
        table = try BlockFormat.Table(from: &reader)
        bodyOffset = BlockFormat.prefixBytes + tableLength
    }

    convenience init(bytes: [UInt8]) throws(LogStoreError) {
        try self.init(length: bytes.count) { (offset, count) throws(LogStoreError) in
            guard offset >= 0, count >= 0, offset + count <= bytes.count else {
                throw .corrupt("\(count) bytes wanted at \(offset) of a block of \(bytes.count)")
            }
            return Array(bytes[offset..<(offset + count)])
        }
    }

    var rowCount: Int { table.rows }
    var layout: BlockFormat.Layout { table.layout }

    private func section(_ kind: BlockFormat.SectionKind, column: Int = 0) throws(LogStoreError) -> [UInt8] {
        guard let section = table.section(kind, column: column) else { throw .corrupt("block lacks its section \(kind)") }
        let stored = try source(bodyOffset + section.offset, section.storedLength)
        guard CRC32C.checksum(stored) == section.checksum else {
            throw .corrupt("section \(kind) \(column) fails its checksum")
        }
        if section.storedLength == section.rawLength { return stored }
        do {
            return try LZ4.decompress(stored[...], size: section.rawLength)
        } catch {
            throw .corrupt("section \(kind) \(column): \(error)")
        }
    }

    func times() throws(LogStoreError) -> [Nanoseconds] {
        try TimeColumn.decode(section(.times), count: table.rows)
    }

    /// All rows, rebuilt.
    func rows() throws(LogStoreError) -> RowSet {
        var result = RowSet()
        result.rows.reserveCapacity(table.rows)
        for time in try times() {
            result.rows.append(RowSet.Row(timestamp: time, buffer: 0, metadata: 0, start: 0, end: 0))
        }
        try addMetadata(to: &result)
        if table.layout == .plain { try addPlainLines(to: &result) } else { try addShapedLines(to: &result) }
        return result
    }

    private func addMetadata(to result: inout RowSet) throws(LogStoreError) {
        guard table.section(.metadata) != nil else { return }
        let bytes = try section(.metadata)
        var reader = ByteReader(bytes[...])
        let count = try reader.count(limit: table.rows)
        for _ in 0..<count { result.metadata.append(Labels(canonical: try reader.string())) }
        for (index, id) in try IntegerColumn.decode(table.rows, from: &reader).enumerated() {
            guard id >= 0, id <= count else { throw .corrupt("metadata id \(id) of \(count)") }
            result.rows[index].metadata = Int32(id)
        }
    }

    private func addPlainLines(to result: inout RowSet) throws(LogStoreError) {
        let text = try section(.text)
        let lengths = try section(.lengths)
        var reader = ByteReader(lengths[...])
        var end = 0
        for (index, length) in try IntegerColumn.decode(table.rows, from: &reader).enumerated() {
            guard length >= 0, length <= text.count - end else { throw .corrupt("line of \(length) bytes") }
            result.rows[index].start = end
            end += Int(length)
            result.rows[index].end = end
        }
        result.buffers = [text]
    }

    /// The shapes, the shape of each row, and how many values each column has.
    private func shapeLayout() throws(LogStoreError) -> (shapes: ShapeTable, ids: [Int64], counts: [Int]) {
        if let cachedLayout { return cachedLayout }
        let shapeBytes = try section(.shapes)
        var reader = ByteReader(shapeBytes[...])
        let shapes = try ShapeTable(from: &reader)
        var ids = [Int64](repeating: 0, count: table.rows)
        if shapes.shapes.count > 1 {
            let bytes = try section(.shapeIDs)
            var reader = ByteReader(bytes[...])
            ids = try IntegerColumn.decode(table.rows, from: &reader)
        }
        var counts = [Int](repeating: 0, count: shapes.columnCount)
        for id in ids {
            guard id >= 0, id < shapes.shapes.count else { throw .corrupt("shape \(id) of \(shapes.shapes.count)") }
            for column in shapes.shapes[Int(id)].columns { counts[column] += 1 }
        }
        cachedLayout = (shapes, ids, counts)
        return (shapes, ids, counts)
    }

    private func column(_ index: Int, count: Int) throws(LogStoreError) -> ColumnValues {
        if let known = columns[index] { return known }
        let values = try ColumnValues(try section(.column, column: index), count: count)
        columns[index] = values
        return values
    }

    private func addShapedLines(to result: inout RowSet) throws(LogStoreError) {
        let (shapes, ids, counts) = try shapeLayout()
        var values: [ColumnValues] = []
        for index in counts.indices { values.append(try column(index, count: counts[index])) }
        var next = [Int](repeating: 0, count: counts.count)
        var text: [UInt8] = []
        text.reserveCapacity(table.textBytes)
        for row in ids.indices {
            result.rows[row].start = text.count
            let shape = shapes.shapes[Int(ids[row])]
            for slot in shape.columns.indices {
                text.append(contentsOf: shape.literals[slot])
                let index = shape.columns[slot]
                values[index].append(next[index], to: &text)
                next[index] += 1
            }
            if let last = shape.literals.last { text.append(contentsOf: last) }
            result.rows[row].end = text.count
        }
        guard text.count == table.textBytes else {
            throw .corrupt("block yields \(text.count) bytes of text, \(table.textBytes) were written")
        }
        result.buffers = [text]
    }

    /// False only where no line of the block contains all the literals.
    func mayContain(_ literals: [[UInt8]]) throws(LogStoreError) -> Bool {
        var filter: BloomFilter?
        for literal in literals {
            let needle = Needle(literal)
            if needle.wholeWords.isEmpty { continue }
            let known: BloomFilter
            if let filter { known = filter } else { known = try BloomFilter(decoding: section(.filter)[...]) }
            filter = known
            for hash in needle.wholeWords where !known.mayContain(hash) { return false }
        }
        guard table.layout != .plain else { return true }
        for literal in literals {
            for part in Needle(literal).partialWords {
                if try !columnsMayContain(part) { return false }
            }
        }
        return true
    }

    /// Whether a run of letters and digits, at least one of them a letter, stands in a constant text or a value.
    private func columnsMayContain(_ part: [UInt8]) throws(LogStoreError) -> Bool {
        let (shapes, _, counts) = try shapeLayout()
        for shape in shapes.shapes {
            for literal in shape.literals where BlockReader.contains(literal[...], part) { return true }
        }
        for index in counts.indices {
            if let text = try column(index, count: counts[index]).searchable, BlockReader.contains(text, part) { return true }
        }
        return false
    }

    private static func contains(_ text: ArraySlice<UInt8>, _ part: [UInt8]) -> Bool {
        unsafe text.withUnsafeBytes { haystack in
            unsafe part.withUnsafeBytes { needle in
                guard let start = haystack.baseAddress, let wanted = needle.baseAddress else { return false }
                return unsafe clinux_memmem(start, haystack.count, wanted, needle.count) != nil
            }
        }
    }
}
