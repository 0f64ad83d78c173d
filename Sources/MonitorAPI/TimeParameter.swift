import Foundation
import Telemetry

/// Times and durations as the Prometheus and Loki APIs take them.
enum TimeParameter {
    /// Furthest time from 1970 in milliseconds, some 285,000 years: arithmetic with durations can't overflow.
    static let maximumMilliseconds: Milliseconds = 9_000_000_000_000_000
    /// Furthest time from 1970 in nanoseconds, some 146 years, for the same reason.
    static let maximumNanoseconds = Nanoseconds.max / 2

    /// Nanoseconds from float seconds, integer nanoseconds (from 17 digits on) or RFC 3339.
    static func nanoseconds(_ text: String) -> Nanoseconds? {
        if let whole = Int64(text) {
            guard whole.magnitude > 10_000_000_000_000_000 else {
                return scaled(Double(whole), by: 1e9, most: maximumNanoseconds)
            }
            return whole.magnitude <= maximumNanoseconds ? whole : nil
        }
        if let seconds = Double(text) { return scaled(seconds, by: 1e9, most: maximumNanoseconds) }
        guard let (seconds, nanoseconds) = rfc3339(text), abs(seconds) < maximumNanoseconds / 1_000_000_000 else { return nil }
        return seconds * 1_000_000_000 + nanoseconds
    }

    /// Milliseconds from float seconds or RFC 3339.
    static func milliseconds(_ text: String) -> Milliseconds? {
        if let seconds = Double(text) { return scaled(seconds, by: 1e3, most: maximumMilliseconds) }
        return rfc3339(text).map { $0.seconds * 1000 + $0.nanoseconds / 1_000_000 }
    }

    /// Seconds from float seconds, `Nms` or a duration such as `5m`.
    static func seconds(_ text: String) -> Double? {
        if let seconds = Double(text) { return seconds.isFinite ? seconds : nil }
        var rest = Substring(text)
        var total = 0.0
        let sizes: [String: Double] = [
            "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000,
        ]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let amount = Double(digits), let size = sizes[String(unit)] else { return nil }
            total += amount * size
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return total
    }

    private static func scaled(_ value: Double, by factor: Double, most: Int64) -> Int64? {
        let scaled = (value * factor).rounded()
        return abs(scaled) < Double(most) ? Int64(scaled) : nil
    }

    /// Whole seconds and the rest apart: the year 1, which senders mean "no time" by, is no number of nanoseconds.
    private static func rfc3339(_ text: String) -> (seconds: Int64, nanoseconds: Int64)? {
        // The fraction is read apart, as dates hold no nanoseconds.
        guard let separator = text.firstIndex(where: { $0 == "T" || $0 == "t" }) else { return nil }
        let time = text[text.index(after: separator)...]
        var fraction = 0.0
        var whole = text
        if let dot = time.firstIndex(of: ".") {
            let digits = time[time.index(after: dot)...].prefix { $0.isNumber }
            fraction = Double("0." + digits) ?? 0
            whole = String(text[..<dot]) + String(time[digits.endIndex...])
        }
        guard let date = try? Date(whole, strategy: .iso8601) else { return nil }
        return (Int64(date.timeIntervalSince1970), Int64((fraction * 1e9).rounded()))
    }
}
