import Compression
import Telemetry

/// Reads a block: section by section, as they are wanted, each checked against its checksum.
final class BlockReader {
    private let source: (_ offset: Int, _ count: Int) throws(LogStoreError) -> [UInt8]
    let table: BlockFormat.Table
    private let bodyOffset: Int
    private var columns: [Int: Column] = [:]
    private var outlines: [Int: ColumnTexts] = [:]
    private var textIDs: [Int: [Int32]] = [:]
    /// By column: the bytes that may stand in its values, where somebody asked.
    var knownBytes: [Int: ByteSet] = [:]
    private var directory: [ColumnDescription]?
    private var texts: [Int: ShapedRows] = [:]
    /// The filter of trigrams, where it was read.
    private(set) var knownTrigrams: TrigramFilter?
    private var knownTimes: [Nanoseconds]?
    private var knownMetadata: (labels: [Labels], ids: [Int64])?

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

    private func section(_ kind: BlockFormat.SectionKind, number: Int = 0) throws(LogStoreError) -> [UInt8] {
        guard let section = table.section(kind, number: number) else { throw .corrupt("block lacks its section \(kind)") }
        let stored = try source(bodyOffset + section.offset, section.storedLength)
        guard CRC32C.checksum(stored) == section.checksum else {
            throw .corrupt("section \(kind) \(number) fails its checksum")
        }
        if section.storedLength == section.rawLength, !section.isZstd { return stored }
        do {
            if section.isZstd { return try Zstd.decompress(stored[...], size: section.rawLength) }
            return try LZ4.decompress(stored[...], size: section.rawLength)
        } catch {
            throw .corrupt("section \(kind) \(number): \(error)")
        }
    }

    func filter() throws(LogStoreError) -> BloomFilter {
        try BloomFilter(decoding: section(.filter))
    }

    func trigrams() throws(LogStoreError) -> TrigramFilter {
        if let knownTrigrams { return knownTrigrams }
        let filter = try TrigramFilter(decoding: section(.trigrams))
        knownTrigrams = filter
        return filter
    }

    func times() throws(LogStoreError) -> [Nanoseconds] {
        if let knownTimes { return knownTimes }
        let times = try TimeColumn.decode(section(.times), count: table.rows)
        knownTimes = times
        return times
    }

    /// Label sets and, by row, which of them it has: 0 for none.
    func metadata() throws(LogStoreError) -> (labels: [Labels], ids: [Int64])? {
        guard table.section(.metadata) != nil else { return nil }
        if let knownMetadata { return knownMetadata }
        let bytes = try section(.metadata)
        var reader = ByteReader(bytes[...])
        var labels = [Labels.empty]
        for _ in 0..<(try reader.count(limit: table.rows)) { labels.append(Labels(canonical: try reader.string())) }
        let ids = try IntegerColumn.decode(table.rows, from: &reader)
        for id in ids where id < 0 || id >= labels.count { throw .corrupt("metadata id \(id) of \(labels.count)") }
        knownMetadata = (labels, ids)
        return (labels, ids)
    }

    /// What is known of the columns without reading them.
    func descriptions() throws(LogStoreError) -> [ColumnDescription] {
        if let directory { return directory }
        let bytes = try section(.columns)
        var reader = ByteReader(bytes[...])
        var result: [ColumnDescription] = []
        for _ in 0..<(try reader.count(limit: BlockFormat.maximumColumns)) {
            result.append(try ColumnDescription(from: &reader))
        }
        directory = result
        return result
    }

    /// The shapes and rows of the lines, or of the values that a column cut again.
    func text(_ number: Int = 0) throws(LogStoreError) -> ShapedRows {
        if let known = texts[number] { return known }
        let bytes = try section(.shapes, number: number)
        var reader = ByteReader(bytes[...])
        let shapes = try LineShape.decode(from: &reader, columns: try descriptions().count)
        let count = number == 0 ? table.rows : try singleCount(number)
        let ids: [Int32]
        if shapes.count > 1 {
            let bytes = try section(.shapeIDs, number: number)
            var reader = ByteReader(bytes[...])
            ids = try BitFrames.decodeIDs(count, from: &reader)
        } else {
            ids = [Int32](repeating: 0, count: count)
        }
        let rows = try ShapedRows(shapes, ids) { [unowned self] (index) throws(LogStoreError) in
            let description = try descriptions()[index]
            // Values of values are never cut again: a damaged block must not make the reader descend without end.
            if number > 0, case .strings(_, _, let shaped) = description.type, shaped != 0 { throw .corrupt("shapes in shapes") }
            return try column(index)
        }
        for (column, uses) in rows.uses where try descriptions()[column].count != uses {
            throw .corrupt("column \(column) has not as many values as its shapes need")
        }
        texts[number] = rows
        return rows
    }

    private func singleCount(_ number: Int) throws(LogStoreError) -> Int {
        for description in try descriptions() {
            if case .strings(_, let single, number) = description.type { return single }
        }
        throw .corrupt("no column has the shapes \(number)")
    }

    func column(_ index: Int) throws(LogStoreError) -> Column {
        if let known = columns[index] { return known }
        let description = try descriptions()[index]
        let column: Column
        if case .strings(_, let single, let shaped) = description.type {
            var texts = try outline(index)
            if shaped > 0 {
                let cut = try text(shaped).decoded()
                guard cut.count == single else { throw .corrupt("\(cut.count) texts instead of \(single)") }
                texts.append(cut)
            }
            column = Column(description, texts, ids: try ids(ofTexts: index))
        } else {
            column = try Column(description, values: try section(.values, number: index))
        }
        columns[index] = column
        return column
    }

    /// The distinct texts of a column, without those seen once where they are cut again: rebuilding those is what costs most.
    func outline(_ index: Int) throws(LogStoreError) -> ColumnTexts {
        if let known = outlines[index] { return known }
        guard case .strings(let repeated, let single, let shaped) = try descriptions()[index].type else {
            throw .corrupt("texts of a column without them")
        }
        let texts = try ColumnTexts(parts: shaped == 0 ? [repeated, single] : [repeated], of: section(.values, number: index))
        outlines[index] = texts
        return texts
    }

    /// By value of a column of texts: its distinct text.
    func ids(ofTexts index: Int) throws(LogStoreError) -> [Int32] {
        if let known = textIDs[index] { return known }
        let description = try descriptions()[index]
        guard case .strings(let repeated, let single, _) = description.type else {
            throw .corrupt("ids of a column without texts")
        }
        let bytes = try section(.ids, number: index)
        var reader = ByteReader(bytes[...])
        let (ids, distinct) = try IntegerColumn.decodePlaces(description.count, repeated: repeated, from: &reader)
        guard distinct == repeated + single else { throw .corrupt("\(distinct) distinct texts instead of \(repeated + single)") }
        textIDs[index] = ids
        return ids
    }

    /// Rows of a range, rebuilt; only those selected if there is a selection.
    func rows(_ range: Range<Int>? = nil, selected: RowSelection? = nil) throws(LogStoreError) -> RowSet {
        let range = range ?? 0..<table.rows
        let times = try times()
        let metadata = try metadata()
        var result = RowSet()
        if let metadata { result.metadata = metadata.labels }
        var text: [UInt8] = []
        var rows: [RowSet.Row] = []
        if selected == nil {
            rows.reserveCapacity(range.count)
            text.reserveCapacity(table.textBytes / max(1, table.rows) * range.count + 1024)
        }
        try self.text().forEach(range, selected: selected, times: times, into: &text) { row, start, end in
            rows.append(
                RowSet.Row(
                    timestamp: times[row], buffer: 0, metadata: metadata.map { Int32($0.ids[row]) } ?? 0, start: start, end: end))
        }
        guard range.count < table.rows || selected != nil || text.count == table.textBytes else {
            throw .corrupt("block yields \(text.count) bytes of text, \(table.textBytes) were written")
        }
        result.rows = rows
        result.buffers = [text]
        return result
    }
}
