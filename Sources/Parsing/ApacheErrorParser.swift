/// Reads Apache's error log, 2.4's `[date] [module:level] [pid n:tid n] (code)text: [client address:port] AHnnnnn: text` and 2.2's
/// `[date] [level] [client address] text`.
enum ApacheErrorParser {
    static func parse(_ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>) -> ErrorLogRecord? {
        var index = 0
        guard let time = readDate(bytes, &index) else { return nil }
        var record = ErrorLogRecord(.apache, line)
        record.timestamp = time
        guard let level = bracket(bytes, &index) else { return nil }
        readLevel(bytes, level, into: &record)
        readBrackets(bytes, &index, into: &record)
        readSystemError(bytes, &index, into: &record)
        readBrackets(bytes, &index, into: &record)
        readCode(bytes, &index, into: &record)
        record.messageSpan = ByteSpan(index, bytes.count)
        return record
    }

    /// `[Thu Sep 30 13:27:06.009964 2021]`, the fraction optional.
    private static func readDate(_ bytes: Span<UInt8>, _ index: inout Int) -> Int64? {
        guard bytes.count > 28, bytes[4] == 0x20, bytes[8] == 0x20,
            let month = CivilTime.month(bytes[5], bytes[6], bytes[7])
        else { return nil }
        let day = bytes[9] == 0x20 ? (bytes[10].isDigit ? Int(bytes[10] - 0x30) : nil) : bytes.twoDigits(at: 9)
        var position = 12
        guard let day, bytes[11] == 0x20, let time = ErrorLogParser.timeOfDay(bytes, &position),
            position + 5 < bytes.count, bytes[position] == 0x20, let century = bytes.twoDigits(at: position + 1),
            let year = bytes.twoDigits(at: position + 3), bytes[position + 5] == UInt8(ascii: "]"),
            let midnight = ErrorLogParser.midnight(century * 100 + year, month, day)
        else { return nil }
        index = position + 6
        return midnight + time
    }

    /// What stands in the next brackets, behind one blank.
    private static func bracket(_ bytes: Span<UInt8>, _ index: inout Int) -> ByteSpan? {
        guard bytes.hasPrefix(" [", at: index) else { return nil }
        let close = bytes.index(of: UInt8(ascii: "]"), from: index)
        guard close < bytes.count else { return nil }
        let span = ByteSpan(index + 2, close)
        index = close + 1
        return span
    }

    private static func readLevel(_ bytes: Span<UInt8>, _ span: ByteSpan, into record: inout ErrorLogRecord) {
        let colon = min(bytes.index(of: 0x3a, from: Int(span.start)), Int(span.end))
        guard colon < Int(span.end) else {
            record.levelSpan = span
            return
        }
        if colon > Int(span.start) { record.componentSpan = ByteSpan(Int(span.start), colon) }
        record.levelSpan = ByteSpan(colon + 1, Int(span.end))
    }

    /// `[pid 10:tid 14012]`, `[client 192.0.2.1:50229]`, `[remote 192.0.2.1:0]`, in the order written; ModSecurity repeats the client.
    private static func readBrackets(_ bytes: Span<UInt8>, _ index: inout Int, into record: inout ErrorLogRecord) {
        while true {
            let before = index
            guard let span = bracket(bytes, &index) else { return }
            let start = Int(span.start)
            if bytes.hasPrefix("pid ", at: start) {
                var position = start + 4
                record.processSpan = ErrorLogParser.digits(bytes, &position)
                if bytes.hasPrefix(":tid ", at: position) {
                    position += 5
                    record.threadSpan = ErrorLogParser.digits(bytes, &position)
                }
            } else if bytes.hasPrefix("client ", at: start) || bytes.hasPrefix("remote ", at: start) {
                if record.clientSpan == nil {
                    ErrorLogParser.readPeer(bytes, ByteSpan(start + 7, Int(span.end)), into: &record)
                }
            } else {
                index = before
                return
            }
        }
    }

    /// `(70014)End of file found: `, in front of the client.
    private static func readSystemError(_ bytes: Span<UInt8>, _ index: inout Int, into record: inout ErrorLogRecord) {
        guard bytes.hasPrefix(" (", at: index) else { return }
        var position = index + 2
        guard let code = ErrorLogParser.digits(bytes, &position), position < bytes.count, bytes[position] == UInt8(ascii: ")")
        else { return }
        let start = position + 1
        var end = bytes.index(of: 0x3a, from: start)
        while end < bytes.count, !bytes.hasPrefix(": ", at: end) { end = bytes.index(of: 0x3a, from: end + 1) }
        guard end < bytes.count else { return }
        record.systemCodeSpan = code
        record.systemTextSpan = ByteSpan(start, end)
        index = end + 1
    }

    /// `AH01618: `.
    private static func readCode(_ bytes: Span<UInt8>, _ index: inout Int, into record: inout ErrorLogRecord) {
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        guard bytes.hasPrefix("AH", at: index) else { return }
        var position = index + 2
        guard let digits = ErrorLogParser.digits(bytes, &position), digits.count == 5, bytes.hasPrefix(": ", at: position) else {
            return
        }
        record.codeSpan = ByteSpan(index, position)
        index = position + 2
    }
}
