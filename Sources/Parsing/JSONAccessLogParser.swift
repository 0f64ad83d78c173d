import Telemetry

/// Reads access logs of one flat JSON object a line, as nginx writes them with `escape=json`, by the names that such formats go by.
///
/// Strings stay as they are written, escapes included. An object without a client, a status, and a request or URI is another kind of log.
enum JSONAccessLogParser {
    /// Members looked at in one object.
    private static let maximumMembers = 128

    private enum Field {
        case client, forwardedFor, host, method, uri, request, status, bytes, duration, referer, agent, user, time, milliseconds,
            session
    }

    private static let names: [(StaticString, Field)] = [
        ("remote_addr", .client), ("client_ip", .client), ("clientip", .client), ("client", .client), ("remote_ip", .client),
        ("http_x_forwarded_for", .forwardedFor), ("x_forwarded_for", .forwardedFor), ("xff", .forwardedFor), ("http_host", .host),
        ("host", .host), ("server_name", .host), ("request_method", .method), ("method", .method), ("request_uri", .uri),
        ("uri", .uri),
        ("url", .uri), ("request", .request), ("status", .status), ("body_bytes_sent", .bytes), ("bytes_sent", .bytes),
        ("bytes", .bytes),
        ("request_time", .duration), ("rt", .duration), ("http_referer", .referer), ("referer", .referer), ("referrer", .referer),
        ("http_user_agent", .agent), ("user_agent", .agent), ("ua", .agent), ("remote_user", .user), ("time_iso8601", .time),
        ("time", .time), ("timestamp", .time), ("@timestamp", .time), ("msec", .milliseconds),
        ("session", .session), ("session_id", .session), ("cookie_phpsessid", .session), ("cookie_PHPSESSID", .session),
    ]

    static func parse(_ line: ArraySlice<UInt8>, _ bytes: Span<UInt8>) -> AccessRecord? {
        var record = AccessRecord(format: .json, line: line)
        var hasStatus = false
        var index = 1
        for _ in 0..<maximumMembers {
            guard let member = nextMember(bytes, &index) else { break }
            guard
                let field = names.first(where: {
                    $0.0.utf8CodeUnitCount == member.key.count && bytes.hasPrefix($0.0, at: Int(member.key.start))
                })?.1
            else { continue }
            take(field, bytes, member.value, &record, &hasStatus)
        }
        guard hasStatus, !record.clientSpan.isEmpty, !record.uriSpan.isEmpty || !record.requestSpan.isEmpty else { return nil }
        return record
    }

    private static func take(
        _ field: Field, _ bytes: Span<UInt8>, _ value: ByteSpan, _ record: inout AccessRecord, _ hasStatus: inout Bool
    ) {
        var position = Int(value.start)
        switch field {
        case .client: record.clientSpan = value
        case .forwardedFor: record.forwardedForSpan = AccessLogParser.present(bytes, value)
        case .host: record.hostSpan = AccessLogParser.present(bytes, value)
        case .method: record.methodSpan = value
        case .uri: record.uriSpan = value
        case .request: AccessLogParser.readRequest(bytes, value, isCut: false, into: &record)
        case .status:
            guard let status = AccessLogParser.integer(bytes, &position), (0...999).contains(status) else { return }
            record.status = Int(status)
            hasStatus = true
        case .bytes: record.bytes = AccessLogParser.integer(bytes, &position) ?? 0
        case .duration: record.durationSeconds = decimal(bytes, value)
        case .referer: record.refererSpan = AccessLogParser.present(bytes, value)
        case .agent: record.userAgentSpan = AccessLogParser.present(bytes, value)
        case .session: record.sessionSpan = AccessLogParser.present(bytes, value)
        case .user: record.userSpan = AccessLogParser.present(bytes, value)
        case .time:
            guard record.timestamp == nil, value.count <= 64 else { return }
            let text = value.range.map { bytes[$0] }
            record.timestamp = SyslogTime.internet(text, in: 0..<text.count)?.nanoseconds
        case .milliseconds: record.timestamp = decimal(bytes, value).flatMap { $0 < 9e9 ? Int64($0 * 1e3) * 1_000_000 : nil }
        }
    }

    /// `1795443284.263`
    private static func decimal(_ bytes: Span<UInt8>, _ span: ByteSpan) -> Double? {
        var index = Int(span.start)
        guard let whole = AccessLogParser.integer(bytes, &index), whole >= 0 else { return nil }
        guard index < Int(span.end), bytes[index] == UInt8(ascii: ".") else { return Double(whole) }
        index += 1
        let start = index
        guard let fraction = AccessLogParser.integer(bytes, &index), fraction >= 0 else { return Double(whole) }
        var scale = 1.0
        for _ in start..<index { scale *= 10 }
        return Double(whole) + Double(fraction) / scale
    }

    /// The next member; a value that is an object or an array is skipped by what ends it. Nil at the end, or where the line is no JSON.
    private static func nextMember(_ bytes: Span<UInt8>, _ index: inout Int) -> (key: ByteSpan, value: ByteSpan)? {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            guard bytes[index] == 0x20 || bytes[index] == UInt8(ascii: ",") else { return nil }
            index += 1
        }
        guard let key = string(bytes, &index) else { return nil }
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == UInt8(ascii: ":") { index += 1 }
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "\"") { return string(bytes, &index).map { (key, $0) } }
        let start = index
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard string(bytes, &index) != nil else { return nil }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}") where depth == 0, UInt8(ascii: ",") where depth == 0: return (key, ByteSpan(start, index))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            index += 1
        }
        return nil
    }

    /// What stands between quotes; the index moves behind them.
    private static func string(_ bytes: Span<UInt8>, _ index: inout Int) -> ByteSpan? {
        guard index < bytes.count else { return nil }
        let start = index + 1
        var position = start
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count else { return nil }
        index = position + 1
        return ByteSpan(start, position)
    }
}
