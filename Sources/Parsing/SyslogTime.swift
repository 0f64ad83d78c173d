package import Telemetry

/// A time as a log header writes it: RFC 3339, or the year-less form of RFC 3164.
package struct SyslogTime: Sendable, Equatable {
    package var nanoseconds: Nanoseconds
    /// Whether the header gave a fraction of a second.
    package var hasFraction: Bool
    /// The index after the last byte of the time.
    package var end: Int

    /// Years that fit in ``Nanoseconds`` and are not a clock that never was set.
    package static let years = 1970...2261

    /// Reads `2026-11-23T13:51:48.018059+00:00`; a blank may stand for the `T`, and a missing zone is UTC.
    package static func internet(_ bytes: [UInt8], in range: Range<Int>) -> SyslogTime? {
        var cursor = SyslogCursor(bytes, range)
        guard let year = cursor.number(digits: 4), cursor.skip(.minus), let month = cursor.number(digits: 2), cursor.skip(.minus),
            let day = cursor.number(digits: 2), cursor.skip(.upperT) || cursor.skip(.lowerT) || cursor.skip(.blank),
            let second = cursor.timeOfDay()
        else { return nil }
        let fraction = cursor.fraction()
        let zone = cursor.zone() ?? 0
        guard let start = nanoseconds(year: year, month: month, day: day) else { return nil }
        let seconds = Int64(second) - Int64(zone)
        return SyslogTime(
            nanoseconds: start + seconds * 1_000_000_000 + (fraction ?? 0), hasFraction: fraction != nil, end: cursor.index)
    }

    /// Reads `Nov 23 13:51:48`, with an optional year after the day and an optional fraction.
    ///
    /// Without a year the one that brings the time nearest to its arrival is taken, so a line of 31 December that arrives in
    /// January stays in December. The zone is not written; UTC is assumed.
    package static func classic(_ bytes: [UInt8], in range: Range<Int>, receivedAt: Nanoseconds) -> SyslogTime? {
        var cursor = SyslogCursor(bytes, range)
        guard let month = cursor.monthName(), cursor.skip(.blank) else { return nil }
        _ = cursor.skip(.blank)
        guard let day = cursor.shortNumber(), cursor.skip(.blank) else { return nil }
        var year: Int?
        var withYear = cursor
        if let written = withYear.number(digits: 4), withYear.skip(.blank) {
            year = written
            cursor = withYear
        }
        guard let second = cursor.timeOfDay() else { return nil }
        let fraction = cursor.fraction()
        let inDay = Int64(second) * 1_000_000_000 + (fraction ?? 0)
        let candidates = year.map { $0...$0 } ?? around(receivedAt)
        let times = candidates.compactMap { nanoseconds(year: $0, month: month, day: day) }.map { $0 + inDay }
        guard let best = times.min(by: { distance($0, receivedAt) < distance($1, receivedAt) }) else { return nil }
        return SyslogTime(nanoseconds: best, hasFraction: fraction != nil, end: cursor.index)
    }

    /// Midnight UTC of a date of the Gregorian calendar, or nil for a date that does not exist.
    package static func nanoseconds(year: Int, month: Int, day: Int) -> Nanoseconds? {
        guard years.contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        return Int64(CivilTime.days(year: year, month: month, day: day)) * 86_400_000_000_000
    }

    private static func around(_ time: Nanoseconds) -> ClosedRange<Int> {
        let year = 1970 + Int(time / 31_556_952_000_000_000)
        return (year - 1)...(year + 1)
    }

    private static func distance(_ left: Int64, _ right: Int64) -> UInt64 {
        left > right ? UInt64(bitPattern: left &- right) : UInt64(bitPattern: right &- left)
    }
}

/// The bytes that headers are made of, by name.
extension UInt8 {
    static let blank = UInt8(ascii: " ")
    static let minus = UInt8(ascii: "-")
    static let upperT = UInt8(ascii: "T")
    static let lowerT = UInt8(ascii: "t")

    /// The digit's value, or nil.
    var decimalDigit: Int? { self >= 0x30 && self <= 0x39 ? Int(self) - 0x30 : nil }
}
