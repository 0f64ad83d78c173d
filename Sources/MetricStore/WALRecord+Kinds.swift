internal import Compression

extension WALRecordWriter {
    /// First byte of the payload of a record that holds a ``Deletion``.
    static let deletionKind: UInt8 = 2

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
