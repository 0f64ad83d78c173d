import Compression
import Glibc
import Telemetry

/// The write-ahead log: numbered segments of records, synced before anything in them is acknowledged.
///
/// A start never appends to a segment that was there before, so a torn tail stays at the end of its segment and harms nothing.
struct WriteAheadLog: Sendable {
    /// A segment is closed at this size.
    static let segmentBytes = 32 << 20
    private static let suffix = ".wal"

    /// A closed segment, the first and the last record in it.
    struct Segment: Sendable {
        var number: UInt64
        var firstSequence: UInt64
        var lastSequence: UInt64
        var bytes: Int
    }

    let directory: String
    private(set) var closed: [Segment] = []
    private(set) var currentBytes = 0
    private var current: OpenFile?
    private var number: UInt64 = 0
    private var lastSequence: UInt64 = 0
    /// The first record of the current segment.
    private var firstSequence: UInt64 = 0

    init(directory: String) {
        self.directory = directory
    }

    var bytes: Int { closed.reduce(currentBytes) { $0 + $1.bytes } }

    private func path(_ number: UInt64) -> String { "\(directory)/\(hexadecimal(number))\(WriteAheadLog.suffix)" }

    /// Appends records and syncs them. Where that fails nothing of them is left, and the next call starts anew.
    mutating func write(_ records: [UInt8], lastSequence sequence: UInt64) throws(LogStoreError) {
        if currentBytes >= WriteAheadLog.segmentBytes { rotate() }
        let file: OpenFile
        if let current {
            file = current
        } else {
            file = try OpenFile(path(number + 1), flags: O_RDWR | O_CREAT | O_TRUNC)
            try Files.syncDirectory(directory)
            number += 1
            current = file
            currentBytes = 0
            firstSequence = lastSequence + 1
        }
        do {
            try file.write(records, at: currentBytes)
            try file.sync()
        } catch {
            abandon(file)
            throw error
        }
        currentBytes += records.count
        lastSequence = sequence
    }

    /// After a failed write or sync nobody knows what reached the disk: the part that was not acknowledged is cut off. Where even
    /// that fails, writing goes on in a new segment, and replay finds the torn record by its checksum.
    private mutating func abandon(_ file: OpenFile) {
        do {
            try file.truncate(to: currentBytes)
            try file.sync()
        } catch {
            rotate()
        }
    }

    /// Closes the current segment; the next write opens another.
    mutating func rotate() {
        guard current != nil else { return }
        closed.append(Segment(number: number, firstSequence: firstSequence, lastSequence: lastSequence, bytes: currentBytes))
        current = nil
        currentBytes = 0
    }

    /// Removes closed segments of which every record is at or below `sequence`.
    mutating func removeSegments(through sequence: UInt64) throws(LogStoreError) {
        while let first = closed.first, first.lastSequence <= sequence {
            try Files.remove(path(first.number))
            closed.removeFirst()
        }
    }

    /// The last record of the closed segments that may hold records up to `sequence`.
    func lastSequence(ofSegmentsThrough sequence: UInt64) -> UInt64 {
        closed.reduce(sequence) { $1.firstSequence <= sequence ? max($0, $1.lastSequence) : $0 }
    }

    /// Whether records up to `sequence` may still stand in a segment.
    func mayHold(through sequence: UInt64) -> Bool {
        closed.contains { $0.firstSequence <= sequence } || current != nil && firstSequence <= sequence
    }

    /// Whether there is a closed segment that `removeSegments` would remove.
    func canRemove(through sequence: UInt64) -> Bool {
        closed.first.map { $0.lastSequence <= sequence } ?? false
    }

    /// Reads all segments in order. Damaged parts are skipped and reported.
    mutating func replay(report: (String) -> Void, _ visit: (UInt64, LogBatch) -> Void) throws(LogStoreError) -> Int {
        var damaged = 0
        for name in try Files.list(directory) where name.hasSuffix(WriteAheadLog.suffix) {
            guard let value = UInt64(name.dropLast(WriteAheadLog.suffix.count), radix: 16) else { continue }
            let bytes = try Files.readAll("\(directory)/\(name)")
            var last: UInt64 = lastSequence
            var first: UInt64?
            damaged += WriteAheadLog.forEachRecord(bytes, "\(directory)/\(name)", report) { sequence, batch in
                last = max(last, sequence)
                first = min(first ?? sequence, sequence)
                visit(sequence, batch)
            }
            lastSequence = last
            number = max(number, value)
            closed.append(Segment(number: value, firstSequence: first ?? last, lastSequence: last, bytes: bytes.count))
        }
        return damaged
    }

    private static func forEachRecord(
        _ bytes: [UInt8], _ path: String, _ report: (String) -> Void, _ visit: (UInt64, LogBatch) -> Void
    ) -> Int {
        var damaged = 0
        var offset = 0
        while offset < bytes.count {
            guard let header = WALRecord.Header(bytes[offset...]) else {
                let next = nextHeader(bytes, after: offset)
                report("\(path): no whole record at \(offset), \((next ?? bytes.count) - offset) bytes skipped")
                damaged += 1
                guard let next else { break }
                offset = next
                continue
            }
            let start = offset + WALRecord.headerBytes
            guard header.payloadLength <= bytes.count - start else {
                report("\(path): record at \(offset) was cut short, \(bytes.count - offset) bytes skipped")
                damaged += 1
                guard let next = nextHeader(bytes, after: offset) else { break }
                offset = next
                continue
            }
            let payload = bytes[start..<(start + header.payloadLength)]
            offset = start + header.payloadLength
            do {
                guard CRC32C.checksum(payload) == header.payloadChecksum else {
                    throw LogStoreError.corrupt("payload fails its checksum")
                }
                let (sequence, batch) = try WALRecord.decode(payload, rawLength: header.rawLength)
                visit(sequence, batch)
            } catch {
                report("\(path): record before \(offset) skipped: \(error)")
                damaged += 1
            }
        }
        return damaged
    }

    /// Where the next sound header stands.
    private static func nextHeader(_ bytes: [UInt8], after start: Int) -> Int? {
        var offset = start + 1
        let first = UInt8(truncatingIfNeeded: WALRecord.magic)
        while offset + WALRecord.headerBytes <= bytes.count {
            if bytes[offset] == first && WALRecord.Header(bytes[offset...]) != nil { return offset }
            offset += 1
        }
        return nil
    }
}
