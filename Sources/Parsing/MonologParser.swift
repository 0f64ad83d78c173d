/// Reads `[time] channel.LEVEL: message {context} [extra]`, as Monolog's line formatter writes it: Magento's system, exception, debug
/// and admin logs. The time is `Y-m-d H:i:s`, or ISO 8601 with a fraction and a zone.
enum MonologParser {
    static func parse(_ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>) -> ErrorLogRecord? {
        var index = 1
        guard let midnight = ErrorLogParser.date(bytes, &index, separator: UInt8(ascii: "-")), index < bytes.count,
            bytes[index] == 0x20 || bytes[index] == UInt8(ascii: "T")
        else { return nil }
        index += 1
        guard let time = ErrorLogParser.timeOfDay(bytes, &index) else { return nil }
        let zone = ErrorLogParser.zone(bytes, &index)
        guard bytes.hasPrefix("] ", at: index) else { return nil }
        var record = ErrorLogRecord(.monolog, line)
        record.timestamp = midnight + time - zone
        guard readChannel(bytes, index + 2, into: &record) else { return nil }
        splitContext(bytes, into: &record)
        return record
    }

    /// `main.CRITICAL: `; the channel may hold dots.
    private static func readChannel(_ bytes: Span<UInt8>, _ start: Int, into record: inout ErrorLogRecord) -> Bool {
        let colon = bytes.index(of: 0x3a, from: start)
        guard colon < bytes.count else { return false }
        var dot = colon - 1
        while dot > start, bytes[dot] != 0x2e {
            guard bytes[dot].isUpperCaseLetter else { return false }
            dot -= 1
        }
        guard dot > start, dot < colon - 1 else { return false }
        record.componentSpan = ByteSpan(start, dot)
        record.levelSpan = ByteSpan(dot + 1, colon)
        var index = colon + 1
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        record.messageSpan = ByteSpan(index, bytes.count)
        return true
    }

    /// The line ends in two JSON values, the context and the extra; what is before them is the message. An entry that goes on over more
    /// lines has them on its last.
    private static func splitContext(_ bytes: Span<UInt8>, into record: inout ErrorLogRecord) {
        let start = Int(record.messageSpan.start)
        var end = bytes.count
        while end > start, bytes[end - 1] == 0x20 { end -= 1 }
        guard let extra = jsonStart(bytes, start, end) else { return }
        var contextEnd = extra
        while contextEnd > start, bytes[contextEnd - 1] == 0x20 { contextEnd -= 1 }
        guard let context = jsonStart(bytes, start, contextEnd) else { return }
        record.contextSpan = ByteSpan(context, contextEnd)
        // A message that is empty, or all context, stays whole: extensions write their events so.
        guard context > start else {
            record.messageSpan = ByteSpan(start, contextEnd)
            return
        }
        var messageEnd = context
        while messageEnd > start, bytes[messageEnd - 1] == 0x20 { messageEnd -= 1 }
        record.messageSpan = ByteSpan(start, messageEnd)
    }

    /// Where the object or array that ends at `end` begins; nil where none ends there. Brackets in strings are passed over, read
    /// backwards: a quote behind an odd number of backslashes ends no string.
    private static func jsonStart(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        guard end > start, bytes[end - 1] == UInt8(ascii: "]") || bytes[end - 1] == UInt8(ascii: "}") else { return nil }
        var depth = 0
        var isQuoted = false
        var index = end - 1
        while index >= start {
            // Contexts are long, and of most bytes one look is enough: of brackets all bits but these are alike.
            let byte = bytes[index]
            guard byte == 0x22 || byte | 0x26 == 0x7f else {
                index -= 1
                continue
            }
            switch byte {
            case 0x22: if !isEscaped(bytes, index, start) { isQuoted.toggle() }
            case UInt8(ascii: "]") where !isQuoted, UInt8(ascii: "}") where !isQuoted: depth += 1
            case UInt8(ascii: "[") where !isQuoted, UInt8(ascii: "{") where !isQuoted:
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
            index -= 1
        }
        return nil
    }

    private static func isEscaped(_ bytes: Span<UInt8>, _ index: Int, _ start: Int) -> Bool {
        var backslashes = 0
        while index - backslashes - 1 >= start, bytes[index - backslashes - 1] == UInt8(ascii: "\\") { backslashes += 1 }
        return backslashes % 2 == 1
    }
}
