/// Reads `client ident user [date] "request" status bytes "referer" "user agent" …`.
enum CombinedLogParser {
    static func parse(_ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>, _ date: AccessLogDate) -> AccessRecord? {
        var record = AccessRecord(format: .combined, line: line)
        record.timestamp = date.timestamp
        guard readPrefix(bytes, upTo: date.start, into: &record), bytes.hasPrefix(" \"", at: date.end) else { return nil }
        var index = date.end + 1
        let request = quoted(bytes, &index)
        AccessLogParser.readRequest(bytes, request.span, isCut: !request.isClosed, into: &record)
        guard request.isClosed, readNumbers(bytes, &index, into: &record) else { return request.isClosed ? nil : record }
        readTail(bytes, index, into: &record)
        return record
    }

    /// What stands before the date: `[syslog header:] [virtual host] client ident user`.
    private static func readPrefix(_ bytes: Span<UInt8>, upTo end: Int, into record: inout AccessRecord) -> Bool {
        // Only the first four words say anything; a user name may hold blanks.
        var words = [4 of ByteSpan](repeating: ByteSpan(0, 0))
        var count = 0
        var index = 0
        while index < end {
            if bytes[index] == 0x20 {
                index += 1
                continue
            }
            let wordEnd = min(bytes.index(of: 0x20, from: index), end)
            if isSyslogTag(bytes, index, wordEnd) {
                count = 0
            } else {
                if count < 4 { words[count] = ByteSpan(index, wordEnd) }
                count += 1
            }
            index = wordEnd
        }
        guard count >= 3, end > 0, bytes[end - 1] == 0x20 else { return false }
        let hasVirtualHost =
            count >= 4 && AccessLogParser.present(bytes, words[1]) != nil
            && (isAddress(bytes, words[1]) || AccessLogParser.present(bytes, words[2]) == nil)
        record.clientSpan = words[hasVirtualHost ? 1 : 0]
        let userStart = Int(words[hasVirtualHost ? 3 : 2].start)
        record.userSpan = AccessLogParser.present(bytes, ByteSpan(userStart, end - 1))
        if hasVirtualHost { record.hostSpan = withoutPort(bytes, words[0]) }
        return true
    }

    /// `nginx:`, `web1[12]:`, but not an IPv6 address that ends in `::`.
    private static func isSyslogTag(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        bytes[end - 1] == 0x3a && !isAddress(bytes, ByteSpan(start, end))
    }

    private static func isAddress(_ bytes: Span<UInt8>, _ span: ByteSpan) -> Bool {
        var separators = 0
        for index in span.range {
            let byte = bytes[index]
            if byte == 0x2e || byte == 0x3a {
                separators += 1
            } else if !byte.isHexDigit {
                return false
            }
        }
        return separators >= 2
    }

    private static func withoutPort(_ bytes: Span<UInt8>, _ span: ByteSpan) -> ByteSpan {
        var index = Int(span.end) - 1
        while index > Int(span.start), bytes[index].isDigit { index -= 1 }
        return bytes[index] == 0x3a && index > Int(span.start) ? ByteSpan(Int(span.start), index) : span
    }

    /// ` status bytes`, each a number or `-`; a line cut within them is kept as far as it goes.
    private static func readNumbers(_ bytes: Span<UInt8>, _ index: inout Int, into record: inout AccessRecord) -> Bool {
        guard let status = number(bytes, &index) else { return atEnd(bytes, index, &record) }
        guard status <= 999 else { return false }
        record.status = Int(status)
        guard let size = number(bytes, &index) else { return atEnd(bytes, index, &record) }
        record.bytes = size
        return true
    }

    private static func atEnd(_ bytes: Span<UInt8>, _ index: Int, _ record: inout AccessRecord) -> Bool {
        record.isCut = true
        return index >= bytes.count || index == bytes.count - 1 && bytes[index] == 0x20
    }

    private static func number(_ bytes: Span<UInt8>, _ index: inout Int) -> Int64? {
        guard index + 1 < bytes.count, bytes[index] == 0x20 else { return nil }
        if bytes[index + 1] == 0x2d, index + 2 >= bytes.count || bytes[index + 2] == 0x20 {
            index += 2
            return 0
        }
        var digits = index + 1
        guard bytes[digits].isDigit, let value = AccessLogParser.integer(bytes, &digits) else { return nil }
        guard digits >= bytes.count || bytes[digits] == 0x20 else { return nil }
        index = digits
        return value
    }

    /// Referer and user agent, then whatever was added: a quoted list of addresses, the request's time.
    private static func readTail(_ bytes: Span<UInt8>, _ start: Int, into record: inout AccessRecord) {
        var index = start
        var quotedFields = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 {
                let field = quoted(bytes, &index)
                if !field.isClosed { record.isCut = true }
                take(bytes, field.span, number: quotedFields, into: &record)
                quotedFields += 1
            } else if byte == 0x20 {
                index += 1
            } else {
                let end = bytes.index(of: 0x20, from: index)
                if record.durationSeconds == nil { record.durationSeconds = seconds(bytes, index, end) }
                index = end
            }
        }
    }

    private static func take(_ bytes: Span<UInt8>, _ span: ByteSpan, number: Int, into record: inout AccessRecord) {
        switch number {
        case 0: record.refererSpan = AccessLogParser.present(bytes, span)
        case 1: record.userAgentSpan = AccessLogParser.present(bytes, span)
        default:
            guard record.forwardedForSpan == nil, isAddressList(bytes, span) else { return }
            record.forwardedForSpan = span
        }
    }

    private static func isAddressList(_ bytes: Span<UInt8>, _ span: ByteSpan) -> Bool {
        var separators = 0
        for index in span.range {
            switch bytes[index] {
            case 0x2e, 0x3a: separators += 1
            case 0x20, 0x2c, 0x5b, 0x5d: continue
            case let byte where byte.isHexDigit: continue
            default: return false
            }
        }
        return separators >= 2
    }

    /// A number with a decimal point, or one named `rt=` or `request_time=`; a bare integer could be anything.
    private static func seconds(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Double? {
        var index = start
        if bytes.hasPrefix("rt=", at: start) { index += 3 }
        if bytes.hasPrefix("request_time=", at: start) { index += 13 }
        guard index < end, bytes[index].isDigit, let whole = AccessLogParser.integer(bytes, &index), index < end,
            bytes[index] == 0x2e
        else { return nil }
        index += 1
        let fractionStart = index
        guard let fraction = AccessLogParser.integer(bytes, &index), index == end else { return nil }
        var scale = 1.0
        for _ in fractionStart..<index { scale *= 10 }
        return Double(whole) + Double(fraction) / scale
    }

    /// The field whose opening quote is at `index`, which moves behind the closing one. A quote inside is one that is escaped or that no
    /// blank follows.
    static func quoted(_ bytes: Span<UInt8>, _ index: inout Int) -> (span: ByteSpan, isClosed: Bool) {
        let start = index + 1
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x5c {
                position += 2
                continue
            }
            if byte == 0x22, position + 1 >= bytes.count || bytes[position + 1] == 0x20 {
                index = position + 1
                return (ByteSpan(start, position), true)
            }
            position += 1
        }
        index = bytes.count
        return (ByteSpan(start, bytes.count), false)
    }
}
