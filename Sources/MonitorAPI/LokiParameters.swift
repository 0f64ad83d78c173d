import Hummingbird
import LogQL
import Telemetry

/// Parameters as Loki's API takes them.
struct LokiParameters: Sendable {
    /// Entries a query returns where it names no limit.
    static let defaultLimit = 100
    /// Most entries a query may ask for.
    static let maximumLimit = 50_000

    let all: RequestParameters
    let now: Nanoseconds

    subscript(name: String) -> String? { all[name].flatMap { $0.isEmpty ? nil : $0 } }

    func query() throws(APIError) -> String { try all.required("query") }

    /// The matchers of a selector; `{}` and nothing at all stand for every stream.
    func selector(_ name: String = "query") throws -> [LabelMatcher] {
        guard let text = self[name], text.filter({ !$0.isWhitespace }) != "{}" else { return [] }
        return try LogQLParser.parseSelector(text)
    }

    func limit(_ name: String = "limit", default fallback: Int = LokiParameters.defaultLimit) throws(APIError) -> Int {
        guard let text = self[name] else { return fallback }
        guard let limit = Int(text), limit > 0 else {
            throw APIError(.badData, "parameter \"\(name)\": \"\(text)\" is not a positive number")
        }
        guard limit <= LokiParameters.maximumLimit else {
            throw APIError(.badData, "parameter \"\(name)\": \(limit) is more than the most, \(LokiParameters.maximumLimit)")
        }
        return limit
    }

    func direction() throws(APIError) -> LogSelection.Direction {
        guard let text = self["direction"] else { return .backward }
        guard let direction = LogSelection.Direction(rawValue: text.lowercased()) else {
            throw APIError(.badData, "parameter \"direction\": \"\(text)\" is neither forward nor backward")
        }
        return direction
    }

    /// Distance of a range's points: a 250th of the range, and at least a second, where nothing is said.
    func step(_ range: Range<Nanoseconds>) throws(APIError) -> Nanoseconds {
        guard let text = self["step"] else { return max(1_000_000_000, (range.upperBound - range.lowerBound) / 250) }
        guard let seconds = TimeParameter.seconds(text), seconds >= 0.001, seconds < 1e9 else {
            throw APIError(.badData, "parameter \"step\": \"\(text)\" is not a positive number of seconds or a duration")
        }
        return Int64(seconds * 1e9)
    }

    /// The last hour where nothing is said, as Loki does; `since` counts back from the end.
    func timeRange() throws(APIError) -> Range<Nanoseconds> {
        let end = try time("end") ?? now
        var since = 3600.0
        if let text = self["since"] {
            guard let seconds = TimeParameter.seconds(text), seconds >= 0, seconds < 4e9 else {
                throw APIError(.badData, "parameter \"since\": \"\(text)\" is not a duration such as 5m or 1h")
            }
            since = seconds
        }
        let start = try time("start") ?? end - Int64(since * 1e9)
        guard start <= end else { throw APIError(.badData, "parameter \"end\" lies before \"start\"") }
        return start..<end
    }

    func time(_ name: String) throws(APIError) -> Nanoseconds? {
        guard let text = self[name] else { return nil }
        guard let time = TimeParameter.nanoseconds(text) else {
            throw APIError(.badData, "parameter \"\(name)\": \"\(text)\" is neither nanoseconds, seconds nor an RFC 3339 time")
        }
        return time
    }
}
