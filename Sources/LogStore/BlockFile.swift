import Compression
import Glibc
import Synchronization
import Telemetry

/// A file of blocks, of as many streams as were written at one time, with a directory at its end.
///
/// ```
/// "MWLOGS02" | block ... block | directory | directory offset 8 | length 4 | CRC32C 4 | "MWLOGS02"
/// directory: names of the files it replaces | streams | for each: labels, blocks
///            | for each: offset, length, rows, text bytes, first time, last time, last record
/// ```
///
/// The file stays open as long as somebody may read from it, so a query goes on in peace when it is merged away.
final class BlockFile: Sendable {
    static let magic = Array("MWLOGS02".utf8)
    static let suffix = ".logs"
    static let footerBytes = 24

    /// What a file is called: its place in the order of arrival, and how often what stands there was written anew.
    struct Name: Sendable, Hashable, Comparable {
        var number: UInt64
        var generation: UInt64 = 0

        var text: String { "\(hexadecimal(number))-\(String(generation, radix: 16))\(BlockFile.suffix)" }

        init(number: UInt64, generation: UInt64 = 0) {
            self.number = number
            self.generation = generation
        }

        init?(_ text: String) {
            guard text.hasSuffix(BlockFile.suffix) else { return nil }
            let parts = text.dropLast(BlockFile.suffix.count).split(separator: "-")
            guard parts.count == 2, let number = UInt64(parts[0], radix: 16), let generation = UInt64(parts[1], radix: 16) else {
                return nil
            }
            self.init(number: number, generation: generation)
        }

        static func < (left: Name, right: Name) -> Bool {
            (left.number, left.generation) < (right.number, right.generation)
        }
    }

    /// One block as the directory knows it.
    struct Entry: Sendable {
        var offset: Int
        var length: Int
        var rows: Int
        var textBytes: Int
        var first: Nanoseconds
        var last: Nanoseconds
        /// The last record of the write-ahead log whose entries of this stream are in the block.
        var throughSequence: UInt64
    }

    let path: String
    let name: Name
    let bytes: Int
    /// What its blocks take.
    let blockBytes: Int
    /// The files that it replaces; what a crash left of them is removed at start.
    let replaces: [Name]
    private let file: OpenFile
    /// Offsets of blocks found damaged; they are passed over.
    let damaged = Mutex<Set<Int>>([])

    private init(path: String, name: Name, bytes: Int, blockBytes: Int, replaces: [Name], file: OpenFile) {
        self.path = path
        self.name = name
        self.bytes = bytes
        self.blockBytes = blockBytes
        self.replaces = replaces
        self.file = file
    }

    /// A block, opened.
    func reader(_ entry: Entry) throws(LogStoreError) -> BlockReader {
        let file = file
        return try BlockReader(length: entry.length) { (offset, count) throws(LogStoreError) in
            guard offset >= 0, count >= 0, offset + count <= entry.length else {
                throw .corrupt("\(count) bytes wanted at \(offset) of a block of \(entry.length)")
            }
            return try file.read(count, at: entry.offset + offset)
        }
    }

    /// The bytes of a block as they stand in the file.
    func rawBlock(_ entry: Entry) throws(LogStoreError) -> [UInt8] {
        try file.read(entry.length, at: entry.offset)
    }

    /// Reads the directory of a file.
    static func load(_ path: String, name: Name) throws(LogStoreError) -> (BlockFile, [(Labels, [Entry])]) {
        let file = try OpenFile(path, flags: O_RDONLY)
        let size = try file.size()
        guard size >= magic.count + footerBytes else { throw .corrupt("\(path) has only \(size) bytes") }
        let footer = try file.read(footerBytes, at: size - footerBytes)
        guard footer[16...].elementsEqual(magic), try file.read(magic.count, at: 0) == magic else {
            throw .corrupt("\(path) is no file of blocks of this version")
        }
        var reader = ByteReader(footer[...])
        let offset = try reader.fixed64()
        let length = Int(try reader.fixed32())
        guard offset == UInt64(size - footerBytes) &- UInt64(length) else { throw .corrupt("\(path) has a wrong directory") }
        let directory = try file.read(length, at: Int(offset))
        guard CRC32C.checksum(directory) == (try reader.fixed32()) else {
            throw .corrupt("\(path): the directory fails its checksum")
        }
        let (replaces, streams) = try decodeDirectory(directory, size: size)
        let blockBytes = streams.reduce(0) { $1.1.reduce($0) { $0 + $1.length } }
        return (BlockFile(path: path, name: name, bytes: size, blockBytes: blockBytes, replaces: replaces, file: file), streams)
    }

    private static func decodeDirectory(_ bytes: [UInt8], size: Int) throws(LogStoreError) -> ([Name], [(Labels, [Entry])]) {
        var reader = ByteReader(bytes[...])
        var replaces: [Name] = []
        for _ in 0..<(try reader.count(limit: bytes.count)) {
            replaces.append(Name(number: try reader.varint(), generation: try reader.varint()))
        }
        var streams: [(Labels, [Entry])] = []
        for _ in 0..<(try reader.count(limit: bytes.count)) {
            let labels = Labels(canonical: try reader.string())
            var entries: [Entry] = []
            for _ in 0..<(try reader.count(limit: bytes.count)) {
                entries.append(
                    Entry(
                        offset: try reader.count(limit: size), length: try reader.count(limit: size),
                        rows: try reader.count(limit: BlockFormat.maximumRows),
                        textBytes: try reader.count(limit: BlockFormat.maximumTextBytes), first: try reader.zigzag(),
                        last: try reader.zigzag(), throughSequence: try reader.varint()))
            }
            streams.append((labels, entries))
        }
        return (replaces, streams)
    }
}
