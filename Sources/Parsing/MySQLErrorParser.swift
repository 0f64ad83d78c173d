/// Reads the error log of MySQL, `2021-10-28T08:06:45.411498Z 25 [Note] [MY-010926] [Server] text`, and of MariaDB and older MySQL,
/// `2021-11-09  5:13:12 8 [Warning] text` and `221128 14:49:17 [Warning] text`; and refused connections of the general log.
enum MySQLErrorParser {
    static func parse(_ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>) -> ErrorLogRecord? {
        var index = 0
        guard let time = readTime(bytes, &index) else { return nil }
        var record = ErrorLogRecord(.mysql, line)
        record.timestamp = time
        skipBlanks(bytes, &index)
        record.threadSpan = ErrorLogParser.digits(bytes, &index)
        skipBlanks(bytes, &index)
        guard index < bytes.count, bytes[index] == UInt8(ascii: "[") else {
            return readConnect(bytes, index, record)
        }
        for position in 0..<3 {
            guard index < bytes.count, bytes[index] == UInt8(ascii: "[") else { break }
            let close = bytes.index(of: UInt8(ascii: "]"), from: index)
            guard close < bytes.count else { return nil }
            let span = ByteSpan(index + 1, close)
            switch position {
            case 0: record.levelSpan = span
            case 1: record.codeSpan = span
            default: record.componentSpan = span
            }
            index = close + 1
            skipBlanks(bytes, &index)
        }
        record.messageSpan = ByteSpan(index, bytes.count)
        return record
    }

    /// The general log's `14 Connect   Access denied …`.
    private static func readConnect(_ bytes: Span<UInt8>, _ start: Int, _ unread: ErrorLogRecord) -> ErrorLogRecord? {
        guard unread.threadSpan != nil, bytes.hasPrefix("Connect", at: start) else { return nil }
        var record = unread
        var index = start + 7
        skipBlanks(bytes, &index)
        guard bytes.hasPrefix("Access denied", at: index) else { return nil }
        record.messageSpan = ByteSpan(index, bytes.count)
        return record
    }

    private static func readTime(_ bytes: Span<UInt8>, _ index: inout Int) -> Int64? {
        if let midnight = ErrorLogParser.date(bytes, &index, separator: UInt8(ascii: "-")) {
            guard index < bytes.count, bytes[index] == UInt8(ascii: "T") || bytes[index] == 0x20 else { return nil }
            index += 1
            skipBlanks(bytes, &index)
            guard let time = ErrorLogParser.timeOfDay(bytes, &index) else { return nil }
            return midnight + time - ErrorLogParser.zone(bytes, &index)
        }
        guard let year = bytes.twoDigits(at: 0), let month = bytes.twoDigits(at: 2), let day = bytes.twoDigits(at: 4),
            bytes[6] == 0x20, let midnight = ErrorLogParser.midnight(2_000 + year, month, day)
        else { return nil }
        index = 7
        skipBlanks(bytes, &index)
        return ErrorLogParser.timeOfDay(bytes, &index).map { midnight + $0 }
    }

    private static func skipBlanks(_ bytes: Span<UInt8>, _ index: inout Int) {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }
}
