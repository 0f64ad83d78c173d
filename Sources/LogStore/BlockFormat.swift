import Compression

/// What a block is made of: a table of sections, each compressed and checksummed for itself, so that only those wanted are read.
enum BlockFormat {
    static let version: UInt8 = 1
    /// Most rows a block may have, and most bytes of text; a damaged table can't ask for more.
    static let maximumRows = 1 << 20
    static let maximumTextBytes = 1 << 28
    static let maximumSections = 8192
    /// Length and checksum of the table stand before it.
    static let prefixBytes = 8

    /// What a section holds.
    enum SectionKind: UInt8 {
        case filter = 0
        case times = 1
        case metadata = 2
        case shapes = 3
        case shapeIDs = 4
        case column = 5
        case lengths = 6
        case text = 7
    }

    /// How the lines are stored.
    enum Layout: UInt8 {
        case plain = 0
        case tokens = 1
        case quotes = 2
    }

    /// Where a section stands and how it was stored.
    struct Section {
        var kind: SectionKind
        var column: Int
        var rawLength: Int
        var storedLength: Int
        var checksum: UInt32
        /// From the end of the table.
        var offset: Int
    }

    /// The table at the start of a block.
    struct Table {
        var layout: Layout
        var rows: Int
        var textBytes: Int
        var sections: [Section] = []

        func section(_ kind: SectionKind, column: Int = 0) -> Section? {
            sections.first { $0.kind == kind && $0.column == column }
        }

        func encode(into writer: inout ByteWriter) {
            writer.byte(BlockFormat.version)
            writer.byte(layout.rawValue)
            writer.count(rows)
            writer.count(textBytes)
            writer.count(sections.count)
            for section in sections {
                writer.byte(section.kind.rawValue)
                writer.count(section.column)
                writer.count(section.rawLength)
                writer.count(section.storedLength)
                writer.fixed32(section.checksum)
            }
        }

        init(layout: Layout, rows: Int, textBytes: Int) {
            self.layout = layout
            self.rows = rows
            self.textBytes = textBytes
        }

        init(from reader: inout ByteReader) throws(LogStoreError) {
            let version = try reader.byte()
            guard version == BlockFormat.version else { throw .corrupt("block of unknown version \(version)") }
            guard let layout = Layout(rawValue: try reader.byte()) else { throw .corrupt("block of unknown layout") }
            self.layout = layout
            rows = try reader.count(limit: BlockFormat.maximumRows)
            textBytes = try reader.count(limit: BlockFormat.maximumTextBytes)
            var offset = 0
            for _ in 0..<(try reader.count(limit: BlockFormat.maximumSections)) {
                guard let kind = SectionKind(rawValue: try reader.byte()) else { throw .corrupt("unknown section") }
                let section = Section(
                    kind: kind, column: try reader.count(limit: ShapeTable.maximumColumns),
                    rawLength: try reader.count(limit: LZ4.maximumBytes), storedLength: try reader.count(limit: LZ4.maximumBytes),
                    checksum: try reader.fixed32(), offset: offset)
                offset += section.storedLength
                sections.append(section)
            }
        }
    }
}

/// Collects the sections of a block and writes it.
struct BlockWriter {
    private var table: BlockFormat.Table
    private var body: [UInt8] = []

    init(layout: BlockFormat.Layout, rows: Int, textBytes: Int) {
        table = BlockFormat.Table(layout: layout, rows: rows, textBytes: textBytes)
    }

    /// Adds a section, compressed where that makes it smaller.
    mutating func add(_ kind: BlockFormat.SectionKind, column: Int = 0, _ raw: [UInt8]) {
        let packed = raw.count < 32 ? raw : LZ4.compress(raw)
        let stored = packed.count < raw.count ? packed : raw
        table.sections.append(
            BlockFormat.Section(
                kind: kind, column: column, rawLength: raw.count, storedLength: stored.count,
                checksum: CRC32C.checksum(stored), offset: body.count))
        body.append(contentsOf: stored)
    }

    var encoded: [UInt8] {
        var inner = ByteWriter()
        table.encode(into: &inner)
        var writer = ByteWriter()
        writer.fixed32(UInt32(inner.bytes.count))
        writer.fixed32(CRC32C.checksum(inner.bytes))
        return writer.bytes + inner.bytes + body
    }
}
