/// Reads the lines of many streams, each line once and by the one parser that takes it.
///
/// Audit logs of the native form spread a record over many lines, so that a stream in the middle of one is remembered; its lines are
/// the record's and nothing else, whatever an attacker wrote into them. Beyond ``maximumAuditStreams`` such streams at once, records of
/// further ones are passed over and counted.
package struct LogRecordReader: Sendable {
    /// Streams that may be in the middle of an audit record at once.
    package static let maximumAuditStreams = 64

    /// Audit records passed over for want of room, and those without an end.
    package private(set) var brokenAudits = 0
    private var audits: [Int: ModSecurityAuditReader] = [:]

    /// A reader that knows no stream yet.
    package init() {}

    /// Reads a line.
    /// - Parameters:
    ///   - program: the program that wrote it, as syslog names it; empty where nothing tells.
    ///   - stream: tells streams apart; the same for all lines of one.
    /// - Returns: nil where no parser takes the line, or where it belongs to a record that goes on.
    package mutating func read(_ line: ArraySlice<UInt8>, program: ArraySlice<UInt8>, stream: Int) -> LogRecord? {
        if let (isAudit, record) = readAudit(line, stream: stream), isAudit { return record }
        if let record = AccessLogParser.parse(line) { return .access(record) }
        if ServiceLogParser.service(of: program) != nil {
            return ServiceLogParser.parse(program: program, message: line).map { .service($0) }
        }
        return LogRecordReader.readSyslogFile(line)
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

    /// A line of a file that syslog writes: `Nov 24 14:14:44 host sshd[1]: …`, or with an ISO 8601 time.
    private static func readSyslogFile(_ line: ArraySlice<UInt8>) -> LogRecord? {
        guard line.count > 24, line.count <= maximumSyslogBytes, let first = line.first else { return nil }
        let isClassic = first.isUpperCaseLetter && line[line.startIndex + 3] == 0x20
        guard isClassic || first.isDigit && line[line.startIndex + 10] == UInt8(ascii: "T") else { return nil }
        // The parser takes headers behind a priority, which files leave out.
        let bytes = priority + line
        let message = SyslogMessage.parse(bytes, receivedAt: .max / 2)
        guard let program = message.app else { return nil }
        return ServiceLogParser.parse(program: bytes[program], message: bytes[message.message]).map { .service($0) }
    }

    private static let maximumSyslogBytes = 8 << 10
    private static let priority = Array("<38>".utf8)
    private static let auditObject = Array("{\"transaction\"".utf8)
    private static let auditBoundary = Array("--".utf8)
}
