import Telemetry

/// Recognises lines of error logs by their first bytes: a bracketed date, or a plain one. Each is read in one pass, without
/// expressions.
package enum ErrorLogParser {
    /// Longest line looked at.
    package static let maximumLineBytes = 1 << 20

    /// The entry that a line holds or begins, or nil where it is of another kind.
    package static func parse(_ line: ArraySlice<UInt8>) -> ErrorLogRecord? {
        guard line.count >= 20, line.count <= maximumLineBytes else { return nil }
        let bytes = line.span
        guard bytes[0] == UInt8(ascii: "[") else {
            guard bytes[0].isDigit else { return nil }
            return NginxErrorParser.parse(line, bytes) ?? RabbitMQLogParser.parse(line, bytes)
                ?? MySQLErrorParser.parse(line, bytes)
        }
        if bytes[1].isLetter { return ApacheErrorParser.parse(line, bytes) }
        return bytes[3] == UInt8(ascii: "-")
            ? PHPErrorParser.parse(line, bytes) : MonologParser.parse(line, bytes)
    }

    /// `192.0.2.1:4242`, `[2001:db8::1]:4242`, `2001:db8::1:4242` where a port must follow, or an address alone.
    static func readPeer(_ bytes: Span<UInt8>, _ span: ByteSpan, into record: inout ErrorLogRecord) {
        let (start, end) = (Int(span.start), Int(span.end))
        guard start < end else { return }
        if bytes[start] == UInt8(ascii: "[") {
            let close = min(bytes.index(of: UInt8(ascii: "]"), from: start), end)
            record.clientSpan = ByteSpan(start + 1, close)
            if close + 2 < end { record.clientPortSpan = ByteSpan(close + 2, end) }
            return
        }
        var digits = end
        while digits > start, bytes[digits - 1].isDigit { digits -= 1 }
        guard digits > start + 1, digits < end, bytes[digits - 1] == UInt8(ascii: ":") else {
            record.clientSpan = span
            return
        }
        record.clientSpan = ByteSpan(start, digits - 1)
        record.clientPortSpan = ByteSpan(digits, end)
    }

    /// `hh:mm:ss` with an optional fraction at `index`, which moves behind it; nanoseconds of the day.
    static func timeOfDay(_ bytes: Span<UInt8>, _ index: inout Int) -> Nanoseconds? {
        // MySQL pads the hour with a blank, or leaves it at one digit.
        var position = index
        let hour: Int
        if let two = bytes.twoDigits(at: position) {
            hour = two
            position += 2
        } else if position < bytes.count, bytes[position].isDigit {
            hour = Int(bytes[position] - 0x30)
            position += 1
        } else {
            return nil
        }
        guard position + 6 <= bytes.count, bytes[position] == 0x3a, bytes[position + 3] == 0x3a,
            let minute = bytes.twoDigits(at: position + 1), let second = bytes.twoDigits(at: position + 4),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        position += 6
        var nanoseconds = Int64(hour * 3_600 + minute * 60 + second) * 1_000_000_000
        if position + 1 < bytes.count, bytes[position] == 0x2e || bytes[position] == 0x2c, bytes[position + 1].isDigit {
            position += 1
            var unit: Int64 = 100_000_000
            while position < bytes.count, bytes[position].isDigit {
                nanoseconds += Int64(bytes[position] - 0x30) * unit
                unit /= 10
                position += 1
            }
        }
        index = position
        return nanoseconds
    }

    /// `Z`, `+02:00` or `+0200` at `index`, which moves behind it; nanoseconds east of UTC, 0 where there is none.
    static func zone(_ bytes: Span<UInt8>, _ index: inout Int) -> Nanoseconds {
        guard index < bytes.count else { return 0 }
        if bytes[index] == UInt8(ascii: "Z") {
            index += 1
            return 0
        }
        guard bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"), let hours = bytes.twoDigits(at: index + 1)
        else { return 0 }
        let colon = index + 3 < bytes.count && bytes[index + 3] == 0x3a ? 1 : 0
        guard let minutes = bytes.twoDigits(at: index + 3 + colon) else { return 0 }
        let isWest = bytes[index] == UInt8(ascii: "-")
        index += 5 + colon
        return Int64(hours * 3_600 + minutes * 60) * (isWest ? -1_000_000_000 : 1_000_000_000)
    }

    /// Midnight of a date whose fields have been read.
    static func midnight(_ year: Int, _ month: Int, _ day: Int) -> Nanoseconds? {
        guard SyslogTime.years.contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        return CivilTime.seconds(year: year, month: month, day: day) &* 1_000_000_000
    }

    /// `2026-11-23` or, with another separator, `2026/11/23` at `index`, which moves behind it.
    static func date(_ bytes: Span<UInt8>, _ index: inout Int, separator: UInt8) -> Nanoseconds? {
        guard index + 10 <= bytes.count, bytes[index + 4] == separator, bytes[index + 7] == separator,
            let century = bytes.twoDigits(at: index), let year = bytes.twoDigits(at: index + 2),
            let month = bytes.twoDigits(at: index + 5), let day = bytes.twoDigits(at: index + 8),
            let midnight = midnight(century * 100 + year, month, day)
        else { return nil }
        index += 10
        return midnight
    }

    /// The digits at `index`, which moves behind them; nil where there are none.
    static func digits(_ bytes: Span<UInt8>, _ index: inout Int) -> ByteSpan? {
        let start = index
        while index < bytes.count, bytes[index].isDigit { index += 1 }
        return index > start ? ByteSpan(start, index) : nil
    }
}
