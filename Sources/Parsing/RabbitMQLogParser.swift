/// Reads `2026-11-23 14:14:44.123456+00:00 [error] <0.1234.0> text`, RabbitMQ's log since 3.7 (older ones without the zone).
enum RabbitMQLogParser {
    static func parse(_ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>) -> ErrorLogRecord? {
        var index = 0
        guard let midnight = ErrorLogParser.date(bytes, &index, separator: UInt8(ascii: "-")), index < bytes.count,
            bytes[index] == 0x20
        else { return nil }
        index += 1
        guard let time = ErrorLogParser.timeOfDay(bytes, &index) else { return nil }
        let zone = ErrorLogParser.zone(bytes, &index)
        guard bytes.hasPrefix(" [", at: index) else { return nil }
        let close = bytes.index(of: UInt8(ascii: "]"), from: index)
        guard bytes.hasPrefix(" <", at: close + 1) else { return nil }
        let end = bytes.index(of: UInt8(ascii: ">"), from: close)
        guard end < bytes.count, isProcess(bytes, close + 3, end) else { return nil }
        var record = ErrorLogRecord(.rabbitmq, line)
        record.timestamp = midnight + time - zone
        record.levelSpan = ByteSpan(index + 2, close)
        record.processSpan = ByteSpan(close + 3, end)
        index = end + 1
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        record.messageSpan = ByteSpan(index, bytes.count)
        readPeer(bytes, index, into: &record)
        return record
    }

    /// An Erlang process: `0.1234.0`.
    private static func isProcess(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard start < end, end - start <= 32 else { return false }
        for index in start..<end where !bytes[index].isDigit && bytes[index] != 0x2e { return false }
        return true
    }

    /// `connection <0.1.0> (192.0.2.1:40612 -> 10.0.0.2:5672 …)`: nothing before it is the client's to write.
    private static func readPeer(_ bytes: Span<UInt8>, _ start: Int, into record: inout ErrorLogRecord) {
        var open = bytes.index(of: UInt8(ascii: "("), from: start)
        while open < bytes.count {
            let end = bytes.index(of: 0x20, from: open)
            if bytes.hasPrefix(" -> ", at: end) {
                ErrorLogParser.readPeer(bytes, ByteSpan(open + 1, end), into: &record)
                return
            }
            open = bytes.index(of: UInt8(ascii: "("), from: open + 1)
        }
    }
}
