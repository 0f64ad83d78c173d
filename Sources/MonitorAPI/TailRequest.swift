import HTTPTypes
import LogQL
import NIOHTTP1
import Telemetry

/// What a client wants to follow.
struct TailRequest: Sendable {
    static let path = "/loki/api/v1/tail"
    /// Longest wait for entries that come out of order, in seconds.
    static let maximumDelaySeconds = 5

    let query: LogTailQuery
    /// The entries that there are already, which come first.
    let history: LogQLRequest
    let delaySeconds: Int
    let encoding: LokiEncoding

    /// Reads `query`, `start`, `limit` and `delay_for`.
    init(_ parameters: LokiParameters, _ encoding: LokiEncoding) throws {
        let text = try parameters.query()
        query = try LogTailQuery(text, categorizesLabels: encoding.categorizesLabels)
        let start = try parameters.time("start") ?? parameters.now - 3_600_000_000_000
        // Entries may be dated a little ahead.
        var history = LogQLRequest(
            text, .range(from: start, to: max(start, parameters.now + 3_600_000_000_000), step: 1_000_000_000))
        history.limit = try parameters.limit()
        history.categorizesLabels = encoding.categorizesLabels
        self.history = history
        let delay = parameters["delay_for"] ?? "0"
        guard let seconds = Int(delay), (0...TailRequest.maximumDelaySeconds).contains(seconds) else {
            throw APIError(
                .badData, "parameter \"delay_for\": \"\(delay)\" is not from 0 to \(TailRequest.maximumDelaySeconds) seconds")
        }
        delaySeconds = seconds
        self.encoding = encoding
    }

    /// Reads the head of a request to change to WebSocket.
    init(_ head: HTTPRequestHead, now: Nanoseconds) throws {
        let parts = head.uri.split(separator: "?", maxSplits: 1)
        guard parts.first.map(String.init) == TailRequest.path else {
            throw APIError(.notFound, "only \(TailRequest.path) speaks WebSocket")
        }
        if head.headers.contains(name: "Origin") {
            throw APIError(.badData, "logs are not shown to web pages; use magewatch, logcli or Grafana's server")
        }
        let parameters = try RequestParameters(query: parts.count > 1 ? String(parts[1]) : "")
        let flags = head.headers[canonicalForm: "X-Loki-Response-Encoding-Flags"].joined(separator: ",")
        try self.init(LokiParameters(all: parameters, now: now), LokiEncoding(flags: flags))
    }
}
