/// Reads `2026/11/23 14:14:44 [error] pid#tid: *connection text, client: address, server: …, request: "…", host: "…"`.
enum NginxErrorParser {
    static func parse(_ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>) -> ErrorLogRecord? {
        var index = 0
        guard let midnight = ErrorLogParser.date(bytes, &index, separator: UInt8(ascii: "/")), bytes[index] == 0x20 else {
            return nil
        }
        index += 1
        guard let time = ErrorLogParser.timeOfDay(bytes, &index), bytes.hasPrefix(" [", at: index) else { return nil }
        var record = ErrorLogRecord(.nginx, line)
        record.timestamp = midnight + time
        let close = bytes.index(of: UInt8(ascii: "]"), from: index)
        guard close + 2 < bytes.count else { return nil }
        record.levelSpan = ByteSpan(index + 2, close)
        index = close + 2
        guard let process = ErrorLogParser.digits(bytes, &index), index < bytes.count, bytes[index] == UInt8(ascii: "#") else {
            return nil
        }
        index += 1
        record.processSpan = process
        record.threadSpan = ErrorLogParser.digits(bytes, &index)
        guard bytes.hasPrefix(": ", at: index) else { return nil }
        index += 2
        if index < bytes.count, bytes[index] == UInt8(ascii: "*") {
            index += 1
            record.connectionSpan = ErrorLogParser.digits(bytes, &index)
            while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        }
        record.messageSpan = ByteSpan(index, bytes.count)
        readTail(bytes, index, into: &record)
        return record
    }

    /// What follows the text. Paths before it and headers behind it are the client's to choose, so that a second `, client: ` with
    /// another address may be the true one or not: then none is believed.
    private static func readTail(_ bytes: Span<UInt8>, _ start: Int, into record: inout ErrorLogRecord) {
        var index = start
        var isForged = false
        while index < bytes.count {
            guard bytes.hasPrefix(", client: ", at: index) else {
                index = bytes.index(of: UInt8(ascii: ","), from: index + 1)
                continue
            }
            let end = wordEnd(bytes, index + 10)
            let span = ByteSpan(index + 10, end)
            if let known = record.clientSpan {
                isForged = isForged || !equal(bytes, known, span)
            } else {
                record.clientSpan = span
                record.messageSpan = ByteSpan(start, index)
                readNames(bytes, end, into: &record)
            }
            index = max(end, index + 1)
        }
        if isForged { record.clientSpan = nil }
    }

    /// `, server: name, request: "…", upstream: "…", host: "…"`.
    private static func readNames(_ bytes: Span<UInt8>, _ start: Int, into record: inout ErrorLogRecord) {
        var index = start
        if bytes.hasPrefix(", server: ", at: index) {
            let end = wordEnd(bytes, index + 10)
            record.serverSpan = AccessLogParser.present(bytes, ByteSpan(index + 10, end))
            index = end
        }
        if bytes.hasPrefix(", request: \"", at: index) {
            record.requestSpan = quoted(bytes, index + 12)
            index = record.requestSpan.map { Int($0.end) + 1 } ?? index
        }
        while index < bytes.count {
            if bytes.hasPrefix(", host: \"", at: index) {
                record.hostSpan = quoted(bytes, index + 9)
                return
            }
            index = bytes.index(of: UInt8(ascii: ","), from: index + 1)
        }
    }

    private static func wordEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: ","), bytes[index] != 0x20 { index += 1 }
        return index
    }

    /// Up to the quote that a comma or the line's end follows: nginx escapes no quotes here.
    private static func quoted(_ bytes: Span<UInt8>, _ start: Int) -> ByteSpan {
        var index = start
        while index < bytes.count {
            if bytes[index] == 0x22, index + 1 >= bytes.count || bytes[index + 1] == UInt8(ascii: ",") { break }
            index += 1
        }
        return ByteSpan(start, index)
    }

    private static func equal(_ bytes: Span<UInt8>, _ left: ByteSpan, _ right: ByteSpan) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count where bytes[Int(left.start) + offset] != bytes[Int(right.start) + offset] { return false }
        return true
    }
}
