import Compression

/// What a block is made of: a table of sections, each compressed and checksummed for itself, so that only those wanted are read.
enum BlockFormat {
    static let version: UInt8 = 2
    /// Most rows a block may have, and most bytes of text; a damaged table can't ask for more.
    static let maximumRows = 1 << 20
    static let maximumTextBytes = 1 << 28
    static let maximumSections = 1 << 15
    /// Most columns: those of the lines, and those of values that are cut again.
    static let maximumColumns = 1 << 14
    /// Length and checksum of the table stand before it.
    static let prefixBytes = 8

    /// What a section holds.
    enum SectionKind: UInt8 {
        case filter = 0
        case times = 1
        case metadata = 2
        case shapes = 3
        case shapeIDs = 4
        case columns = 5
        case values = 6
        case ids = 7
        case trigrams = 8
    }

    /// Where a section stands and how it was stored.
    struct Section {
        var kind: SectionKind
        /// Of shapes or of a column.
        var number: Int
        var rawLength: Int
        var storedLength: Int
        var checksum: UInt32
        /// From the end of the table.
        var offset: Int
    }

    /// The table at the start of a block.
    struct Table {
        var rows: Int
        var textBytes: Int
        private(set) var sections: [Section] = []
        private var places: [Int: Int] = [:]

        private static func key(_ kind: SectionKind, _ number: Int) -> Int { number << 4 | Int(kind.rawValue) }

        func section(_ kind: SectionKind, number: Int = 0) -> Section? {
            places[Table.key(kind, number)].map { sections[$0] }
        }

        mutating func add(_ section: Section) {
            places[Table.key(section.kind, section.number)] = sections.count
            sections.append(section)
        }

        func encode(into writer: inout ByteWriter) {
            writer.byte(BlockFormat.version)
            writer.count(rows)
            writer.count(textBytes)
            writer.count(sections.count)
            for section in sections {
                writer.count(section.number << 4 | Int(section.kind.rawValue))
                writer.count(section.rawLength)
                writer.count(section.storedLength)
                writer.fixed32(section.checksum)
            }
        }

        init(rows: Int, textBytes: Int) {
            self.rows = rows
            self.textBytes = textBytes
        }

        init(from reader: inout ByteReader) throws(LogStoreError) {
            let version = try reader.byte()
            guard version == BlockFormat.version else { throw .corrupt("block of unknown version \(version)") }
            rows = try reader.count(limit: BlockFormat.maximumRows)
            textBytes = try reader.count(limit: BlockFormat.maximumTextBytes)
            var offset = 0
            for _ in 0..<(try reader.count(limit: BlockFormat.maximumSections)) {
                let code = try reader.count(limit: BlockFormat.maximumColumns << 4)
                guard let kind = SectionKind(rawValue: UInt8(code & 15)) else { throw .corrupt("unknown section") }
                let section = Section(
                    kind: kind, number: code >> 4, rawLength: try reader.count(limit: LZ4.maximumBytes),
                    storedLength: try reader.count(limit: LZ4.maximumBytes), checksum: try reader.fixed32(), offset: offset)
                offset += section.storedLength
                add(section)
            }
        }
    }
}

/// Collects the sections of a block and writes it.
struct BlockWriter {
    /// Sections shorter than this are stored as they are.
    private static let leastCompressedBytes = 32

    private var table: BlockFormat.Table
    private var body: [UInt8] = []

    init(rows: Int, textBytes: Int) {
        table = BlockFormat.Table(rows: rows, textBytes: textBytes)
    }

    /// Adds a section, compressed where that makes it smaller.
    mutating func add(_ kind: BlockFormat.SectionKind, number: Int = 0, _ raw: [UInt8]) {
        let packed = raw.count < BlockWriter.leastCompressedBytes ? raw : LZ4.compress(raw)
        let stored = packed.count < raw.count ? packed : raw
        table.add(
            BlockFormat.Section(
                kind: kind, number: number, rawLength: raw.count, storedLength: stored.count,
                checksum: CRC32C.checksum(stored), offset: body.count))
        body.append(contentsOf: stored)
    }

    var encoded: [UInt8] {
        var inner = ByteWriter()
        table.encode(into: &inner)
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(body.count + inner.bytes.count + BlockFormat.prefixBytes)
        writer.fixed32(UInt32(inner.bytes.count))
        writer.fixed32(CRC32C.checksum(inner.bytes))
        writer.bytes.append(contentsOf: inner.bytes)
        writer.bytes.append(contentsOf: body)
        return writer.bytes
    }
}
