import Compression
import Glibc
import Synchronization
import Telemetry

/// A file of blocks, of as many streams as were written at one time, with a directory at its end.
///
/// ```
/// "MWLOGS01" | block ... block | directory | directory offset 8 | length 4 | CRC32C 4 | "MWLOGS01"
/// directory: streams | for each: labels, blocks | for each: offset, length, rows, text bytes, first time, last time, last record
/// ```
final class BlockFile: Sendable {
    static let magic = Array("MWLOGS01".utf8)
    static let suffix = ".logs"
    static let footerBytes = 24

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
    /// Its number in the order of writing.
    let number: UInt64
    let bytes: Int
    let last: Nanoseconds
    /// Offsets of blocks found damaged; they are passed over.
    let damaged = Mutex<Set<Int>>([])

    init(path: String, number: UInt64, bytes: Int, last: Nanoseconds) {
        self.path = path
        self.number = number
        self.bytes = bytes
        self.last = last
    }

    /// A block, opened. The file may be gone where its retention ended after it was selected: then there is none.
    func reader(_ entry: Entry) throws(LogStoreError) -> BlockReader? {
        let file: OpenFile
        do {
            file = try OpenFile(path, flags: O_RDONLY)
        } catch {
            guard Files.exists(path) else { return nil }
            throw error
        }
        return try BlockReader(length: entry.length) { (offset, count) throws(LogStoreError) in
            guard offset >= 0, count >= 0, offset + count <= entry.length else {
                throw .corrupt("\(count) bytes wanted at \(offset) of a block of \(entry.length)")
            }
            return try file.read(count, at: entry.offset + offset)
        }
    }

    /// Writes blocks of many streams as one file.
    static func encode(_ streams: [(labels: Labels, blocks: [(entry: Entry, bytes: [UInt8])])]) -> [UInt8] {
        var file = magic
        var directory = ByteWriter()
        directory.count(streams.count)
        for stream in streams {
            directory.string(stream.labels.canonicalBytes)
            directory.count(stream.blocks.count)
            for (entry, bytes) in stream.blocks {
                directory.count(file.count)
                directory.count(bytes.count)
                directory.count(entry.rows)
                directory.count(entry.textBytes)
                directory.zigzag(entry.first)
                directory.zigzag(entry.last)
                directory.varint(entry.throughSequence)
                file.append(contentsOf: bytes)
            }
        }
        var footer = ByteWriter()
        footer.fixed64(UInt64(file.count))
        footer.fixed32(UInt32(directory.bytes.count))
        footer.fixed32(CRC32C.checksum(directory.bytes))
        return file + directory.bytes + footer.bytes + magic
    }

    /// Reads the directory of a file.
    static func load(_ path: String, number: UInt64) throws(LogStoreError) -> (BlockFile, [(Labels, [Entry])]) {
        let file = try OpenFile(path, flags: O_RDONLY)
        let size = try file.size()
        guard size >= magic.count + footerBytes else { throw .corrupt("\(path) has only \(size) bytes") }
        let footer = try file.read(footerBytes, at: size - footerBytes)
        guard footer[16...].elementsEqual(magic), try file.read(magic.count, at: 0) == magic else {
            throw .corrupt("\(path) is no file of blocks")
        }
        var reader = ByteReader(footer[...])
        let offset = try reader.fixed64()
        let length = Int(try reader.fixed32())
        guard offset == UInt64(size - footerBytes) &- UInt64(length) else { throw .corrupt("\(path) has a wrong directory") }
        let directory = try file.read(length, at: Int(offset))
        guard CRC32C.checksum(directory) == (try reader.fixed32()) else {
            throw .corrupt("\(path): the directory fails its checksum")
        }
        let streams = try decodeDirectory(directory, size: size)
        let last = streams.flatMap { $0.1 }.map(\.last).max() ?? .min
        return (BlockFile(path: path, number: number, bytes: size, last: last), streams)
    }

    private static func decodeDirectory(_ bytes: [UInt8], size: Int) throws(LogStoreError) -> [(Labels, [Entry])] {
        var reader = ByteReader(bytes[...])
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
        return streams
    }
}
