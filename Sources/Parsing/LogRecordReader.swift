package import Telemetry

/// Reads the lines of many streams, each line once and by the one parser that takes it.
///
/// Audit logs of the native form spread a record over many lines, so that a stream in the middle of one is remembered; its lines are
/// the record's and nothing else, whatever an attacker wrote into them; slow logs likewise. Beyond ``maximumAuditStreams`` such streams
/// at once, records of further ones are passed over and counted.
package struct LogRecordReader: Sendable {
    /// Streams that may be in the middle of an audit record at once.
    package static let maximumAuditStreams = 64

    /// Audit records passed over for want of room, and those without an end.
    package private(set) var brokenAudits = 0
    /// Entries of slow logs passed over for want of room, and those without an end.
    package private(set) var brokenSlow = 0
    private var audits: [Int: ModSecurityAuditReader] = [:]
    private var slow: [Int: SlowLogReader] = [:]
    private var entries = OpenEntries()

    private let arrival: Nanoseconds?

    /// A reader that knows no stream yet.
    /// - Parameter arrival: the time by which dates without a year are read, in files that syslog writes; where there is none, what
    ///   services tell has no time of its own, and its reader knows when it came.
    package init(arrival: Nanoseconds? = nil) { self.arrival = arrival }

    /// Reads a line.
    /// - Parameters:
    ///   - program: the program that wrote it, as syslog names it; empty where nothing tells.
    ///   - stream: tells streams apart; the same for all lines of one.
    /// - Returns: nil where no parser takes the line, or where it belongs to a record that goes on.
    package mutating func read(_ line: ArraySlice<UInt8>, program: ArraySlice<UInt8>, stream: Int) -> LogRecord? {
        take(line, program: program, stream: stream).record
    }

    /// What a line is.
    package enum Reading: Sendable {
        /// A record, or the end of one.
        case record(LogRecord)
        /// Within an entry that goes on over lines.
        case part
        /// Empty, or of a program whose lines tell of attempts, and this one of none.
        case silent
        /// Of no form that a parser takes.
        case unknown

        /// The record.
        package var record: LogRecord? { if case .record(let record) = self { record } else { nil } }
    }

    /// Reads a line, and tells what it is where it is no record.
    package mutating func take(_ line: ArraySlice<UInt8>, program: ArraySlice<UInt8>, stream: Int) -> Reading {
        if let (isAudit, record) = readAudit(line, stream: stream), isAudit { return record.map { .record($0) } ?? .part }
        if let record = AccessLogParser.parse(line) { return .record(.access(record)) }
        if let (isSlow, record) = readSlow(line, stream: stream), isSlow { return record.map { .record($0) } ?? .part }
        guard !line.isEmpty else { return .silent }
        if let record = ErrorLogParser.parse(line) {
            entries.began(stream, record)
            return .record(.error(record))
        }
        if ServiceLogParser.service(of: program) != nil {
            return ServiceLogParser.parse(program: program, message: line).map { .record(.service($0)) } ?? .silent
        }
        if let record = HAProxyConnectionParser.parse(line) { return .record(record) }
        let reading = LogRecordReader.readSyslogFile(line, arrival)
        if case .unknown = reading, entries.goesOn(stream) { return .part }
        return reading
    }

    /// Whether the line is of an audit log, and the record that it ends; nil where nothing says so.
    private mutating func readAudit(_ line: ArraySlice<UInt8>, stream: Int) -> (isAudit: Bool, record: LogRecord?)? {
        if line.starts(with: LogRecordReader.auditObject) {
            guard let transaction = ModSecurityTransaction(json: line) else {
                brokenAudits += 1
                return (true, nil)
            }
            return (true, .audit(transaction))
        }
        guard audits[stream] != nil || line.starts(with: LogRecordReader.auditBoundary) else { return nil }
        if audits[stream] == nil, audits.count >= LogRecordReader.maximumAuditStreams {
            brokenAudits += 1
            return nil
        }
        var reader = audits[stream] ?? ModSecurityAuditReader()
        let broken = reader.broken
        let transaction = reader.take(line)
        brokenAudits += reader.broken - broken
        audits[stream] = reader.isWithinRecord ? reader : nil
        guard reader.isWithinRecord || transaction != nil else { return nil }
        return (true, transaction.map { .audit($0) })
    }

    /// Whether the line is of a slow log, and the entry that it ends; nil where nothing says so.
    private mutating func readSlow(_ line: ArraySlice<UInt8>, stream: Int) -> (isSlow: Bool, record: LogRecord?)? {
        guard slow[stream] != nil || SlowLogReader.begins(line) else { return nil }
        if slow[stream] == nil, slow.count >= LogRecordReader.maximumAuditStreams {
            brokenSlow += 1
            return nil
        }
        var reader = slow[stream] ?? SlowLogReader()
        let broken = reader.broken
        let record = reader.take(line)
        brokenSlow += reader.broken - broken
        slow[stream] = reader.isWithinRecord ? reader : nil
        return (true, record.map { .slow($0) })
    }

    /// A line of a file that syslog writes: `Nov 24 14:14:44 host sshd[1]: …`, with an ISO 8601 time, or behind a priority; and
    /// vsftpd's own, `Mon Jun  8 12:08:44 2020 [pid 2] …`.
    private static func readSyslogFile(_ line: ArraySlice<UInt8>, _ arrival: Nanoseconds?) -> Reading {
        guard line.count > 24, line.count <= maximumSyslogBytes, let first = line.first else { return .unknown }
        let isPrefixed = first == UInt8(ascii: "<")
        let isClassic = first.isUpperCaseLetter && line[line.startIndex + 3] == 0x20
        guard isPrefixed || isClassic || first.isDigit && line[line.startIndex + 10] == UInt8(ascii: "T") else { return .unknown }
        if isClassic, ByteSearch.contains(vsftpdMark, in: line.prefix(32)) {
            guard var record = ServiceLogParser.parse(.vsftpd, line) else { return .silent }
            record.timestamp = vsftpdTime(line)
            return .record(.service(record))
        }
        // The parser takes headers behind a priority, which files leave out.
        let bytes = isPrefixed ? Array(line) : priority + line
        let message = readHeader(bytes, arrival)
        guard let program = message.app, ServiceLogParser.service(of: bytes[program]) != nil else { return .unknown }
        guard var record = ServiceLogParser.parse(program: bytes[program], message: bytes[message.message]) else {
            return .silent
        }
        if arrival != nil, message.resolution != .arrival { record.timestamp = message.timestamp }
        return .record(.service(record))
    }

    /// A header's date without a year is of the twelve months before the arrival: files are read long after they were written.
    private static func readHeader(_ bytes: [UInt8], _ arrival: Nanoseconds?) -> SyslogMessage {
        guard let arrival else { return SyslogMessage.parse(bytes, receivedAt: .max / 2) }
        var message = SyslogMessage.parse(bytes, receivedAt: arrival)
        // The parser takes the nearest year and believes no future; seen from a quarter ago, or more, the past is the nearest.
        for quarter in 1...4 where message.resolution == .arrival {
            message = SyslogMessage.parse(bytes, receivedAt: arrival - Nanoseconds(quarter) * 90 * 86_400_000_000_000)
        }
        return message
    }

    /// `Mon Jun  8 12:08:44 2020`.
    private static func vsftpdTime(_ line: ArraySlice<UInt8>) -> Nanoseconds? {
        let words = line.prefix(32).split(separator: 0x20)
        guard words.count > 4 else { return nil }
        // Syslog's form, where the year may stand behind the day.
        let text = Array([words[1], words[2], words[4], words[3]].joined(separator: [0x20]))
        return SyslogTime.classic(text, in: 0..<text.count, receivedAt: 0)?.nanoseconds
    }

    private static let maximumSyslogBytes = 8 << 10
    private static let vsftpdMark = Array(" [pid ".utf8)
    private static let priority = Array("<38>".utf8)
    private static let auditObject = Array("{\"transaction\"".utf8)
    private static let auditBoundary = Array("--".utf8)
}

/// Streams whose last entry may go on over further lines, as exceptions of applications do.
private struct OpenEntries {
    private static let maximumStreams = 1_024
    /// Lines that one entry may have.
    private static let maximumLines = 2_000
    private var lines: [Int: Int] = [:]

    mutating func began(_ stream: Int, _ record: ErrorLogRecord) {
        switch record.producer {
        case .monolog, .php, .phpFPM, .rabbitmq, .mysql:
            guard lines[stream] != nil || lines.count < OpenEntries.maximumStreams else { return }
            lines[stream] = 0
        case .nginx, .apache, .haproxy: return
        }
    }

    mutating func goesOn(_ stream: Int) -> Bool {
        guard let count = lines[stream], count < OpenEntries.maximumLines else { return false }
        lines[stream] = count + 1
        return true
    }
}
