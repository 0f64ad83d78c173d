package import Telemetry

/// One request as an access log tells it: fields are slices of the line's bytes, so a record costs no allocation.
///
/// Text is as it was logged, escapes included: nginx writes `\xHH`, Apache C-style escapes, HAProxy `#HH`. Whoever compares text of
/// different producers decodes it first.
package struct AccessRecord: Sendable {
    /// Which log format a line was recognised as.
    package enum Format: String, Sendable {
        /// Common and combined, of nginx, Apache and Varnish, with or without a virtual host before the client.
        case combined
        /// HAProxy's `option httplog`.
        case haproxyHTTP
        /// One flat JSON object, of nginx and others.
        case json
    }

    package let format: Format
    /// The line the slices belong to.
    package let line: ArraySlice<UInt8>
    /// HTTP status; 0 where the log has none (`-`), -1 where HAProxy sent no answer.
    package internal(set) var status = 0
    /// Bytes sent; 0 where the log has `-`.
    package internal(set) var bytes: Int64 = 0
    /// HAProxy: the total time Ta. Combined: the first decimal number behind the user agent (nginx's `$request_time`), if any.
    package internal(set) var durationSeconds: Double?
    /// HAProxy's date has no zone and is taken as UTC.
    package internal(set) var timestamp: Nanoseconds?
    /// The request line is not `METHOD URI HTTP/x`: binary bytes, nothing at all, blanks in the URI, `<BADREQ>`.
    package internal(set) var isMalformed = false
    /// The line ends before its last field was closed: a payload may lie behind the cut.
    package internal(set) var isCut = false

    var clientSpan = ByteSpan(0, 0)
    var requestSpan = ByteSpan(0, 0)
    var methodSpan = ByteSpan(0, 0)
    var uriSpan = ByteSpan(0, 0)
    var userSpan: ByteSpan?
    var refererSpan: ByteSpan?
    var userAgentSpan: ByteSpan?
    var hostSpan: ByteSpan?
    var forwardedForSpan: ByteSpan?
    var frontendSpan: ByteSpan?
    var backendSpan: ByteSpan?
    var serverSpan: ByteSpan?
    var terminationSpan: ByteSpan?
    var requestCapturesSpan: ByteSpan?
    var responseCapturesSpan: ByteSpan?
    var cookieSpan: ByteSpan?
    var sessionSpan: ByteSpan?

    init(format: Format, line: ArraySlice<UInt8>) {
        self.format = format
        self.line = line
    }

    /// The peer's address (or host name), without a port: the load balancer where one stands in front.
    package var client: ArraySlice<UInt8> { AccessRecord.slice(line, clientSpan) }
    /// The whole request line, without its quotes.
    package var request: ArraySlice<UInt8> { AccessRecord.slice(line, requestSpan) }
    /// Empty where the request is malformed beyond telling.
    package var method: ArraySlice<UInt8> { AccessRecord.slice(line, methodSpan) }
    /// Path and query. Scheme and host of an absolute URI are taken off (see ``host``).
    package var uri: ArraySlice<UInt8> { AccessRecord.slice(line, uriSpan) }
    /// What stands behind `HTTP/`, where the request line has it.
    package var version: ArraySlice<UInt8>? {
        guard requestSpan.end > uriSpan.end, uriSpan.end > methodSpan.end else { return nil }
        let rest = AccessRecord.slice(line, ByteSpan(Int(uriSpan.end), Int(requestSpan.end))).drop { $0 == 0x20 }
        return rest.starts(with: "HTTP/".utf8) ? rest.dropFirst(5) : nil
    }
    /// The authenticated user, unless `-`.
    package var user: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, userSpan) }
    /// Nil where the log has none or `-`.
    package var referer: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, refererSpan) }
    /// Nil where the log has none or `-`.
    package var userAgent: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, userAgentSpan) }
    /// From the virtual host before the client, an absolute URI, or HAProxy's first request capture where it looks like a host name.
    package var host: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, hostSpan) }
    /// The list of addresses quoted behind the user agent (`$http_x_forwarded_for`), if it is one.
    package var forwardedFor: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, forwardedForSpan) }
    /// HAProxy: without the `~` that marks TLS.
    package var frontend: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, frontendSpan) }
    /// HAProxy.
    package var backend: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, backendSpan) }
    /// HAProxy; nil for `<NOSRV>`.
    package var server: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, serverSpan) }
    /// HAProxy: four letters, `----` where all went well.
    package var terminationState: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, terminationSpan) }
    /// HAProxy: what stands between the braces of the first block, values split by `|`.
    package var requestCaptures: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, requestCapturesSpan) }
    /// HAProxy: the second block. With one block only, it is taken for the request's.
    package var responseCaptures: ArraySlice<UInt8>? { AccessRecord.sliceIfAny(line, responseCapturesSpan) }
    /// The session: a JSON log's member of such a name; of HAProxy a captured value of 64 upper-case hexadecimal digits, which is a cookie's
    /// digest (`sha2(256),hex`), or else the cookie that it was told to capture. Found when asked for, as few ask.
    package var session: ArraySlice<UInt8>? {
        if let sessionSpan { return AccessRecord.slice(line, sessionSpan) }
        let digest = requestCaptures?.split(separator: UInt8(ascii: "|")).first {
            $0.count == 64 && $0.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x41 < 6 }
        }
        if let digest { return digest }
        guard let cookie = AccessRecord.sliceIfAny(line, cookieSpan), let equals = cookie.firstIndex(of: UInt8(ascii: "=")) else {
            return nil
        }
        return cookie[(equals + 1)...]
    }

    // Not methods: those would copy the whole record for each field that is read.
    private static func slice(_ line: ArraySlice<UInt8>, _ span: ByteSpan) -> ArraySlice<UInt8> {
        line[line.startIndex + Int(span.start)..<line.startIndex + Int(span.end)]
    }

    private static func sliceIfAny(_ line: ArraySlice<UInt8>, _ span: ByteSpan?) -> ArraySlice<UInt8>? {
        if let span { slice(line, span) } else { nil }
    }
}
