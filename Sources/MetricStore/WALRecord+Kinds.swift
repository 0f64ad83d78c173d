internal import Compression

extension WALRecordWriter {
    /// First byte of the payload of a record that holds a ``Deletion``.
    static let deletionKind: UInt8 = 2

    /// The same of one that holds exemplars: `(length | canonical labels of the series | time, zigzag | pattern 8 B | length | labels) ...`
    static let exemplarKind: UInt8 = 3
    /// The same of one that holds metadata, as the file of metadata does.
    static let metadataKind: UInt8 = 4
    /// The same of one that holds samples of which some are more than numbers, as they are; the next kind is LZ4 of it.
    static let plainDetailKind: UInt8 = 5

    /// A record of another kind than samples, header included.
    static func record(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
        let payload = [kind] + body
        var record: [UInt8] = []
        record.reserveCapacity(payload.count + headerBytes)
        record.append(littleEndian: UInt32(payload.count))
        record.append(littleEndian: CRC32C.checksum(payload))
        return record + payload
    }
}
