import Telemetry

/// The date of an access log line, `[23/Nov/2026:14:14:44 +0000]` or HAProxy's `[23/Nov/2026:14:14:44.263]`.
struct AccessLogDate {
    /// Position of the opening bracket.
    var start: Int
    /// Position behind the closing bracket.
    var end: Int
    var timestamp: Nanoseconds
    /// Nil where the date has no zone, as HAProxy's.
    var zoneSeconds: Int?

    /// The first date in the line.
    static func find(in bytes: Span<UInt8>) -> AccessLogDate? {
        var index = bytes.index(of: 0x5b, from: 0)
        while index < bytes.count {
            if let date = read(bytes, at: index) { return date }
            index = bytes.index(of: 0x5b, from: index + 1)
        }
        return nil
    }

    private static func read(_ bytes: Span<UInt8>, at start: Int) -> AccessLogDate? {
        guard start + 22 < bytes.count, bytes[start + 3] == 0x2f, bytes[start + 7] == 0x2f, bytes[start + 12] == 0x3a,
            bytes[start + 15] == 0x3a, bytes[start + 18] == 0x3a,
            let day = bytes.twoDigits(at: start + 1),
            let month = CivilTime.month(bytes[start + 4], bytes[start + 5], bytes[start + 6]),
            let century = bytes.twoDigits(at: start + 8), let year = bytes.twoDigits(at: start + 10),
            let hour = bytes.twoDigits(at: start + 13), let minute = bytes.twoDigits(at: start + 16),
            let second = bytes.twoDigits(at: start + 19)
        else { return nil }
        guard (1...31).contains(day), hour < 24, minute < 60, second <= 60 else { return nil }
        let seconds = CivilTime.seconds(
            year: century * 100 + year, month: month, day: day, hour: hour, minute: minute, second: second)
        return bytes[start + 21] == 0x2e
            ? withMilliseconds(bytes, start, seconds) : withZone(bytes, start, seconds)
    }

    private static func withMilliseconds(_ bytes: Span<UInt8>, _ start: Int, _ seconds: Int64) -> AccessLogDate? {
        guard start + 25 < bytes.count, bytes[start + 25] == 0x5d, bytes[start + 22].isDigit,
            let rest = bytes.twoDigits(at: start + 23)
        else { return nil }
        let milliseconds = Int64(bytes[start + 22] - 0x30) * 100 + Int64(rest)
        return AccessLogDate(
            start: start, end: start + 26, timestamp: nanoseconds(seconds) &+ milliseconds * 1_000_000, zoneSeconds: nil)
    }

    private static func withZone(_ bytes: Span<UInt8>, _ start: Int, _ seconds: Int64) -> AccessLogDate? {
        guard start + 27 < bytes.count, bytes[start + 21] == 0x20, bytes[start + 27] == 0x5d,
            bytes[start + 22] == 0x2b || bytes[start + 22] == 0x2d,
            let hours = bytes.twoDigits(at: start + 23), let minutes = bytes.twoDigits(at: start + 25)
        else { return nil }
        let zone = (hours * 3_600 + minutes * 60) * (bytes[start + 22] == 0x2d ? -1 : 1)
        return AccessLogDate(
            start: start, end: start + 28, timestamp: nanoseconds(seconds - Int64(zone)), zoneSeconds: zone)
    }

    /// Years beyond 2262 do not fit and wrap; they are the sender's lie.
    private static func nanoseconds(_ seconds: Int64) -> Nanoseconds { seconds &* 1_000_000_000 }
}
