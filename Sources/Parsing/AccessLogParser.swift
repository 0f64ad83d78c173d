/// Recognises access log lines, by their date or as JSON objects, and reads them in one pass, without regular expressions or allocations.
///
/// Lines that are no JSON hold a date in brackets: with a zone it is a combined line, with milliseconds HAProxy's. What stands before the date
/// (a virtual host, a syslog header) and behind the user agent varies and is read where it can be told.
package enum AccessLogParser {
    /// Longest line looked at; a longer one is no access log.
    package static let maximumLineBytes = 1 << 20

    /// The request that a line tells of, or nil where the line is of another kind.
    package static func parse(_ line: ArraySlice<UInt8>) -> AccessRecord? {
        guard line.count <= maximumLineBytes else { return nil }
        let bytes = line.span
        if bytes.count > 1, bytes[0] == UInt8(ascii: "{") { return JSONAccessLogParser.parse(line, bytes) }
        guard let date = AccessLogDate.find(in: bytes) else { return nil }
        switch date.zoneSeconds {
        case .some: return CombinedLogParser.parse(line, bytes, date)
        case nil: return HAProxyLogParser.parse(line, bytes, date)
        }
    }

    /// Splits `METHOD URI VERSION` and fills the record's method, URI, host and flags.
    static func readRequest(_ bytes: Span<UInt8>, _ request: ByteSpan, isCut: Bool, into record: inout AccessRecord) {
        record.requestSpan = request
        record.isCut = isCut
        let (start, end) = (Int(request.start), Int(request.end))
        let firstBlank = min(bytes.index(of: 0x20, from: start), end)
        guard firstBlank > start, firstBlank < end || isCut, isMethod(bytes, start, firstBlank) else {
            record.isMalformed = true
            return
        }
        record.methodSpan = ByteSpan(start, firstBlank)
        let uriStart = min(firstBlank + 1, end)
        var uriEnd = end
        var lastBlank = end - 1
        while lastBlank > firstBlank, bytes[lastBlank] != 0x20 { lastBlank -= 1 }
        if lastBlank > firstBlank, bytes.hasPrefix("HTTP/", at: lastBlank + 1) {
            uriEnd = lastBlank
        } else if !isCut {
            record.isMalformed = true
        }
        readURI(bytes, uriStart, uriEnd, into: &record)
    }

    /// Takes scheme and host off an absolute URI; a blank inside marks the request malformed.
    private static func readURI(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, into record: inout AccessRecord) {
        record.uriSpan = ByteSpan(start, end)
        if bytes.index(of: 0x20, from: start) < end { record.isMalformed = true }
        guard start < end, bytes[start] | 0x20 == 0x68 else { return }
        let scheme = bytes.hasPrefix("http://", at: start) ? 7 : bytes.hasPrefix("https://", at: start) ? 8 : 0
        guard scheme > 0, start + scheme < end else { return }
        let path = min(bytes.index(of: 0x2f, from: start + scheme), end)
        record.hostSpan = ByteSpan(start + scheme, path)
        if path < end { record.uriSpan = ByteSpan(path, end) }
    }

    private static func isMethod(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start <= 32 else { return false }
        for index in start..<end {
            let byte = bytes[index]
            guard byte.isLetter || byte == 0x2d || byte == 0x5f else { return false }
        }
        return true
    }

    /// The span unless it is empty or a lone `-`.
    static func present(_ bytes: Span<UInt8>, _ span: ByteSpan) -> ByteSpan? {
        span.isEmpty || span.count == 1 && bytes[Int(span.start)] == 0x2d ? nil : span
    }

    /// A decimal integer at `index`, which moves behind it; nil where there is none or it is too large.
    static func integer(_ bytes: Span<UInt8>, _ index: inout Int) -> Int64? {
        var position = index
        var isNegative = false
        if position < bytes.count, bytes[position] == 0x2d {
            isNegative = true
            position += 1
        }
        let first = position
        var value: Int64 = 0
        while position < bytes.count, bytes[position].isDigit, position - first < 18 {
            value = value * 10 + Int64(bytes[position] - 0x30)
            position += 1
        }
        guard position > first else { return nil }
        index = position
        return isNegative ? -value : value
    }
}
