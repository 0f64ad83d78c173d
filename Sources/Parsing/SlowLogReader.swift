import Telemetry

/// Reads slow logs line by line, MySQL's (with MariaDB's and Percona's additions) and PHP-FPM's, whose entries spread over lines.
///
/// An entry of MySQL's ends with the line that ends in a semicolon, one of PHP-FPM's with an empty line. What is longer than
/// ``maximumStatementBytes`` or ``maximumFrames`` is cut; an entry cut off by the next one's beginning is counted.
package struct SlowLogReader: Sendable {
    /// Bytes kept of one statement.
    package static let maximumStatementBytes = 64 << 10
    /// Frames kept of one stack.
    package static let maximumFrames = 64
    /// Bytes kept of any other field.
    static let maximumFieldBytes = 4 << 10

    /// Entries without an end.
    package private(set) var broken = 0
    private var current: SlowLogRecord?
    private var hasHeader = false

    /// A reader at the beginning of a log.
    package init() {}

    /// Whether an entry has begun whose end is still to come.
    package var isWithinRecord: Bool { current != nil }

    /// Whether a line begins an entry.
    package static func begins(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first else { return false }
        if first == UInt8(ascii: "#") { return line.starts(with: "# Time: ".utf8) || line.starts(with: "# User@Host: ".utf8) }
        return first == UInt8(ascii: "[") && fpmHeader(line) != nil
    }

    /// Takes a line without its end; the entry that it completes.
    package mutating func take(_ line: ArraySlice<UInt8>) -> SlowLogRecord? {
        if let record = SlowLogReader.fpmHeader(line) {
            if current != nil { broken += 1 }
            current = record
            return nil
        }
        switch current?.producer {
        case .phpFPM: return takeFPM(line)
        case .mysql, nil: return takeMySQL(line)
        }
    }

    // MARK: MySQL

    private mutating func takeMySQL(_ line: ArraySlice<UInt8>) -> SlowLogRecord? {
        if line.first == UInt8(ascii: "#"), takeHeader(line) { return nil }
        guard current != nil, hasHeader else { return nil }
        if line.starts(with: "SET timestamp=".utf8) || line.starts(with: "use ".utf8), current?.statement.isEmpty == true {
            takeSetting(line)
            return nil
        }
        var text = line
        while let last = text.last, last == 0x20 || last == 0x0d { text = text.dropLast() }
        let isEnd = text.last == UInt8(ascii: ";")
        append(isEnd ? text.dropLast() : text)
        guard isEnd else { return nil }
        defer { current = nil }
        return current
    }

    private mutating func append(_ text: ArraySlice<UInt8>) {
        let room = SlowLogReader.maximumStatementBytes - (current?.statement.count ?? 0)
        guard room > 0 else { return }
        if current?.statement.isEmpty == false { current?.statement.append(0x0a) }
        current?.statement += text.prefix(room)
    }

    private mutating func takeHeader(_ line: ArraySlice<UInt8>) -> Bool {
        if line.starts(with: "# Time: ".utf8) {
            begin()
            current?.timestamp = SlowLogReader.time(line.dropFirst(8))
            return true
        }
        if line.starts(with: "# User@Host: ".utf8) {
            if current == nil || hasHeader { begin() }
            hasHeader = true
            takeUser(line.dropFirst(13))
            return true
        }
        guard current != nil, current?.statement.isEmpty == true else { return false }
        hasHeader = true
        takePairs(line.dropFirst(1))
        return true
    }

    private mutating func begin() {
        if current != nil { broken += 1 }
        current = SlowLogRecord(.mysql)
        hasHeader = false
    }

    /// `root[root] @ localhost [127.0.0.1]  Id:   8`.
    private mutating func takeUser(_ text: ArraySlice<UInt8>) {
        guard let open = text.firstIndex(of: UInt8(ascii: "[")) else { return }
        current?.user = Array(text[..<open].prefix(SlowLogReader.maximumFieldBytes))
        guard let at = ByteSearch.firstRange(of: Array(" @ ".utf8), in: text),
            let peer = text[at.upperBound...].firstIndex(of: UInt8(ascii: "[")),
            let close = text[peer...].firstIndex(of: UInt8(ascii: "]"))
        else { return }
        current?.client = Array(text[(peer + 1)..<close].prefix(SlowLogReader.maximumFieldBytes))
        takePairs(text[(close + 1)...])
    }

    /// `Query_time: 2.5  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 2`, in any order, among others.
    private mutating func takePairs(_ text: ArraySlice<UInt8>) {
        let words = text.split(separator: 0x20)
        for (key, value) in zip(words, words.dropFirst()) where key.last == 0x3a {
            switch String(decoding: key, as: UTF8.self) {
            case "Query_time:": current?.durationSeconds = SlowLogReader.decimal(value)
            case "Lock_time:": current?.lockSeconds = SlowLogReader.decimal(value)
            case "Rows_sent:": current?.rowsSent = SlowLogReader.integer(value)
            case "Rows_examined:": current?.rowsExamined = SlowLogReader.integer(value)
            case "Id:", "Thread_id:": current?.identifier = SlowLogReader.integer(value)
            case "Schema:" where value.last != 0x3a: current?.schema = Array(value.prefix(SlowLogReader.maximumFieldBytes))
            default: continue
            }
        }
    }

    /// `use shop;`, `SET timestamp=1795443284;`.
    private mutating func takeSetting(_ line: ArraySlice<UInt8>) {
        let text = line.prefix { $0 != UInt8(ascii: ";") }
        if text.first == UInt8(ascii: "u") {
            current?.schema = Array(text.dropFirst(4).prefix(SlowLogReader.maximumFieldBytes))
        } else if let seconds = SlowLogReader.decimal(text.dropFirst(14)), seconds < 9e9 {
            current?.timestamp = Int64(seconds * 1e6) * 1_000
        }
    }

    // MARK: PHP-FPM

    /// `[14-Sep-2018 16:55:58.866159]  [pool www] pid 31454`.
    private static func fpmHeader(_ line: ArraySlice<UInt8>) -> SlowLogRecord? {
        guard line.first == UInt8(ascii: "["), line.count > 30 else { return nil }
        let bytes = line.span
        var index = 0
        guard let time = PHPErrorParser.readTime(bytes, &index), bytes.hasPrefix("]  [pool ", at: index) else { return nil }
        let close = bytes.index(of: UInt8(ascii: "]"), from: index + 1)
        guard bytes.hasPrefix("] pid ", at: close) else { return nil }
        var record = SlowLogRecord(.phpFPM)
        record.timestamp = time
        record.pool = Array(line[(line.startIndex + index + 9)..<(line.startIndex + close)].prefix(maximumFieldBytes))
        record.identifier = integer(line[(line.startIndex + close + 6)...])
        return record
    }

    private mutating func takeFPM(_ line: ArraySlice<UInt8>) -> SlowLogRecord? {
        if line.isEmpty {
            defer { current = nil }
            return current
        }
        if line.starts(with: "script_filename = ".utf8) {
            current?.script = Array(line.dropFirst(18).prefix(SlowLogReader.maximumFieldBytes))
        } else if line.first == UInt8(ascii: "["), let close = line.firstIndex(of: UInt8(ascii: "]")),
            (current?.frames.count ?? 0) < SlowLogReader.maximumFrames
        {
            let rest = line[(close + 1)...].drop { $0 == 0x20 }
            let blank = rest.lastIndex(of: 0x20) ?? rest.endIndex
            current?.frames.append(
                SlowLogRecord.Frame(function: Array(rest[..<blank]), place: Array(rest[blank...].dropFirst())))
        }
        return nil
    }

    // MARK: Numbers and times

    /// `2026-11-23T14:14:44.123456Z` or `261123  4:14:44`.
    private static func time(_ text: ArraySlice<UInt8>) -> Nanoseconds? {
        let bytes = text.span
        var index = 0
        if let midnight = ErrorLogParser.date(bytes, &index, separator: UInt8(ascii: "-")), index < bytes.count {
            index += 1
            return ErrorLogParser.timeOfDay(bytes, &index).map { midnight + $0 - ErrorLogParser.zone(bytes, &index) }
        }
        guard let year = bytes.twoDigits(at: 0), let month = bytes.twoDigits(at: 2), let day = bytes.twoDigits(at: 4),
            let midnight = ErrorLogParser.midnight(2_000 + year, month, day)
        else { return nil }
        index = 6
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        return ErrorLogParser.timeOfDay(bytes, &index).map { midnight + $0 }
    }

    private static func integer(_ text: ArraySlice<UInt8>) -> Int64? {
        var index = 0
        return AccessLogParser.integer(text.span, &index)
    }

    private static func decimal(_ text: ArraySlice<UInt8>) -> Double? {
        guard text.count <= 32, text.allSatisfy({ $0.isDigit || $0 == 0x2e }) else { return nil }
        return Double(String(decoding: text, as: UTF8.self))
    }
}
