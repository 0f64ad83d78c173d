/// Reads `client:port [date] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes cookies TTTT counts queues {…} {…} "request"`.
enum HAProxyLogParser {
    static func parse(_ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>, _ date: AccessLogDate) -> AccessRecord? {
        var record = AccessRecord(format: .haproxyHTTP, line: line)
        record.timestamp = date.timestamp
        guard let client = client(bytes, upTo: date.start) else { return nil }
        record.clientSpan = client.address
        var index = date.end
        guard let frontend = word(bytes, &index), let route = word(bytes, &index), let times = word(bytes, &index),
            readTimes(bytes, times, into: &record), readRoute(bytes, frontend, route, into: &record),
            readAnswer(bytes, &index, into: &record)
        else { return nil }
        readState(bytes, &index, into: &record)
        readCaptures(bytes, &index, into: &record)
        guard index < bytes.count, bytes[index] == 0x22 else {
            record.isMalformed = true
            record.isCut = true
            return record
        }
        let request = CombinedLogParser.quoted(bytes, &index)
        AccessLogParser.readRequest(bytes, request.span, isCut: !request.isClosed, into: &record)
        return record
    }

    /// Who connected.
    struct Client {
        var address: ByteSpan
        var port: ByteSpan
    }

    /// The last word before the date, split at its last colon: IPv6 addresses stand without brackets.
    static func client(_ bytes: Span<UInt8>, upTo end: Int) -> Client? {
        guard end >= 2, bytes[end - 1] == 0x20 else { return nil }
        var start = end - 1
        while start > 0, bytes[start - 1] != 0x20 { start -= 1 }
        var colon = end - 2
        while colon > start, bytes[colon] != 0x3a { colon -= 1 }
        guard colon > start else { return nil }
        return Client(address: ByteSpan(start, colon), port: ByteSpan(colon + 1, end - 1))
    }

    /// A frontend's name without the `~` that marks TLS.
    static func withoutMark(_ bytes: Span<UInt8>, _ frontend: ByteSpan) -> ByteSpan {
        ByteSpan(Int(frontend.start), Int(frontend.end) - (bytes[Int(frontend.end) - 1] == 0x7e ? 1 : 0))
    }

    private static func readRoute(
        _ bytes: Span<UInt8>, _ frontend: ByteSpan, _ route: ByteSpan, into record: inout AccessRecord
    ) -> Bool {
        record.frontendSpan = withoutMark(bytes, frontend)
        let slash = bytes.index(of: 0x2f, from: Int(route.start))
        guard slash < Int(route.end) else { return false }
        record.backendSpan = ByteSpan(Int(route.start), slash)
        if !bytes.hasPrefix("<NOSRV>", at: slash + 1) { record.serverSpan = ByteSpan(slash + 1, Int(route.end)) }
        return true
    }

    /// Five times in ms, -1 where a phase was not reached; the last, Ta, may carry a `+`. A TCP log has three: not ours.
    private static func readTimes(_ bytes: Span<UInt8>, _ span: ByteSpan, into record: inout AccessRecord) -> Bool {
        var index = Int(span.start)
        for position in 0..<5 {
            if index < bytes.count, bytes[index] == 0x2b { index += 1 }
            guard let milliseconds = AccessLogParser.integer(bytes, &index) else { return false }
            if position == 4 {
                record.durationSeconds = milliseconds < 0 ? nil : Double(milliseconds) / 1_000
                return index == Int(span.end)
            }
            guard index < Int(span.end), bytes[index] == 0x2f else { return false }
            index += 1
        }
        return false
    }

    private static func readAnswer(_ bytes: Span<UInt8>, _ index: inout Int, into record: inout AccessRecord) -> Bool {
        guard let status = number(bytes, &index), (-1...999).contains(status), let size = number(bytes, &index) else {
            return false
        }
        record.status = Int(status)
        record.bytes = size
        return true
    }

    private static func number(_ bytes: Span<UInt8>, _ index: inout Int) -> Int64? {
        guard let span = word(bytes, &index) else { return nil }
        var position = Int(span.start)
        if bytes[position] == 0x2b { position += 1 }
        guard let value = AccessLogParser.integer(bytes, &position), position == Int(span.end) else { return nil }
        return value
    }

    /// Two cookies, the termination state, connection counts and queues; leaves `index` at what follows.
    private static func readState(_ bytes: Span<UInt8>, _ index: inout Int, into record: inout AccessRecord) {
        record.cookieSpan = word(bytes, &index)
        _ = word(bytes, &index)
        if let state = word(bytes, &index), state.count == 4 { record.terminationSpan = state }
        _ = word(bytes, &index)
        _ = word(bytes, &index)
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
    }

    /// Up to two blocks in braces. Inside, HAProxy writes braces as `#HH`, so the first closing one ends the block.
    private static func readCaptures(_ bytes: Span<UInt8>, _ index: inout Int, into record: inout AccessRecord) {
        for block in 0..<2 {
            guard index < bytes.count, bytes[index] == 0x7b else { return }
            let end = bytes.index(of: 0x7d, from: index)
            let span = ByteSpan(index + 1, end)
            if block == 0 {
                record.requestCapturesSpan = span
                readRequestHeaders(bytes, span, into: &record)
            } else {
                record.responseCapturesSpan = span
            }
            index = min(end + 1, bytes.count)
            while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        }
    }

    /// The customary order of captures: Host, User-Agent, Referer. It is believed only where the first looks like a host.
    private static func readRequestHeaders(_ bytes: Span<UInt8>, _ span: ByteSpan, into record: inout AccessRecord) {
        var start = Int(span.start)
        for position in 0..<3 where start <= Int(span.end) {
            let end = min(bytes.index(of: 0x7c, from: start), Int(span.end))
            let value = AccessLogParser.present(bytes, ByteSpan(start, end))
            switch position {
            case 0:
                guard isHost(bytes, ByteSpan(start, end)) else { return }
                record.hostSpan = value
            case 1: record.userAgentSpan = value
            default: record.refererSpan = value
            }
            start = end + 1
        }
    }

    private static func isHost(_ bytes: Span<UInt8>, _ span: ByteSpan) -> Bool {
        // As long as a session's digest and no point in it: a name has one, and labels end at 63.
        guard !span.isEmpty, span.count < 64 || bytes.index(of: 0x2e, from: Int(span.start)) < Int(span.end) else { return false }
        for index in span.range {
            let byte = bytes[index]
            guard byte.isLetter || byte.isDigit || byte == 0x2e || byte == 0x2d || byte == 0x3a else { return false }
        }
        return true
    }

    /// The next word, without the blanks before it; nil at the line's end.
    static func word(_ bytes: Span<UInt8>, _ index: inout Int) -> ByteSpan? {
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        guard index < bytes.count else { return nil }
        let start = index
        index = bytes.index(of: 0x20, from: start)
        return ByteSpan(start, index)
    }
}
