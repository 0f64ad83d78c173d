import Compression
import Telemetry

/// One batch in the write-ahead log.
///
/// ```
/// +-------+----------------+------------+----------------+---------------+-----------------+
/// | magic | payload length | raw length | payload CRC32C | header CRC32C | payload: LZ4    |
/// | 4     | 4              | 4          | 4              | 4             |                 |
/// +-------+----------------+------------+----------------+---------------+-----------------+
/// payload: sequence | streams | metadata | entries: stream, time, metadata, line length, in columns | lines
/// ```
/// The header has a checksum of its own, so that a reader that lost its way finds the next record.
enum WALRecord {
    static let magic: UInt32 = 0x3152_574d
    static let headerBytes = 20
    /// Largest payload before compression.
    static let maximumRawBytes = 256 << 20

    /// A record's header.
    struct Header {
        var payloadLength: Int
        var rawLength: Int
        var payloadChecksum: UInt32

        /// Nil where there is no whole and sound header at the start of `bytes`.
        init?(_ bytes: ArraySlice<UInt8>) {
            guard bytes.count >= WALRecord.headerBytes else { return nil }
            var reader = ByteReader(bytes)
            guard let magic = try? reader.fixed32(), magic == WALRecord.magic, let payload = try? reader.fixed32(),
                let raw = try? reader.fixed32(), let checksum = try? reader.fixed32(), let own = try? reader.fixed32(),
                CRC32C.checksum(bytes.prefix(16)) == own, raw <= WALRecord.maximumRawBytes
            else { return nil }
            payloadLength = Int(payload)
            rawLength = Int(raw)
            payloadChecksum = checksum
        }
    }

    static func encode(_ sequence: UInt64, _ batch: LogBatch) -> [UInt8] {
        var raw = ByteWriter()
        raw.bytes.reserveCapacity(batch.bytes.count + batch.count * 6 + 256)
        raw.varint(sequence)
        raw.count(batch.streams.count)
        for labels in batch.streams { raw.string(labels.canonicalBytes) }
        raw.count(batch.metadata.count)
        for labels in batch.metadata { raw.string(labels.canonicalBytes) }
        raw.count(batch.count)
        for entry in batch.entries { raw.count(entry.stream) }
        var previous: Int64 = 0
        for entry in batch.entries {
            raw.zigzag(entry.timestamp &- previous)
            previous = entry.timestamp
        }
        for entry in batch.entries { raw.count(entry.metadata + 1) }
        for entry in batch.entries { raw.count(entry.line.count) }
        raw.bytes.append(contentsOf: batch.bytes)
        let payload = LZ4.compress(raw.bytes)
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(payload.count + headerBytes)
        writer.fixed32(magic)
        writer.fixed32(UInt32(payload.count))
        writer.fixed32(UInt32(raw.bytes.count))
        writer.fixed32(CRC32C.checksum(payload))
        writer.fixed32(CRC32C.checksum(writer.bytes))
        writer.bytes.append(contentsOf: payload)
        return writer.bytes
    }

    static func decode(_ payload: ArraySlice<UInt8>, rawLength: Int) throws(LogStoreError) -> (UInt64, LogBatch) {
        let raw: [UInt8]
        do {
            raw = try LZ4.decompress(payload, size: rawLength)
        } catch {
            throw .corrupt("log record: \(error)")
        }
        var reader = ByteReader(raw[...])
        let sequence = try reader.varint()
        var batch = LogBatch()
        var streams: [Int] = []
        for _ in 0..<(try reader.count(limit: raw.count)) {
            streams.append(batch.stream(Labels(canonical: try reader.string())))
        }
        var metadata: [Labels] = [.empty]
        for _ in 0..<(try reader.count(limit: raw.count)) { metadata.append(Labels(canonical: try reader.string())) }
        let count = try reader.count(limit: raw.count)
        var columns: [[Int]] = [[], [], []]
        var times: [Nanoseconds] = []
        for _ in 0..<count { columns[0].append(try reader.count(limit: streams.count - 1)) }
        var previous: Int64 = 0
        for _ in 0..<count {
            previous &+= try reader.zigzag()
            times.append(previous)
        }
        for _ in 0..<count { columns[1].append(try reader.count(limit: metadata.count - 1)) }
        for _ in 0..<count { columns[2].append(try reader.count(limit: raw.count)) }
        for index in 0..<count {
            let line = try reader.take(columns[2][index])
            batch.append(
                stream: streams[columns[0][index]], at: times[index], line: line, metadata: metadata[columns[1][index]])
        }
        return (sequence, batch)
    }
}
