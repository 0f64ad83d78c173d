import Compression

/// What a block is made of: a table of sections, each compressed and checksummed for itself, so that only those wanted are read.
enum BlockFormat {
    /// Version 2 had no sections of zstd, and is read.
    static let version: UInt8 = 3
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
        /// Whether it is zstd; else it is LZ4, or as it is where that is no shorter.
        var isZstd = false
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
                writer.count(section.number << 5 | (section.isZstd ? 16 : 0) | Int(section.kind.rawValue))
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
            guard version == BlockFormat.version || version == 2 else { throw .corrupt("block of unknown version \(version)") }
            let flagBits = version == 2 ? 0 : 1
            rows = try reader.count(limit: BlockFormat.maximumRows)
            textBytes = try reader.count(limit: BlockFormat.maximumTextBytes)
            var offset = 0
            for _ in 0..<(try reader.count(limit: BlockFormat.maximumSections)) {
                let code = try reader.count(limit: BlockFormat.maximumColumns << (4 + flagBits))
                guard let kind = SectionKind(rawValue: UInt8(code & 15)) else { throw .corrupt("unknown section") }
                let section = Section(
                    kind: kind, isZstd: flagBits > 0 && code & 16 != 0, number: code >> (4 + flagBits),
                    rawLength: try reader.count(limit: LZ4.maximumBytes),
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
    /// Shorter ones are not tried with zstd.
    private static let leastZstdBytes = 256
    /// From here on LZ4 packs mostly well by itself, and what such streams are asked for costs a third more where it is read from zstd.
    private static let longTextBytes = 64 << 10

    private let zstd = ZstdCompressor()
    private var table: BlockFormat.Table
    private var body: [UInt8] = []

    init(rows: Int, textBytes: Int) {
        table = BlockFormat.Table(rows: rows, textBytes: textBytes)
    }

    /// Adds a section, compressed where that makes it smaller.
    /// - Parameter isText: whether it may be zstd.
    mutating func add(_ kind: BlockFormat.SectionKind, number: Int = 0, _ raw: [UInt8], isText: Bool = false) {
        let packed = raw.count < BlockWriter.leastCompressedBytes ? raw : LZ4.compress(raw)
        let denser = isText ? denser(raw, thanBytes: min(packed.count, raw.count)) : nil
        let stored = denser ?? (packed.count < raw.count ? packed : raw)
        table.add(
            BlockFormat.Section(
                kind: kind, isZstd: denser != nil, number: number, rawLength: raw.count, storedLength: stored.count,
                checksum: CRC32C.checksum(stored), offset: body.count))
        body.append(contentsOf: stored)
    }

    /// The section as zstd, where that saves an eighth, or half of a long one. Numbers and ids, which counts read, stay LZ4's.
    private func denser(_ raw: [UInt8], thanBytes other: Int) -> [UInt8]? {
        guard raw.count >= BlockWriter.leastZstdBytes else { return nil }
        let limit = raw.count < BlockWriter.longTextBytes ? other - other / 8 : other / 2
        return zstd.compress(raw, shorterThan: limit)
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
