internal import Compression
internal import Glibc
internal import Telemetry

/// The segments of the write-ahead log: one being written, older ones waiting until blocks hold what they hold.
///
/// A segment is the magic `MWMWAL01` and records (see ``WALRecordWriter``). After a failed write the segment is cut back to its last
/// whole record and left; the next write starts a new one, so a full disk heals by itself.
struct WriteAheadLog {
    static let magic = Array("MWMWAL01".utf8)
    static let listMagic = Array("MWMLIST1".utf8)

    /// One file of the log.
    struct Segment: Sendable {
        var number: UInt64
        var path: String
        var bytes: Int
        /// The newest time in it, `Int64.min` where there is none.
        var newest: Milliseconds
    }

    private(set) var segments: [Segment]
    private var file: StoreFile?
    private let directory: String
    private let maximumSegmentBytes: Int
    /// Whether the list on disk lacks a segment that holds something acknowledged.
    private var isListStale = false
    /// The number that the next record's segment has.
    private(set) var current: UInt64

    /// - Parameter segments: what replay found, oldest first.
    init(directory: String, segments: [Segment], maximumSegmentBytes: Int) {
        self.directory = directory
        self.segments = segments
        self.maximumSegmentBytes = maximumSegmentBytes
        current = (segments.last?.number ?? 0) + 1
    }

    var byteCount: Int { segments.reduce(0) { $0 + $1.bytes } }

    static func path(_ directory: String, _ number: UInt64) -> String {
        let digits = String(number)
        return directory + "/" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".wal"
    }

    static func listPath(_ directory: String) -> String { directory + "/list" }

    /// The segments that the list holds with the bytes they had, 0 where one was still written to; `nil` where there is no list.
    static func readList(_ path: String) throws(MetricStoreError) -> [(number: UInt64, bytes: UInt64)]? {
        guard let content = try SealedFile.read(path, magic: listMagic) else { return nil }
        var listed: [(number: UInt64, bytes: UInt64)] = []
        var position = content.startIndex
        while position < content.endIndex, let number = Varint.read(content, at: &position),
            let bytes = Varint.read(content, at: &position)
        { listed.append((number, bytes)) }
        return listed
    }

    /// Writes which segments there are and how long those are that are written to no more, so that what goes missing is noticed.
    /// - Parameter first: the place of the first to name; earlier ones are about to go.
    mutating func writeList(from first: Int = 0) throws(MetricStoreError) {
        try WriteAheadLog.writeList(segments[first...], directory, open: file == nil ? nil : current)
        isListStale = false
    }

    /// - Parameter open: the number of the segment that is still written to.
    static func writeList(
        _ segments: some Sequence<Segment>, _ directory: String, open: UInt64? = nil
    ) throws(MetricStoreError) {
        var bytes: [UInt8] = []
        for segment in segments {
            Varint.append(segment.number, to: &bytes)
            Varint.append(segment.number == open ? 0 : UInt64(segment.bytes), to: &bytes)
        }
        try SealedFile.write(bytes, magic: listMagic, to: listPath(directory))
    }

    /// Writes records and forces them to disk; on failure nothing of them stays.
    mutating func commit(_ records: [UInt8], newest: Milliseconds) throws(MetricStoreError) {
        do {
            let file = try openFile()
            try file.write(records)
            try file.sync()
            if isListStale { try writeList() }
        } catch {
            abandon()
            throw error
        }
        segments[segments.count - 1].bytes += records.count
        segments[segments.count - 1].newest = max(segments[segments.count - 1].newest, newest)
        if segments[segments.count - 1].bytes >= maximumSegmentBytes { rotate() }
    }

    /// Ends the current segment; the next record starts another.
    mutating func rotate() {
        guard file != nil else { return }
        file = nil
        current += 1
    }

    /// Removes the oldest segments as long as they are older than `keep` and hold nothing at or after `cutoff`.
    mutating func truncate(before keep: UInt64, cutoff: Milliseconds) throws(MetricStoreError) {
        let old = segments.prefix { $0.number < keep && $0.newest < cutoff }
        guard !old.isEmpty else { return }
        try writeList(from: old.count)
        for segment in old {
            try StoreFile.remove(segment.path)
            segments.removeFirst()
        }
    }

    private mutating func openFile() throws(MetricStoreError) -> StoreFile {
        if let file { return file }
        let path = WriteAheadLog.path(directory, current)
        let new = try StoreFile(path, flags: O_WRONLY | O_CREAT | O_EXCL)
        // From here on the segment is known, so that a failure below cuts it back rather than leaving it in the way.
        segments.append(Segment(number: current, path: path, bytes: 0, newest: .min))
        file = new
        isListStale = true
        try new.write(WriteAheadLog.magic)
        try StoreFile.syncDirectory(directory)
        segments[segments.count - 1].bytes = WriteAheadLog.magic.count
        return new
    }

    private mutating func abandon() {
        if let file, let last = segments.last {
            // Where even this fails, what is left lies behind the last acknowledged record and is dropped, or kept harmlessly, by replay.
            try? file.truncate(to: last.bytes)
            try? file.sync()
            // A disk that stays full would else gather an empty segment with each attempt.
            if last.bytes <= WriteAheadLog.magic.count, (try? StoreFile.remove(last.path)) != nil { segments.removeLast() }
        }
        file = nil
        current += 1
    }
}
