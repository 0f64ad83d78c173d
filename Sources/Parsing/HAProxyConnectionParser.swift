/// Reads what HAProxy writes of connections rather than requests: `option tcplog`, and connections that failed before there was one,
/// `client:port [date] frontend/bind: SSL handshake failure`.
package enum HAProxyConnectionParser {
    /// The connection, or the failure; nil where the line is of another kind.
    package static func parse(_ line: ArraySlice<UInt8>) -> LogRecord? {
        guard line.count <= AccessLogParser.maximumLineBytes else { return nil }
        let bytes = line.span
        guard let date = AccessLogDate.find(in: bytes), date.zoneSeconds == nil,
            let client = HAProxyLogParser.client(bytes, upTo: date.start)
        else { return nil }
        var index = date.end
        guard let first = HAProxyLogParser.word(bytes, &index) else { return nil }
        if bytes[Int(first.end) - 1] == 0x3a { return failure(line, bytes, date, client, first) }
        return connection(line, bytes, date, client, first, index).map { .connection($0) }
    }

    private static func connection(
        _ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>, _ date: AccessLogDate, _ client: HAProxyLogParser.Client,
        _ frontend: ByteSpan, _ start: Int
    ) -> ConnectionRecord? {
        var index = start
        guard let route = HAProxyLogParser.word(bytes, &index), let times = HAProxyLogParser.word(bytes, &index),
            let size = HAProxyLogParser.word(bytes, &index), let state = HAProxyLogParser.word(bytes, &index), state.count == 2
        else { return nil }
        var record = ConnectionRecord(line: line, timestamp: date.timestamp)
        record.clientSpan = client.address
        record.frontendSpan = HAProxyLogParser.withoutMark(bytes, frontend)
        record.terminationSpan = state
        let slash = bytes.index(of: 0x2f, from: Int(route.start))
        guard slash < Int(route.end) else { return nil }
        record.backendSpan = ByteSpan(Int(route.start), slash)
        if !bytes.hasPrefix("<NOSRV>", at: slash + 1) { record.serverSpan = ByteSpan(slash + 1, Int(route.end)) }
        var seconds: [3 of Double?] = [nil, nil, nil]
        var position = Int(times.start)
        for number in 0..<3 {
            if position < bytes.count, bytes[position] == 0x2b { position += 1 }
            guard let milliseconds = AccessLogParser.integer(bytes, &position) else { return nil }
            seconds[number] = milliseconds < 0 ? nil : Double(milliseconds) / 1_000
            let isLast = number == 2
            guard isLast ? position == Int(times.end) : position < Int(times.end) && bytes[position] == 0x2f else { return nil }
            position += 1
        }
        (record.queueSeconds, record.connectSeconds, record.durationSeconds) = (seconds[0], seconds[1], seconds[2])
        position = Int(size.start)
        if bytes[position] == 0x2b { position += 1 }
        guard let count = AccessLogParser.integer(bytes, &position), position == Int(size.end) else { return nil }
        record.bytes = count
        return record
    }

    private static func failure(
        _ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>, _ date: AccessLogDate, _ client: HAProxyLogParser.Client,
        _ name: ByteSpan
    ) -> LogRecord? {
        let slash = bytes.index(of: 0x2f, from: Int(name.start))
        guard slash < Int(name.end) else { return nil }
        var record = ErrorLogRecord(.haproxy, line)
        record.timestamp = date.timestamp
        record.clientSpan = client.address
        record.clientPortSpan = client.port
        record.componentSpan = ByteSpan(Int(name.start), slash)
        record.serverSpan = ByteSpan(slash + 1, Int(name.end) - 1)
        record.messageSpan = ByteSpan(min(Int(name.end) + 1, bytes.count), bytes.count)
        return .error(record)
    }
}
