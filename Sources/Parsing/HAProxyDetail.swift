/// What else HAProxy's line of a request tells: phases, counts and queues, for those who ask. Requests are read without it.
package struct HAProxyDetail: Sendable, Equatable {
    /// The peer's port.
    package let clientPort: Int
    /// Milliseconds of the phases: the request, the queue, the connection, the answer, all; -1 where one was not reached.
    package let milliseconds: [5 of Int]
    /// Captured cookies, `-` where there are none.
    package let requestCookie: ArraySlice<UInt8>
    package let responseCookie: ArraySlice<UInt8>
    /// Connections at the time: of the process, the frontend, the backend, the server; and retries.
    package let connections: [5 of Int]
    /// Requests queued before this one, for the server and for the backend.
    package let queues: [2 of Int]

    /// The detail of a record; nil where it is not HAProxy's, or cut.
    package init?(_ record: AccessRecord) {
        guard record.format == .haproxyHTTP else { return nil }
        let bytes = record.line.span
        guard let date = AccessLogDate.find(in: bytes), let client = HAProxyLogParser.client(bytes, upTo: date.start) else {
            return nil
        }
        var index = date.end
        var words: [9 of ByteSpan] = .init(repeating: ByteSpan(0, 0))
        for position in 0..<10 {
            guard let word = HAProxyLogParser.word(bytes, &index) else { return nil }
            if position > 0 { words[position - 1] = word }
        }
        var port = Int(client.port.start)
        guard let clientPort = AccessLogParser.integer(bytes, &port),
            let milliseconds = HAProxyDetail.five(bytes, words[1]), let connections = HAProxyDetail.five(bytes, words[7]),
            let (server, backend) = HAProxyDetail.two(bytes, words[8])
        else { return nil }
        self.clientPort = Int(clientPort)
        self.milliseconds = milliseconds
        self.connections = connections
        queues = [server, backend]
        requestCookie = HAProxyDetail.slice(record.line, words[4])
        responseCookie = HAProxyDetail.slice(record.line, words[5])
    }

    package static func == (left: HAProxyDetail, right: HAProxyDetail) -> Bool {
        guard left.clientPort == right.clientPort, left.requestCookie == right.requestCookie,
            left.responseCookie == right.responseCookie
        else { return false }
        for index in 0..<5
        where left.milliseconds[index] != right.milliseconds[index] || left.connections[index] != right.connections[index] {
            return false
        }
        return left.queues[0] == right.queues[0] && left.queues[1] == right.queues[1]
    }

    private static func slice(_ line: ArraySlice<UInt8>, _ span: ByteSpan) -> ArraySlice<UInt8> {
        line[line.startIndex + Int(span.start)..<line.startIndex + Int(span.end)]
    }

    private static func five(_ bytes: Span<UInt8>, _ span: ByteSpan) -> [5 of Int]? {
        var numbers: [5 of Int] = .init(repeating: 0)
        var index = Int(span.start)
        for position in 0..<5 {
            if index < bytes.count, bytes[index] == 0x2b { index += 1 }
            guard let number = AccessLogParser.integer(bytes, &index) else { return nil }
            numbers[position] = Int(number)
            if position < 4 {
                guard index < Int(span.end), bytes[index] == 0x2f else { return nil }
                index += 1
            }
        }
        return numbers
    }

    private static func two(_ bytes: Span<UInt8>, _ span: ByteSpan) -> (Int, Int)? {
        var index = Int(span.start)
        guard let first = AccessLogParser.integer(bytes, &index), index < Int(span.end), bytes[index] == 0x2f else { return nil }
        index += 1
        return AccessLogParser.integer(bytes, &index).map { (Int(first), Int($0)) }
    }
}
