import Compression
import Telemetry

/// A promise that entries of some streams in a range of time are gone: they are hidden at once, and the promise is kept on disk until no
/// file and no log holds them.
struct Deletion: Sendable {
    /// The streams; later ones that pass the selector are not meant.
    var streams: Set<Labels>
    var range: Range<Nanoseconds>
    /// Files of later numbers hold nothing of it.
    var throughFile: UInt64
    /// The last record of the write-ahead log that may hold something of it.
    var throughSequence: UInt64

    func covers(_ labels: Labels) -> Bool { streams.contains(labels) }

    /// Whether a block holds entries to be deleted, as far as its times tell.
    func touches(_ block: BlockFile.Entry, of labels: Labels, in name: BlockFile.Name) -> Bool {
        name.number <= throughFile && block.last >= range.lowerBound && block.first < range.upperBound && covers(labels)
    }

    private static let magic: UInt32 = 0x3144_574d

    /// Deletions as they are kept in a file: magic, checksum, then one after the other.
    static func encode(_ deletions: [Deletion]) -> [UInt8] {
        var body = ByteWriter()
        body.count(deletions.count)
        for deletion in deletions {
            body.count(deletion.streams.count)
            for labels in deletion.streams.sorted() { body.string(labels.canonicalBytes) }
            body.zigzag(deletion.range.lowerBound)
            body.zigzag(deletion.range.upperBound)
            body.varint(deletion.throughFile)
            body.varint(deletion.throughSequence)
        }
        var writer = ByteWriter()
        writer.fixed32(magic)
        writer.fixed32(CRC32C.checksum(body.bytes))
        return writer.bytes + body.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(LogStoreError) -> [Deletion] {
        var reader = ByteReader(bytes[...])
        guard try reader.fixed32() == magic, try reader.fixed32() == CRC32C.checksum(bytes[8...]) else {
            throw .corrupt("the file of deletions fails its checksum; delete again what was to be deleted")
        }
        var result: [Deletion] = []
        for _ in 0..<(try reader.count(limit: bytes.count)) {
            var streams: Set<Labels> = []
            for _ in 0..<(try reader.count(limit: bytes.count)) { streams.insert(Labels(canonical: try reader.string())) }
            let lower = try reader.zigzag()
            let upper = try reader.zigzag()
            guard lower <= upper else { throw .corrupt("a deletion that ends before it begins") }
            result.append(
                Deletion(
                    streams: streams, range: lower..<upper, throughFile: try reader.varint(), throughSequence: try reader.varint()
                ))
        }
        return result
    }
}
