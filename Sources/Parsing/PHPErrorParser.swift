/// Reads PHP-FPM's log, `[14-Sep-2018 16:55:58.866159] WARNING: [pool www] text`, and PHP's own, `[14-Sep-2018 16:55:58 UTC] PHP Fatal
/// error:  text`.
enum PHPErrorParser {
    static func parse(_ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>) -> ErrorLogRecord? {
        var index = 0
        guard let time = readTime(bytes, &index) else { return nil }
        // The name of a zone; times in zones other than UTC are off by theirs.
        let close = bytes.index(of: UInt8(ascii: "]"), from: index)
        guard close - index <= 64, bytes.hasPrefix("] ", at: close) else { return nil }
        index = close + 2
        let isPHP = bytes.hasPrefix("PHP ", at: index)
        let colon = bytes.index(of: 0x3a, from: index)
        guard bytes.hasPrefix(": ", at: colon), colon - index <= maximumLevelBytes else { return nil }
        var record = ErrorLogRecord(isPHP ? .php : .phpFPM, line)
        record.timestamp = time
        record.levelSpan = ByteSpan(index + (isPHP ? 4 : 0), colon)
        if !isPHP {
            for position in index..<colon where !bytes[position].isUpperCaseLetter { return nil }
        }
        index = colon + 1
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        if bytes.hasPrefix("[pool ", at: index) {
            let end = bytes.index(of: UInt8(ascii: "]"), from: index)
            record.componentSpan = ByteSpan(index + 6, end)
            index = min(end + 2, bytes.count)
        }
        record.messageSpan = ByteSpan(index, bytes.count)
        readChild(bytes, index, into: &record)
        return record
    }

    /// `[14-Sep-2018 16:55:58`, which leaves the index behind the time.
    static func readTime(_ bytes: Span<UInt8>, _ index: inout Int) -> Int64? {
        guard bytes.count > 22, let day = bytes.twoDigits(at: 1), bytes[3] == 0x2d, bytes[7] == 0x2d, bytes[12] == 0x20,
            let month = CivilTime.month(bytes[4], bytes[5], bytes[6]), let century = bytes.twoDigits(at: 8),
            let year = bytes.twoDigits(at: 10), let midnight = ErrorLogParser.midnight(century * 100 + year, month, day)
        else { return nil }
        var position = 13
        guard let time = ErrorLogParser.timeOfDay(bytes, &position) else { return nil }
        index = position
        return midnight + time
    }

    /// `child 31454, script '…' (request: "GET /index.php") …`.
    private static func readChild(_ bytes: Span<UInt8>, _ start: Int, into record: inout ErrorLogRecord) {
        guard bytes.hasPrefix("child ", at: start) else { return }
        var index = start + 6
        record.processSpan = ErrorLogParser.digits(bytes, &index)
        while index < bytes.count {
            if bytes.hasPrefix("(request: \"", at: index) {
                var end = index + 11
                while end < bytes.count, !bytes.hasPrefix("\")", at: end) { end += 1 }
                record.requestSpan = ByteSpan(index + 11, end)
                return
            }
            index = bytes.index(of: UInt8(ascii: "("), from: index + 1)
        }
    }

    private static let maximumLevelBytes = 32
}
