import ArgumentParser
import Foundation
import StackConfiguration

/// Times in arguments: `15m` (ago), `14:05` (today), `2026-11-24 08:00`, `now`, or RFC 3339.
enum TimeText {
    /// Nanoseconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1e9) }

    static func nanoseconds(_ text: String, now: Int64, calendar: Calendar = .current) throws -> Int64 {
        if text == "now" { return now }
        if let seconds = Units.seconds(text), seconds >= 0, seconds < 4e9 { return now - Int64(seconds * 1e9) }
        let date = try? Date(text, strategy: .iso8601)
        let fraction = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        guard let date = date ?? fraction ?? local(text, now: now, calendar) else {
            throw ValidationError(
                "\"\(text)\" is no time: give how long ago (15m), a time of today (14:05), 2026-11-24 08:00 or RFC 3339")
        }
        return Int64(date.timeIntervalSince1970 * 1e9)
    }

    /// A date, a time of today, or both, in the time zone of this machine.
    private static func local(_ text: String, now: Int64, _ calendar: Calendar) -> Date? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        var components = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(now) / 1e9))
        func numbers(_ text: Substring, _ separator: Character) -> [Int]? {
            let found = text.split(separator: separator, omittingEmptySubsequences: false).map { Int($0) }
            return found.contains(nil) ? nil : found.compactMap { $0 }
        }
        var rest = parts[...]
        if let day = rest.first, let numbers = numbers(day, "-"), numbers.count == 3 {
            (components.year, components.month, components.day) = (numbers[0], numbers[1], numbers[2])
            rest = rest.dropFirst()
        } else if rest.isEmpty {
            return nil
        }
        if let time = rest.first {
            guard rest.count == 1, let numbers = numbers(time, ":"), (2...3).contains(numbers.count) else { return nil }
            (components.hour, components.minute) = (numbers[0], numbers[1])
            components.second = numbers.count > 2 ? numbers[2] : 0
        }
        return components.isValidDate(in: calendar) ? calendar.date(from: components) : nil
    }
}
