internal import Compression
internal import Telemetry

/// Reads the records of one segment in order, carrying along what they refer back to.
struct WALRecordReader {
    /// One record, decoded whole before any of it counts.
    struct Record {
        /// New meanings of slots in this segment.
        var definitions: [(slot: Int, labels: ArraySlice<UInt8>)] = []
        var samples: [(slot: Int, time: Milliseconds, bits: UInt64)] = []
        /// What samples have beside their numbers, by their places.
        var details: [Int: SampleDetail] = [:]
        /// Applies to everything logged before.
        var deletion: Deletion?
        var extras: BatchExtras?
    }

    private var lastBits = SlotTable<UInt64>()

    /// Decodes a record's payload; `nil` where it is not what ``WALRecordWriter`` writes.
    mutating func decode(_ payload: ArraySlice<UInt8>) -> Record? {
        guard let kind = payload.first else { return nil }
        var position = payload.startIndex + 1
        switch kind {
        case 0: return decode(body: payload.dropFirst())
        case 1: return WALRecordReader.unpacked(payload, from: position).flatMap { decode(body: $0[...]) }
        case WALRecordWriter.plainDetailKind: return decode(detailed: payload.dropFirst())
        case WALRecordWriter.plainDetailKind + 1:
            return WALRecordReader.unpacked(payload, from: position).flatMap { decode(detailed: $0[...]) }
        case WALRecordWriter.deletionKind:
            guard let deletion = Deletion(payload, at: &position), position == payload.endIndex else { return nil }
            return Record(deletion: deletion)
        case WALRecordWriter.exemplarKind:
            return BatchExtras.exemplars(payload[position...]).map { Record(extras: BatchExtras(exemplars: $0)) }
        case WALRecordWriter.metadataKind:
            return MetadataStore.read(payload[position...]).map { Record(extras: BatchExtras(metadata: $0)) }
        default: return nil
        }
    }

    private static func unpacked(_ payload: ArraySlice<UInt8>, from start: Int) -> [UInt8]? {
        var position = start
        guard let size = Varint.read(payload, at: &position), size <= WALRecordWriter.maximumBytes else { return nil }
        return try? LZ4.decompress(payload[position...], size: Int(size))
    }

    private mutating func decode(detailed bytes: ArraySlice<UInt8>) -> Record? {
        var position = bytes.startIndex
        guard let list = bytes.counted(at: &position), let details = SampleDetail.list(list),
            var record = decode(body: bytes[position...]), details.keys.allSatisfy({ $0 < record.samples.count })
        else { return nil }
        record.details = details
        return record
    }

    private mutating func decode(body: ArraySlice<UInt8>) -> Record? {
        var record = Record()
        var position = body.startIndex
        guard let definitions = Varint.read(body, at: &position) else { return nil }
        for _ in 0..<definitions {
            guard let slot = Varint.read(body, at: &position), slot <= UInt64(Int32.max),
                let length = Varint.read(body, at: &position), length <= UInt64(body.endIndex - position)
            else { return nil }
            record.definitions.append((Int(slot), body[position..<position + Int(length)]))
            lastBits[Int(slot)] = 0
            position += Int(length)
        }
        guard let runCount = Varint.read(body, at: &position), runCount <= UInt64(body.count) else { return nil }
        var runs: [(slot: Int, count: Int)] = []
        var slot: Int64 = -1
        for _ in 0..<runCount {
            guard let jump = Varint.readSigned(body, at: &position), let count = Varint.read(body, at: &position),
                count <= UInt64(body.count) * 2
            else { return nil }
            slot = slot &+ jump &+ 1
            guard lastBits[Int(slot)] != nil else { return nil }
            runs.append((Int(slot), Int(count)))
        }
        guard let times = times(body, at: &position), runs.reduce(0, { $0 + $1.count }) == times.count else { return nil }
        return samples(runs, times, body[position...]).map { samples in
            record.samples = samples
            return record
        }
    }

    private func times(_ body: ArraySlice<UInt8>, at position: inout Int) -> [Milliseconds]? {
        // Each sample has half a byte of its own further on, which bounds what a damaged count can ask for.
        guard let count = Varint.read(body, at: &position), count <= UInt64(body.count) * 2,
            let runs = Varint.read(body, at: &position), runs <= count
        else { return nil }
        var times: [Milliseconds] = []
        times.reserveCapacity(Int(count))
        var time: Milliseconds = 0
        for _ in 0..<runs {
            guard let delta = Varint.readSigned(body, at: &position), let length = Varint.read(body, at: &position),
                length <= count - UInt64(times.count)
            else { return nil }
            for _ in 0..<length {
                time = time &+ delta
                times.append(time)
            }
        }
        return times.count == Int(count) ? times : nil
    }

    private mutating func samples(
        _ runs: [(slot: Int, count: Int)], _ times: [Milliseconds], _ rest: ArraySlice<UInt8>
    ) -> [(slot: Int, time: Milliseconds, bits: UInt64)]? {
        var position = rest.startIndex + (times.count + 1) / 2
        guard position <= rest.endIndex else { return nil }
        var samples: [(slot: Int, time: Milliseconds, bits: UInt64)] = []
        samples.reserveCapacity(times.count)
        for run in runs {
            var bits = lastBits[run.slot] ?? 0
            for _ in 0..<run.count {
                let index = samples.count
                let nibble = rest[rest.startIndex + index / 2] >> (index & 1 == 0 ? 0 : 4) & 15
                let length = WALValue.length(nibble)
                guard position + length <= rest.endIndex else { return nil }
                var payload: UInt64 = 0
                for offset in 0..<length { payload |= UInt64(rest[position + offset]) << UInt64(8 * offset) }
                position += length
                guard let decoded = WALValue.decode(nibble, payload, after: bits) else { return nil }
                bits = decoded
                samples.append((run.slot, times[index], bits))
            }
            lastBits[run.slot] = bits
        }
        return position == rest.endIndex ? samples : nil
    }
}
