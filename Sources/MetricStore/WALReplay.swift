internal import Compression
internal import Glibc
internal import Telemetry

/// Reads the log at start-up into a head.
///
/// A record that is cut short or fails its checksum ends its segment: the rest is kept aside as `*.corrupt` where it is more than a
/// torn tail, the segment is cut back, and later segments, which stand alone, still load.
struct WALReplay {
    /// What was found.
    struct Result {
        var segments: [WriteAheadLog.Segment] = []
        var recordCount = 0
        var sampleCount = 0
        var torn = 0
        var corrupt = 0
        /// Segments that the log's list names and that are not there.
        var missing = 0
        var deletions: [Deletion] = []
        var exemplars: ExemplarStore
        var metadata: MetadataStore
        var messages: [String] = []
    }

    let directory: String
    /// Times that blocks hold already, by the segment number before which they do.
    let marks: [BlockMark]

    /// - Parameter metadata: what the file holds, which is older than what is in the log.
    func run(
        into head: inout Head, exemplars: ExemplarStore, metadata: MetadataStore
    ) throws(MetricStoreError) -> Result {
        var result = Result(exemplars: exemplars, metadata: metadata)
        var reported: Set<UInt64> = []
        for name in try StoreFile.list(directory) where name.hasSuffix(".wal") {
            guard let number = UInt64(name.dropLast(4)) else { continue }
            let before = result.messages.count
            try replay(directory + "/" + name, number, into: &head, &result)
            if result.messages.count > before { reported.insert(number) }
        }
        try compareWithList(&result, reported)
        return result
    }

    /// Notices segments that are gone, whole or from some record on: nothing else would, as each stands alone.
    /// - Parameter reported: segments that were found damaged.
    private func compareWithList(_ result: inout Result, _ reported: Set<UInt64>) throws(MetricStoreError) {
        let path = WriteAheadLog.listPath(directory)
        do throws(MetricStoreError) {
            guard let listed = try WriteAheadLog.readList(path) else {
                guard !result.segments.isEmpty else { return }
                result.missing += 1
                result.messages.append("\(path) is missing: segments that went with it would not be noticed; it is made anew")
                return
            }
            for (number, bytes) in listed {
                let path = WriteAheadLog.path(directory, number)
                guard let segment = result.segments.first(where: { $0.number == number }) else {
                    result.missing += 1
                    result.messages.append("\(path) is missing, and with it what only it held; restore it from a backup")
                    continue
                }
                guard segment.bytes < bytes, !reported.contains(number) else { continue }
                result.corrupt += 1
                result.messages.append("\(path) lacks its last \(Int(bytes) - segment.bytes) bytes; restore it from a backup")
            }
        } catch {
            guard error.code == .corrupt else { throw error }
            try StoreFile.rename(path, to: path + ".corrupt")
            result.corrupt += 1
            result.messages.append("\(error.message); it is set aside as \(path).corrupt and made anew")
        }
    }

    private func replay(
        _ path: String, _ number: UInt64, into head: inout Head, _ result: inout Result
    ) throws(MetricStoreError) {
        let bytes = try StoreFile.readAll(path)
        var segment = WriteAheadLog.Segment(number: number, path: path, bytes: bytes.count, newest: .min)
        let covered = marks.filter { $0.segment > number }.map(\.window)
        var reader = WALRecordReader()
        var slots = SlotTable<Int>()
        let magic = WriteAheadLog.magic
        var position = bytes.starts(with: magic) ? magic.count : 0
        var isTorn = bytes.count < magic.count
        while position >= magic.count, position < bytes.count {
            guard let payload = WALReplay.payload(bytes, at: position) else {
                isTorn = WALReplay.isTail(bytes, from: position)
                break
            }
            guard let record = reader.decode(payload) else { break }
            for (logged, labels) in record.definitions { slots[logged] = head.slot(of: labels, unlimited: true) }
            for (place, sample) in record.samples.enumerated() {
                segment.newest = max(segment.newest, sample.time)
                guard let slot = slots[sample.slot], !covered.contains(where: { $0.contains(sample.time) }) else { continue }
                let detail = record.details.isEmpty ? nil : record.details[place]
                head.replay(Double(bitPattern: sample.bits), detail, at: sample.time, slot: slot)
                result.sampleCount += 1
            }
            if let deletion = record.deletion {
                _ = head.delete(deletion.matchers, in: deletion.range)
                result.exemplars.delete(deletion.matchers, in: deletion.range)
                result.deletions.append(deletion)
            }
            if let extras = record.extras {
                segment.newest = max(segment.newest, extras.newest)
                for (series, exemplar) in extras.exemplars { result.exemplars.add(exemplar, to: series) }
                for (name, metadata) in extras.metadata { result.metadata.set(metadata, of: name) }
            }
            result.recordCount += 1
            position = payload.endIndex
        }
        // An empty file is a segment that was made and never written, or was cut back to nothing: no damage.
        if position < bytes.count {
            cut(path, bytes, at: position, isTorn: isTorn, &result)
            segment.bytes = position
        }
        result.segments.append(segment)
    }

    /// The payload of the record at `position`, if it is whole and sound.
    private static func payload(_ bytes: [UInt8], at position: Int) -> ArraySlice<UInt8>? {
        let start = position + WALRecordWriter.headerBytes
        guard start < bytes.count else { return nil }
        let length = Int(bytes.littleEndian(at: position, as: UInt32.self))
        guard length > 0, length <= WALRecordWriter.maximumBytes, start + length <= bytes.count else { return nil }
        let payload = bytes[start..<start + length]
        return CRC32C.checksum(payload) == bytes.littleEndian(at: position + 4, as: UInt32.self) ? payload : nil
    }

    /// Whether the record at `position` reaches beyond the end, as one does that a crash cut short.
    private static func isTail(_ bytes: [UInt8], from position: Int) -> Bool {
        let start = position + WALRecordWriter.headerBytes
        return start >= bytes.count || start + Int(bytes.littleEndian(at: position, as: UInt32.self)) > bytes.count
    }

    private func cut(_ path: String, _ bytes: [UInt8], at position: Int, isTorn: Bool, _ result: inout Result) {
        let rest = bytes.count - position
        do throws(MetricStoreError) {
            if isTorn {
                result.torn += 1
                result.messages.append("\(path): dropped a torn tail of \(rest) bytes, which was never acknowledged or is lost")
            } else {
                result.corrupt += 1
                let aside = path + ".\(position).corrupt"
                let file = try StoreFile(aside, flags: O_WRONLY | O_CREAT | O_TRUNC)
                try file.write(Array(bytes[position...]))
                try file.sync()
                result.messages.append(
                    "\(path): damaged at byte \(position); the \(rest) bytes from there are set aside in \(aside)")
            }
            let file = try StoreFile(path, flags: O_WRONLY)
            try file.truncate(to: position)
            try file.sync()
        } catch {
            result.messages.append("\(path): damaged at byte \(position) and left as it is: \(error.message)")
        }
    }
}
